"""Tables of benefits: what is owed in kind for each period, and its delivery."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column, minor_column


class Benefit(models.Model):
    """One thing owed for one period under one clause, or once for an `origin` of its own, without terms.

    `worth_minor` is an estimate and stands in no ledger.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    terms = models.ForeignKey("programs.Terms", null=True, on_delete=models.PROTECT, related_name="+")
    clause = models.PositiveIntegerField()
    origin = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    worth_minor = minor_column()
    currency = currency_column()
    delivered_on = models.DateField(null=True)
    delivered_worth_minor = minor_column(null=True)
    note = models.TextField(blank=True)
    noted_by = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "terms", "clause", "starts_at"], name="benefit_once_a_period"),
            models.UniqueConstraint(fields=["origin"], condition=~models.Q(origin=""), name="benefit_once_an_origin"),
        ]
        indexes = [models.Index(fields=["program", "ends_at"], name="benefit_by_end")]
