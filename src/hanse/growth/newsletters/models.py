"""Tables of newsletters: the letter, its sections, and how far its sending has come."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Newsletter(models.Model):
    """One letter to many, sent at a moment. `planned_to` is the last enrolment that was planned, from
    which a restart goes on.

    `version` is the message that its sections were made into when it was sent.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        SCHEDULED = "scheduled"
        SENDING = "sending"
        SENT = "sent"
        CANCELLED = "cancelled"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=200)
    audience = models.ForeignKey("growth.Audience", null=True, on_delete=models.PROTECT, related_name="+")
    holdout_ppm = models.PositiveIntegerField(default=0)
    action = models.CharField(max_length=20, blank=True)
    action_days = models.PositiveSmallIntegerField(default=14)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.ForeignKey("growth.MessageVersion", null=True, on_delete=models.PROTECT, related_name="+")
    send_at = models.DateTimeField(null=True)
    planned_to = models.UUIDField(null=True)
    planned_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["program", "state"], name="newsletter_by_state")]


class Section(models.Model):
    """One part of a newsletter; `tiers` are the keys of the tiers that read it (none: everybody)."""

    id = id_column()
    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    tiers = models.JSONField(default=list)
    heading = models.CharField(max_length=200, blank=True)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsletter", "position"], name="section_position_once")]
