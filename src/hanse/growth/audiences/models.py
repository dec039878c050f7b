"""Tables of audiences."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Audience(models.Model):
    """A saved condition that says who is meant; `condition` is JSON of `kernel.conditions`, null for everybody."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    condition = models.JSONField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "name"], condition=models.Q(archived_at=None), name="audience_once"
            )
        ]
