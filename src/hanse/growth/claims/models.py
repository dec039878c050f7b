"""Tables of claims: sales that a partner says were theirs."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Claim(models.Model):
    """One order that a partner claims, with what the data said then, and our answer by the promised day."""

    class Status(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    found = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    promised_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "external_id"], name="claimed_once")]
        indexes = [models.Index(fields=["program", "status", "made_at"], name="claim_by_status")]
