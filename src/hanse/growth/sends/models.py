"""Tables of sends: one row for each person and letter, from the plan to what came of it."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Send(models.Model):
    """One letter for one enrolment. (`key`, enrolment) is unique: the same cause writes to nobody twice.

    `letter_id` is the id of its outbox item, whose Message-ID is `<{letter_id}@hanse>`. Times are null until the thing
    happened; `opened_at` is unreliable by nature. `held_out` rows get nothing and are measured for comparison;
    who could not be held out (`is_drawn` false: the strategic track) is left out of the comparison.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        QUEUED = "queued"
        SENT = "sent"
        DROPPED = "dropped"
        HELD_OUT = "held_out"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey("people.Partner", on_delete=models.PROTECT, related_name="+")
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    priority = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14)
    version = models.ForeignKey("growth.MessageVersion", null=True, on_delete=models.PROTECT, related_name="+")
    newsletter = models.ForeignKey("growth.Newsletter", null=True, on_delete=models.PROTECT, related_name="sends")
    step = models.ForeignKey("growth.SequenceStep", null=True, on_delete=models.PROTECT, related_name="sends")
    journey = models.ForeignKey("growth.Journey", null=True, on_delete=models.PROTECT, related_name="sends")
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    about = models.JSONField(default=dict)
    by = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    queued_at = models.DateTimeField(null=True)
    letter_id = models.UUIDField(null=True, unique=True)
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_why = models.CharField(max_length=20, blank=True)
    is_drawn = models.BooleanField(default=True, db_default=True)
    action = models.CharField(max_length=20, blank=True)
    action_days = models.PositiveSmallIntegerField(default=0)
    acted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "enrolment"], name="sent_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="planned"), name="send_due"),
            models.Index(fields=["partner", "queued_at"], name="send_by_partner"),
            models.Index(fields=["enrolment", "planned_at"], name="send_by_enrolment"),
            models.Index(fields=["version", "queued_at"], name="send_by_version"),
            models.Index(fields=["queued_at"], condition=models.Q(state="queued"), name="send_queued"),
        ]
