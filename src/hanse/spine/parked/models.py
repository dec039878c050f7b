"""Tables of parked: facts that wait, contradict or failed. Nothing is dropped."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class ParkedFact(models.Model):
    """A fact that could not be applied, with the named reason and what would release it."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        CONFLICT = "conflict"
        FAILED = "failed"
        RESOLVED = "resolved"
        DISMISSED = "dismissed"

    id = id_column()
    status = models.CharField(max_length=10, choices=Status.choices)
    source = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    program_id = models.UUIDField()
    external_id = models.CharField(max_length=200)
    reason = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    waits_for = models.CharField(max_length=300, blank=True)
    body = models.JSONField()
    sequence = models.BigIntegerField()
    index = models.IntegerField(default=0)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sequence", "index"], name="parked_once")]
        indexes = [
            models.Index(fields=["status", "received_at"], name="parked_by_status"),
            models.Index(fields=["waits_for"], condition=~models.Q(waits_for=""), name="parked_by_need"),
            models.Index(fields=["program_id", "external_id"], name="parked_by_outside_id"),
        ]
