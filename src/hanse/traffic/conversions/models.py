"""Tables of conversions: occurrences of goals, and the refunds that take value back."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column, minor_column


class Conversion(models.Model):
    """One occurrence of a goal, known once over all sources as (program, goal, external_id).

    `lines` is a list of [sku, category, quantity, amount_minor] in the program's currency, as sold. `refunded_minor`
    and `refunded_lines` are the fold of all refunds (a cache that `verify` recomputes). `click_link_number` and
    `click_touched_at` are what the signed token says, good even when the click's row is late or gone; `bad_click` is
    what was sent as a click and is no token of ours. `tellings` is what each source said, by source, where there is
    more than one or where a browser told first: the row is their merger, the same in every order of arrival.
    `checkout_host` is the host on which it was paid, where a source tells it: `checkout_host` of the metadata, else
    that of the page whose browser told.
    An order in another currency keeps what it was in `original_…`, and for ever the `rate` of the day `rate_on` (a
    fraction: units of the program's currency for one of the order's).
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    goal = models.ForeignKey("programs.Goal", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=32)
    amount_minor = minor_column()
    currency = currency_column()
    lines = models.JSONField()
    customer = models.ForeignKey("traffic.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    sent_is_new = models.BooleanField(null=True)
    is_new = models.BooleanField(null=True)
    country = models.CharField(max_length=2, blank=True)
    click_id = models.CharField(max_length=24, blank=True)
    click_link_number = models.BigIntegerField(null=True)
    click_touched_at = models.DateTimeField(null=True)
    bad_click = models.CharField(max_length=100, blank=True)
    visitor = models.CharField(max_length=100, blank=True)
    coupon_code = models.CharField(max_length=100, blank=True)
    partner_hint = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    checkout_host = models.CharField(max_length=253, blank=True, default="")
    is_test = models.BooleanField(default=False)
    refunded_minor = minor_column(default=0)
    refunded_lines = models.JSONField(null=True)
    tellings = models.JSONField(null=True)
    original_minor = minor_column(null=True)
    original_currency = currency_column(blank=True, default="")
    original_lines = models.JSONField(null=True)
    rate = models.CharField(max_length=120, blank=True, default="")
    rate_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "goal", "external_id"], name="conversion_once")]
        indexes = [
            models.Index(fields=["program", "occurred_at"], name="conversion_by_time"),
            models.Index(fields=["customer", "occurred_at"], name="conversion_by_customer"),
            models.Index(fields=["program", "external_id"], name="conversion_by_outside_id"),
            models.Index(
                fields=["visitor", "occurred_at"], condition=~models.Q(visitor=""), name="conversion_by_visitor"
            ),
            models.Index(fields=["click_id"], condition=~models.Q(click_id=""), name="conversion_by_click"),
            models.Index(
                fields=["program", "coupon_code"], condition=~models.Q(coupon_code=""), name="conversion_by_coupon"
            ),
        ]


class Refund(models.Model):
    """Value taken back from a conversion, or given back after a won dispute. `lines` as on the conversion, or null."""

    class Kind(models.TextChoices):
        REFUND = "refund"
        CHARGEBACK = "chargeback"
        DISPUTE_WON = "dispute_won"

    id = id_column()
    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="refunds")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reverses = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=32)
    amount_minor = minor_column()
    currency = currency_column()
    lines = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "external_id"], name="refund_once")]
