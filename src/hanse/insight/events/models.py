"""Tables of events: one row for each thing that an enrolment did, as a system or the portal told it."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class PartnerEvent(models.Model):
    """One thing that happened. The same (program, kind, outside id) is one event, however often it is told."""

    id = id_column()
    program_id = models.UUIDField()
    enrolment_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    detail = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program_id", "kind", "external_id"], name="partner_event_once")]
        indexes = [models.Index(fields=["enrolment_id", "kind", "occurred_at"], name="partner_event_by_time")]
