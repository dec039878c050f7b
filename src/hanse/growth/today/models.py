"""Tables of today: things put off until a day."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Snooze(models.Model):
    """A thing to do that was put off. `key` names the thing, for as long as it is the same thing."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    until = models.DateTimeField()
    snoozed_by = models.CharField(max_length=200)
    snoozed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="snoozed_once")]
