"""Tables of deals: customers whom partners register before they buy."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column


class Deal(models.Model):
    """A partner's claim to a customer who is expected to buy: named by outside id, e-mail (hash) or company domain.

    Approved, it protects from its registration until `protected_until`. `is_clash`: another partner had registered the
    same customer before. `owner` is the colleague who looks after it, `routed_by` the name of the rule that chose them.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        APPROVED = "approved"
        DECLINED = "declined"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices)
    customer_external_id = models.CharField(max_length=200, blank=True)
    email_hash = models.CharField(max_length=32, blank=True)
    company_domain = models.CharField(max_length=200, blank=True)
    customer_label = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    expected_on = models.DateField(null=True)
    owner = models.ForeignKey("people.TeamUser", null=True, on_delete=models.SET_NULL, related_name="+")
    routed_by = models.CharField(max_length=120, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = currency_column()
    note = models.TextField(blank=True)
    is_clash = models.BooleanField(default=False)
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=200)
    protected_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decision_reason = models.TextField(blank=True)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["program", "status", "registered_at"], name="deal_by_status"),
            models.Index(fields=["enrolment", "registered_at"], name="deal_by_enrolment"),
            models.Index(fields=["program", "email_hash"], name="deal_by_email"),
            models.Index(fields=["program", "customer_external_id"], name="deal_by_customer"),
            models.Index(fields=["program", "company_domain"], name="deal_by_domain"),
        ]


class DealRoute(models.Model):
    """A rule that says which colleague looks after a new deal: the first one that fits, by position."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    condition = models.JSONField()
    owner = models.ForeignKey("people.TeamUser", on_delete=models.CASCADE, related_name="+")
    position = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["program", "position"], name="deal_route_by_position")]
