"""Tables of announcements: what was told already."""

from __future__ import annotations

from django.db import models


class Announced(models.Model):
    """One thing that was announced; `subject` is the id of what it was about."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    subject = models.UUIDField()
    announced_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="announced_once")]
