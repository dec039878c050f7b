"""Tables of price lists: what a partner who resells pays for each product."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from hanse.spine.columns import id_column, minor_column


class PriceList(models.Model):
    """A list for one partner (negotiated), for all partners of a type, or, without both, for everybody who resells."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    enrolment = models.ForeignKey("programs.Enrolment", null=True, on_delete=models.PROTECT, related_name="+")
    partner_type = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(enrolment=None) | Q(partner_type=""), name="price_list_for_one_or_type")
        ]
        indexes = [models.Index(fields=["program", "name"], name="price_list_by_name")]


class PriceVersion(models.Model):
    """One version of a price list, never changed: in force from the day `valid_from` to `valid_until`, both included.

    Where several are in force on a day, the highest number holds.
    """

    id = id_column()
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["price_list", "number"], name="price_version_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="price_version_days_in_order"
            ),
        ]


class PriceLine(models.Model):
    """One product of a version: its list price and what the partner pays, each for one unit."""

    id = id_column()
    version = models.ForeignKey(PriceVersion, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    sku = models.CharField(max_length=200)
    name = models.CharField(max_length=300, blank=True)
    list_minor = minor_column()
    partner_minor = minor_column()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "sku"], name="price_line_once"),
            models.CheckConstraint(
                condition=Q(partner_minor__gte=0) & Q(list_minor__gte=F("partner_minor")),
                name="price_line_margin_not_negative",
            ),
        ]
