"""Tables of budgets: plans of a quarter, what happens beyond them, and offers that went or would go there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from hanse.spine.columns import currency_column, id_column, minor_column


class Budget(models.Model):
    """What is planned for one quarter (named by its first local day): for a program, a type, a tier, or both at once.

    The sums are as they were last looked at, for lists that ask nothing else; whoever decides adds them up anew.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    partner_type = models.CharField(max_length=40, blank=True)
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.PROTECT, related_name="+")
    amount_minor = minor_column()
    currency = currency_column()
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    accrued_minor = minor_column(default=0)
    in_kind_minor = minor_column(default=0)
    committed_minor = minor_column(default=0)
    expected_minor = minor_column(default=0)
    paid_minor = minor_column(default=0)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "starts_on", "partner_type"], condition=Q(tier=None), name="budget_once"
            ),
            models.UniqueConstraint(
                fields=["program", "starts_on", "partner_type", "tier"], name="budget_of_tier_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="budget_not_negative"),
        ]


class BudgetRules(models.Model):
    """What happens to an offer that goes beyond a budget: it warns, or it waits for somebody's approval."""

    class WhenOver(models.TextChoices):
        WARN = "warn"
        APPROVE = "approve"

    program = models.OneToOneField("programs.Program", primary_key=True, on_delete=models.PROTECT, related_name="+")
    when_over = models.CharField(max_length=8, choices=WhenOver.choices, default=WhenOver.WARN)


class Overrun(models.Model):
    """One offer beyond a budget. `key` names the offer with its content: another sum is another offer.

    `amount_minor` is what it adds, `over_minor` how far the worst budget is exceeded; `found` lists the budgets.
    """

    class State(models.TextChoices):
        WARNED = "warned"
        ASKED = "asked"
        APPROVED = "approved"
        DECLINED = "declined"
        USED = "used"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    starts_on = models.DateField()
    amount_minor = minor_column()
    over_minor = minor_column()
    currency = currency_column()
    found = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="overrun_once")]
        indexes = [models.Index(fields=["program", "state", "asked_at"], name="overrun_by_state")]
