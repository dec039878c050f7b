"""Tables of offers: what partners promote in a program."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Offer(models.Model):
    """Where links of a program may lead: a destination and the hosts that are allowed for deep links."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="offers")
    name = models.CharField(max_length=120)
    destination_url = models.URLField(max_length=500)
    allowed_hosts = models.JSONField(default=list)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
