"""Tables of tiers: named steps of a program with their own treatment."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Tier(models.Model):
    """A named step of a program; position 0 is the highest."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="tiers")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    position = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="tier_once")]
