"""Tables of co-marketing: what two sides do together, what it costs, what shows it, and how it ended."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from hanse.spine.columns import currency_column, id_column, minor_column


class Side(models.TextChoices):
    """Who: our program, or the partner."""

    US = "us"
    PARTNER = "partner"


class JointProject(models.Model):
    """Something done together: asked for by either side, agreed with its costs, shown, and settled once.

    `last_by` is who made the proposal that lies on the table, `version` its number. Of a result, `our_minor` and
    `partner_minor` are the shares of `total_minor`; `settled_minor` is what was booked (above zero: to the partner).
    `round` counts results, since one that was taken back may be written anew.
    """

    class Kind(models.TextChoices):
        GUEST_POST = "guest_post"
        CO_BRANDED = "co_branded"
        JOINT_EVENT = "joint_event"
        NEWSLETTER_SWAP = "newsletter_swap"

    class State(models.TextChoices):
        ASKED = "asked"
        AGREED = "agreed"
        DONE = "done"
        DECLINED = "declined"
        CANCELLED = "cancelled"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    happens_on = models.DateField()
    our_cost_ppm = models.IntegerField()
    our_leads_ppm = models.IntegerField()
    currency = currency_column()
    state = models.CharField(max_length=10, choices=State.choices)
    asked_by = models.CharField(max_length=8, choices=Side.choices)
    last_by = models.CharField(max_length=8, choices=Side.choices)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    reminded_at = models.DateTimeField(null=True)
    link = models.ForeignKey("traffic.Link", null=True, on_delete=models.PROTECT, related_name="+")
    coupon = models.ForeignKey("traffic.Coupon", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    leads = models.PositiveIntegerField(null=True)
    our_leads = models.PositiveIntegerField(default=0)
    partner_leads = models.PositiveIntegerField(default=0)
    total_minor = minor_column(default=0)
    our_minor = minor_column(default=0)
    partner_minor = minor_column(default=0)
    settled_minor = minor_column(default=0)
    transaction_number = models.BigIntegerField(null=True)
    round = models.IntegerField(default=0)
    result_note = models.TextField(blank=True)
    result_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(our_cost_ppm__gte=0, our_cost_ppm__lte=1_000_000, our_leads_ppm__gte=0,
                            our_leads_ppm__lte=1_000_000),
                name="joint_shares_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("our_minor") + F("partner_minor")), name="joint_costs_add_up"
            ),
            models.CheckConstraint(
                condition=Q(leads=None) | Q(leads=F("our_leads") + F("partner_leads")), name="joint_leads_add_up"
            ),
            models.UniqueConstraint(
                fields=["coupon"], condition=~Q(state__in=("declined", "cancelled")), name="joint_coupon_once"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["program", "state", "happens_on"], name="joint_by_state"),
            models.Index(fields=["enrolment", "created_at"], name="joint_by_partner"),
        ]


class JointCost(models.Model):
    """One cost of a project: what was agreed, what it came to, and who lays it out."""

    id = id_column()
    project = models.ForeignKey(JointProject, on_delete=models.CASCADE, related_name="costs")
    position = models.IntegerField()
    name = models.CharField(max_length=120)
    planned_minor = minor_column()
    actual_minor = models.BigIntegerField(null=True)
    paid_by = models.CharField(max_length=8, choices=Side.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(planned_minor__gte=0), name="joint_cost_not_negative"),
            models.UniqueConstraint(fields=["project", "position"], name="joint_cost_once"),
        ]


class JointProof(models.Model):
    """What shows that a side did its part: an address, a file, a number. What we send needs nobody's yes."""

    class State(models.TextChoices):
        WAITING = "waiting"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    id = id_column()
    project = models.ForeignKey(JointProject, on_delete=models.PROTECT, related_name="proofs")
    side = models.CharField(max_length=8, choices=Side.choices)
    link = models.CharField(max_length=500, blank=True)
    file = models.ForeignKey("growth.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    reason = models.TextField(blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
