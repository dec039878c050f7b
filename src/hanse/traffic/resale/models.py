"""Tables of resale: orders that partners sold on, and customers whom an agency looks after."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from hanse.spine.columns import currency_column, id_column, minor_column


class ResaleOrder(models.Model):
    """One order that a partner sold to a customer: at list price, paid to us at the partner's price.

    The margin between the two stays with the partner; it never passes through our books. Confirmed, its number earns no
    commission: nobody is paid twice for one order.
    """

    class Status(models.TextChoices):
        REPORTED = "reported"
        CONFIRMED = "confirmed"
        DECLINED = "declined"
        CANCELLED = "cancelled"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices)
    ordered_on = models.DateField()
    customer_label = models.CharField(max_length=200)
    customer_external_id = models.CharField(max_length=200, blank=True)
    email_hash = models.CharField(max_length=32, blank=True)
    company_domain = models.CharField(max_length=200, blank=True)
    deal = models.ForeignKey("traffic.Deal", null=True, on_delete=models.PROTECT, related_name="+")
    list_minor = minor_column()
    partner_minor = minor_column()
    currency = currency_column()
    content_hash = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decision_reason = models.TextField(blank=True)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"], condition=Q(status__in=("reported", "confirmed")),
                name="resale_order_once",
            ),
            models.CheckConstraint(
                condition=Q(partner_minor__gte=0) & Q(list_minor__gte=F("partner_minor")),
                name="resale_margin_not_negative",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["program", "status", "ordered_on"], name="resale_by_status"),
            models.Index(fields=["enrolment", "ordered_on"], name="resale_by_enrolment"),
            models.Index(fields=["deal"], condition=~Q(deal=None), name="resale_by_deal"),
        ]

    @property
    def margin_minor(self) -> int:
        """What stays with the partner at list price."""
        return self.list_minor - self.partner_minor


class ResaleLine(models.Model):
    """One product of a resale order, at the unit prices that were in force on its day."""

    id = id_column()
    order = models.ForeignKey(ResaleOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    sku = models.CharField(max_length=200)
    name = models.CharField(max_length=300, blank=True)
    quantity = models.PositiveIntegerField()
    list_minor = minor_column()
    partner_minor = minor_column()
    version = models.ForeignKey("traffic.PriceVersion", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="resale_line_once")]


class CustomerContact(models.Model):
    """An agency that is a customer's contact: who speaks for them to us, since when and until when."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    customer_label = models.CharField(max_length=200)
    customer_external_id = models.CharField(max_length=200, blank=True)
    email_hash = models.CharField(max_length=32, blank=True)
    company_domain = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    since_on = models.DateField()
    until_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    end_reason = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["program", "since_on"], name="contact_by_program"),
            models.Index(fields=["enrolment", "since_on"], name="contact_by_enrolment"),
        ]
