"""Tables of negotiations: proposals of terms for one enrolment, each answered once."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Proposal(models.Model):
    """Terms that one side offers the other. It is never changed; a counter-proposal is a new row that answers it.

    `terms` is the version that came of it. `starts_at` None: at acceptance. `evidence` proves an acceptance that was
    recorded for the partner.
    """

    class Side(models.TextChoices):
        TEAM = "team"
        PARTNER = "partner"

    class Answer(models.TextChoices):
        OPEN = ""
        ACCEPTED = "accepted"
        DECLINED = "declined"
        COUNTERED = "countered"
        WITHDRAWN = "withdrawn"

    id = id_column()
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    counters = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="countered_by")
    side = models.CharField(max_length=8, choices=Side.choices)
    body = models.JSONField()
    body_hash = models.CharField(max_length=64)
    legal_text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    message = models.TextField(blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    answer = models.CharField(max_length=10, blank=True, choices=Answer.choices, default=Answer.OPEN)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answer_reason = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    terms = models.ForeignKey("programs.Terms", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment"], condition=models.Q(answer=""), name="one_open_proposal")
        ]
        indexes = [models.Index(fields=["enrolment", "created_at"], name="proposal_by_time")]
