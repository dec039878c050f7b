"""Tables of rollups: pre-added numbers, disposable. Each can be rebuilt from the rows at any time."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import minor_column

_SUMS = ("value_minor", "refunded_minor", "commission_minor", "conversions", "clicks")
_LINKS = models.Q(dimension="link")  # the one dimension of which a program may have very many values


class Sold(models.Model):
    """What conversions add, by the moment they occurred. `value_minor` is as sold; commission as owed now."""

    conversions = models.BigIntegerField(default=0)
    click_conversions = models.BigIntegerField(default=0)
    new_customers = models.BigIntegerField(default=0)
    value_minor = minor_column(default=0)
    refunded_minor = minor_column(default=0)
    commission_minor = minor_column(default=0)

    class Meta:
        abstract = True


class Counted(models.Model):
    """The numbers that every rollup of enrolments has, by the day things occurred, in the program's local time.

    `held_minor` is the part of the commission that is still on hold in the ledger.
    """

    clicks = models.BigIntegerField(default=0)
    invalid_clicks = models.BigIntegerField(default=0)
    conversions = models.BigIntegerField(default=0)
    click_conversions = models.BigIntegerField(default=0)
    new_customers = models.BigIntegerField(default=0)
    value_minor = minor_column(default=0)
    refunded_minor = minor_column(default=0)
    commission_minor = minor_column(default=0)
    held_minor = minor_column(default=0)

    class Meta:
        abstract = True


class EnrolmentDay(Counted):
    """One enrolment's numbers of one local day. The zero UUID stands for conversions that nobody was credited with."""

    program_id = models.UUIDField()
    enrolment_id = models.UUIDField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program_id", "enrolment_id", "day"], name="enrolment_day_once")]
        indexes = [
            models.Index(fields=["enrolment_id", "day", *_SUMS], name="enrolment_day_sums"),
            models.Index(fields=["program_id", "day"], name="enrolment_day_by_program"),
        ]


class EnrolmentMonth(Counted):
    """One enrolment's numbers of one month, which is named by its first day: long spans need not read every day."""

    program_id = models.UUIDField()
    enrolment_id = models.UUIDField()
    month = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program_id", "month", "enrolment_id"], name="enrolment_month_once")
        ]
        indexes = [models.Index(fields=["enrolment_id", "month", *_SUMS], name="enrolment_month_sums")]


class ProgramDay(Counted):
    """All enrolments of a program on one day. What nobody was credited with is left out."""

    program_id = models.UUIDField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program_id", "day"], name="program_day_once")]


class EnrolmentMark(models.Model):
    """The first and the last local day on which an enrolment had a valid click, and a sale."""

    enrolment_id = models.UUIDField(primary_key=True)
    program_id = models.UUIDField()
    first_click = models.DateField(null=True)
    last_click = models.DateField(null=True)
    first_sale = models.DateField(null=True)
    last_sale = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["program_id", "last_sale"], name="enrolment_mark_by_sale")]


class LinkHour(models.Model):
    """One link's numbers of one hour in UTC, which is named by its first moment."""

    link_number = models.BigIntegerField()
    hour_at = models.DateTimeField()
    clicks = models.BigIntegerField(default=0)
    invalid_clicks = models.BigIntegerField(default=0)
    conversions = models.BigIntegerField(default=0)
    value_minor = minor_column(default=0)
    refunded_minor = minor_column(default=0)
    commission_minor = minor_column(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link_number", "hour_at"], name="link_hour_once")]


class LinkDay(models.Model):
    """The valid clicks of one link on one local day that share a value of a dimension.

    The dimension "" holds all of them; "reason" holds the invalid ones by their reason. Clicks without a value have no
    row: they are the rest.
    """

    link_number = models.BigIntegerField()
    dimension = models.CharField(max_length=40)
    day = models.DateField()
    value = models.CharField(max_length=80)
    clicks = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link_number", "dimension", "day", "value"], name="link_day_once")
        ]


class SaleDay(Sold):
    """What one enrolment's credits of one local day add, by link (0: none) and value of a dimension ("": all)."""

    enrolment_id = models.UUIDField()
    dimension = models.CharField(max_length=40)
    day = models.DateField()
    link_number = models.BigIntegerField()
    value = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment_id", "dimension", "day", "link_number", "value"], name="sale_day_once"
            )
        ]


class SliceDay(Sold):
    """A whole program's numbers of one local day that share a value of a dimension; "link" is a dimension here."""

    program_id = models.UUIDField()
    dimension = models.CharField(max_length=40)
    day = models.DateField()
    value = models.CharField(max_length=80)
    clicks = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program_id", "dimension", "day", "value"], name="slice_day_once")
        ]
        indexes = [
            models.Index(fields=["program_id", "value", "day", *_SUMS], name="slice_day_of_links", condition=_LINKS)
        ]


class SliceMonth(Sold):
    """The same by month, which is named by its first day."""

    program_id = models.UUIDField()
    dimension = models.CharField(max_length=40)
    month = models.DateField()
    value = models.CharField(max_length=80)
    clicks = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program_id", "dimension", "month", "value"], name="slice_month_once")
        ]
        indexes = [
            models.Index(fields=["program_id", "value", "month", *_SUMS], name="slice_month_of_links", condition=_LINKS)
        ]


class CountedCredit(Sold):
    """What one credit added to the rollups by link and dimension, as it was added: changes add only the difference.

    It outlives the click whose country, device, referrer and parameters stand in `facets`.
    """

    conversion_id = models.UUIDField()
    enrolment_id = models.UUIDField()
    program_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    occurred_at = models.DateTimeField()
    link_number = models.BigIntegerField(default=0)
    click_id = models.CharField(max_length=24, blank=True)
    facets = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversion_id", "enrolment_id"], name="counted_credit_once")]
        indexes = [models.Index(fields=["enrolment_id", "occurred_at"], name="counted_credit_by_time")]
