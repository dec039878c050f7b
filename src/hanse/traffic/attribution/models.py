"""Tables of attribution: the recorded decision for each conversion, with all evidence."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Attribution(models.Model):
    """The decision for one conversion. Derived again when earlier facts arrive, until `frozen_at`.

    `facts` lists what it was decided on: the conversion's sources with their hashes, clicks, codes, deals, the order
    that made the customer somebody's, a person's word.
    """

    conversion = models.OneToOneField(
        "traffic.Conversion", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    policy = models.ForeignKey("programs.AttributionPolicy", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=12, blank=True)
    model = models.CharField(max_length=20)
    decided_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=list)


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
    deal = models.ForeignKey("traffic.Deal", null=True, on_delete=models.PROTECT, related_name="+")
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

    `hold_reason` is "" or why a person has to look before it is paid: `takeover` (a last-second click after another
    partner's touch), `browser_evidence` (only a browser brought what won). `unpaid_reason` is "" or why the share earns
    nothing: `self_referral` (policy zero), `partner_ended` (an owner who left; terms for life still pay).
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
    hold_reason = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversion", "enrolment"], name="credit_once")]
        indexes = [models.Index(fields=["enrolment", "occurred_at"], name="credit_by_enrolment")]


class HandDecision(models.Model):
    """A person's word on whose a conversion is, with the reason: `shares` is [[enrolment id, parts per million], …].

    The newest one that is not withdrawn decides; the rows stay.
    """

    id = id_column()
    conversion = models.ForeignKey("traffic.Conversion", on_delete=models.PROTECT, related_name="+")
    shares = models.JSONField()
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_index=True)


class OwnDevice(models.Model):
    """A browser in which a partner used the portal: what is bought there is their own purchase."""

    id = id_column()
    partner = models.ForeignKey("people.Partner", on_delete=models.PROTECT, related_name="+")
    visitor = models.CharField(max_length=32, db_index=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "visitor"], name="device_once")]


class OwnCustomer(models.Model):
    """A customer of the shop who is the partner: what this customer buys is the partner's own purchase."""

    id = id_column()
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "external_id"], name="own_customer_once")]
