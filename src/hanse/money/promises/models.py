"""Tables of promises: accepted deliverables, what each floor, advance and fee is worth, and what was looked at when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from hanse.spine.columns import currency_column, id_column, minor_column


class Promise(models.Model):
    """One amount of one period under one clause, as booked. `revision` counts its postings; a fee has no length."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+", db_index=False)
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+", db_index=False)
    terms = models.ForeignKey("programs.Terms", on_delete=models.PROTECT, related_name="+", db_index=False)
    clause = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    owed_minor = minor_column()
    currency = currency_column()
    revision = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "terms", "clause", "kind", "starts_at"], name="promise_once")
        ]
        indexes = [models.Index(fields=["program", "starts_at"], name="promise_by_program")]


class Settled(models.Model):
    """Until when an enrolment's promises were looked at: what proofs compare with."""

    enrolment = models.OneToOneField(
        "programs.Enrolment", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )  # fmt: skip
    settled_at = models.DateTimeField()


class Acceptance(models.Model):
    """One acceptance of a deliverable (an id of the wing above), and when it was taken back. Never deleted: accepted
    again, it is another row.

    `fee_minor` is what the deliverable itself promised; what terms promise for it is a Promise.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+", db_index=False)
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+", db_index=False)
    deliverable = models.UUIDField()
    name = models.CharField(max_length=120)
    fee_minor = minor_column()
    currency = currency_column()
    accepted_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deliverable"], condition=Q(withdrawn_at=None), name="accepted_once"),
            models.CheckConstraint(condition=Q(fee_minor__gte=0), name="accepted_fee_not_negative"),
        ]
        indexes = [models.Index(fields=["enrolment", "accepted_at"], name="acceptance_by_enrolment")]
