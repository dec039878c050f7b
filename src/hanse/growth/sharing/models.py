"""Tables of sharing: what customers are offered for telling friends, and who took it up."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class SharingOffer(models.Model):
    """What a program offers its customers; one a program. The terms of `tier` (else the newcomers') say what they earn.

    `paid_in` is how it comes to them: money, store credit, or a product for every so many orders of friends (then
    `product`, its worth, and `orders_each`). `friend_gets` is the discount behind the codes, in the shop's own words.
    """

    class PaidIn(models.TextChoices):
        MONEY = "money"
        CREDIT = "credit"
        PRODUCT = "product"

    program = models.OneToOneField("programs.Program", primary_key=True, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=False)
    headline = models.CharField(max_length=160, blank=True)
    friend_gets = models.CharField(max_length=160, blank=True)
    paid_in = models.CharField(max_length=10, choices=PaidIn.choices, default=PaidIn.MONEY)
    product = models.CharField(max_length=120, blank=True)
    product_worth_minor = models.BigIntegerField(default=0)
    orders_each = models.PositiveIntegerField(default=1)
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.PROTECT, related_name="+")
    code_prefix = models.CharField(max_length=20, blank=True)
    key_number = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()


class SharingCustomer(models.Model):
    """A customer who became a partner. `source` is where the click came from; `customer` the shop's own id of them."""

    class Source(models.TextChoices):
        PAGE = "page"
        ORDER = "order"
        API = "api"
        CSV = "csv"

    id = id_column()
    enrolment = models.OneToOneField("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    customer = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    link = models.ForeignKey("traffic.Link", null=True, on_delete=models.SET_NULL, related_name="+")
    coupon = models.ForeignKey("traffic.Coupon", null=True, on_delete=models.SET_NULL, related_name="+")
    joined_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["program", "joined_at"], name="sharing_by_program"),
            models.Index(fields=["program", "customer"], name="sharing_by_customer"),
        ]
