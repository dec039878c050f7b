"""Tables of promises: what each floor, advance and fee is worth, and until when they were looked at."""

from __future__ import annotations

from django.db import models

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
