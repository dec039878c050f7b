"""Tables of commissions: what each credit earns under terms, with its explanation."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column, minor_column


class Commission(models.Model):
    """What one credit earns: `earned_minor` had nothing been refunded, `owed_minor` now. States are dated facts.

    `revision` counts how often it was priced anew with another result; `value_minor` is the order's value as sold.
    `usual_until` is when the hold would have ended but for the shorter one of a first payout (null: is the usual).
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+", db_index=False)
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+", db_index=False)
    conversion = models.ForeignKey("traffic.Conversion", on_delete=models.PROTECT, related_name="+", db_index=False)
    terms = models.ForeignKey("programs.Terms", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    share_ppm = models.IntegerField()
    value_minor = minor_column()
    earned_minor = minor_column()
    owed_minor = minor_column()
    currency = currency_column()
    explanation = models.JSONField()
    revision = models.IntegerField(default=0)
    occurred_at = models.DateTimeField()
    accrued_at = models.DateTimeField()
    held_until = models.DateTimeField()
    usual_until = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=200, blank=True)
    paid_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversion", "enrolment"], name="commission_once")]
        indexes = [
            models.Index(fields=["enrolment", "occurred_at"], name="commission_by_enrolment"),
            models.Index(fields=["program", "occurred_at"], name="commission_by_program"),
            models.Index(
                fields=["held_until"],
                condition=models.Q(approved_at=None, voided_at=None),
                name="commission_to_release",
            ),
        ]
