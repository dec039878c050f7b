"""Tables of referrals: what each commission of a recruit earns the partner who brought them."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column, minor_column


class ReferralShare(models.Model):
    """A recruiter's share of one commission of a recruit, as booked. `parts`: [clause, rate in ppm, amount] each.

    It is held, released and taken back with the commission it comes from; `revision` counts its postings.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+", db_index=False)
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+", db_index=False)
    commission = models.ForeignKey("money.Commission", on_delete=models.PROTECT, related_name="+", db_index=False)
    terms = models.ForeignKey("programs.Terms", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    base_minor = minor_column()
    owed_minor = minor_column()
    currency = currency_column()
    parts = models.JSONField()
    revision = models.IntegerField(default=0)
    occurred_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commission", "enrolment"], name="referral_once")]
        indexes = [models.Index(fields=["enrolment", "occurred_at"], name="referral_by_enrolment")]
