"""Tables of payouts: decisions to pay, payments, and tries on a rail."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column, minor_column


class PayoutRun(models.Model):
    """One decision to pay many: drafted with its audit, approved, opened (then fixed), closed when all is read back."""

    class State(models.TextChoices):
        DRAFTED = "drafted"
        APPROVED = "approved"
        OPENED = "opened"
        CLOSED = "closed"
        CANCELLED = "cancelled"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30, unique=True)
    currency = currency_column()
    rail = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices)
    period = models.CharField(max_length=20, blank=True)
    as_of = models.DateTimeField()
    audit = models.JSONField(default=dict)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "period"], condition=~models.Q(period=""), name="run_drafted_once_a_period"
            )
        ]


class PayoutRules(models.Model):
    """When a program drafts runs by itself, and what a first payout up to an amount is spared.

    `schedule_day` is a day of the month (1 to 28) or of the week (0 is Monday); `last_period` was looked at last. Up to
    `first_payout_up_to_minor` a first payout skips the minimum and is held for `first_hold_days` only (null: as usual).
    """

    class Schedule(models.TextChoices):
        OFF = "off"
        MONTHLY = "monthly"
        WEEKLY = "weekly"

    program = models.OneToOneField(
        "programs.Program", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )  # fmt: skip
    schedule = models.CharField(max_length=10, choices=Schedule.choices, default=Schedule.OFF)
    schedule_day = models.PositiveSmallIntegerField(default=1)
    rail = models.CharField(max_length=20, default="csv")
    last_period = models.CharField(max_length=20, blank=True)
    first_payout_up_to_minor = minor_column(null=True)
    first_hold_days = models.PositiveSmallIntegerField(null=True)


class Payout(models.Model):
    """One payment to one partner in a run. `found` are the reasons against it that its last audit found."""

    class State(models.TextChoices):
        DRAFTED = "drafted"
        DROPPED = "dropped"
        IN_TRANSIT = "in_transit"
        SETTLED = "settled"
        FAILED = "failed"
        RETURNED = "returned"

    id = id_column()
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    partner = models.ForeignKey("people.Partner", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    amount_minor = minor_column()
    currency = currency_column()
    state = models.CharField(max_length=10, choices=State.choices)
    details = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    reference = models.CharField(max_length=100, blank=True)
    opened_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    found = models.JSONField(default=list)
    audited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "enrolment"], name="payout_once_a_run")]
        indexes = [models.Index(fields=["enrolment", "opened_at"], name="payout_by_enrolment")]


class PayoutLine(models.Model):
    """A payable entry taken into a payout; in at most one payout that is not failed or returned."""

    id = id_column()
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    entry = models.ForeignKey("money.Entry", on_delete=models.PROTECT, related_name="+")
    amount_minor = minor_column()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=models.Q(released_at=None), name="line_paid_once")
        ]


class Attempt(models.Model):
    """One try to pay on a rail; its idempotency key is stored before the call. `outside_*`: the rail's names for it."""

    id = id_column()
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="attempts")
    key = models.CharField(max_length=80, unique=True)
    rail = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    message = models.TextField(blank=True)
    outside_id = models.CharField(max_length=80, blank=True)
    outside_state = models.CharField(max_length=20, blank=True)
    fee_minor = minor_column(default=0)
