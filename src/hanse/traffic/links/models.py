"""Tables of links: partners' tracking URLs."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Link(models.Model):
    """A partner's tracking URL for an offer. `number` is dense and stands in every click token.

    `routes` is {} or what `kernel.routes` reads: other destinations by country and device, and a split.
    """

    id = id_column()
    number = models.BigIntegerField(unique=True)
    slug = models.CharField(max_length=120, unique=True)
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey("programs.Offer", on_delete=models.PROTECT, related_name="+")
    destination_url = models.URLField(max_length=1000)
    label = models.CharField(max_length=120, blank=True)
    initiative = models.CharField(max_length=80, blank=True)
    routes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    copied_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
