"""Tables of attribution: the recorded decision for each conversion, with all evidence."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Attribution(models.Model):
    """The decision for one conversion. Derived again when earlier facts arrive, until `frozen_at`."""

    conversion = models.OneToOneField(
        "traffic.Conversion", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    policy = models.ForeignKey("programs.AttributionPolicy", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=12, blank=True)
    model = models.CharField(max_length=20)
    decided_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)


class Evidence(models.Model):
    """One thing that could earn credit, and what became of it: won, agrees, lost or excluded, with the reason."""

    class Verdict(models.TextChoices):
        WON = "won"
        AGREES = "agrees"
        LOST = "lost"
        EXCLUDED = "excluded"

    id = id_column()
    conversion = models.ForeignKey("traffic.Conversion", on_delete=models.PROTECT, related_name="+")
    position = models.IntegerField()
    kind = models.CharField(max_length=12)
    enrolment = models.ForeignKey("programs.Enrolment", null=True, on_delete=models.PROTECT, related_name="+")
    click_id = models.CharField(max_length=24, blank=True)
    link_number = models.BigIntegerField(null=True)
    coupon = models.ForeignKey("traffic.Coupon", null=True, on_delete=models.PROTECT, related_name="+")
    touched_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["conversion", "position"], name="evidence_by_conversion"),
            models.Index(fields=["click_id"], name="evidence_by_click"),
        ]


class Credit(models.Model):
    """One enrolment's share of a conversion, in parts per million; the shares of a conversion add up to 1,000,000.

    `unpaid_reason` is "" or why the share earns nothing: `self_referral` (policy zero), `partner_ended` (an owner who
    left; terms for life still pay).
    """

    id = id_column()
    conversion = models.ForeignKey("traffic.Conversion", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    share_ppm = models.IntegerField()
    click_id = models.CharField(max_length=24, blank=True)
    link_number = models.BigIntegerField(null=True)
    coupon = models.ForeignKey("traffic.Coupon", null=True, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    unpaid_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversion", "enrolment"], name="credit_once")]
        indexes = [models.Index(fields=["enrolment", "occurred_at"], name="credit_by_enrolment")]
