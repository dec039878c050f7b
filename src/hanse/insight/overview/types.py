"""The figures of Overview and of partners' lists, as values. Amounts are minor units of the program's currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Span:
    """Local days of a program, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def before(self) -> Span:
        """The days just before, as many."""
        return Span(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def each(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=offset) for offset in range(self.days)]


@dataclass(frozen=True, slots=True)
class Figures:
    """Added-up numbers of some days. `value_minor` is what is left after refunds."""

    value_minor: int = 0
    refunded_minor: int = 0
    commission_minor: int = 0
    sales: int = 0
    click_sales: int = 0
    clicks: int = 0
    new_customers: int = 0

    @property
    def effective_rate(self) -> Decimal | None:
        """Commission divided by value."""
        return _share(self.commission_minor, self.value_minor)

    @property
    def average_order_minor(self) -> int | None:
        """Value divided by sales, to the nearest minor unit."""
        return round(Decimal(self.value_minor) / self.sales) if self.sales else None

    @property
    def conversion_rate(self) -> Decimal | None:
        """Click-attributed sales divided by clicks."""
        return _share(self.click_sales, self.clicks)

    @property
    def new_share(self) -> Decimal | None:
        """Sales to new customers divided by sales."""
        return _share(self.new_customers, self.sales)

    @property
    def refund_share(self) -> Decimal | None:
        """Refunded value divided by value as sold."""
        return _share(self.refunded_minor, self.value_minor + self.refunded_minor)


# Rows of which there may be very many are plain tuples of plain values: others would set off the collector of garbage.
Key = Any  # an id as the engine returns it: making ten thousand UUIDs of them would take longer than the rest
# What one enrolment brought: its id, the value of a span and of the days before it, after refunds, and the commission
# of the span alone.
Brought = tuple[Key, int, int, int]
# One enrolment as the funnel sees it: its id, its tier, whether it is open, and the ordinals of the local days of
# joining, of the first click, of the first and of the last sale.
Joined = tuple[Key, Key | None, bool, int | None, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Enrolments of one time: how many joined, came how far, and after how many days (days → enrolments).

    `waiting` are those without a sale by their age; `mature` are old enough to be asked whether they were activated.
    """

    joined: int
    clicked: int
    active: int
    mature: int
    activated: int
    until_click: Mapping[int, int]
    until_sale: Mapping[int, int]
    waiting: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much hangs on a few: the top tenth of active enrolments, and the largest one."""

    top_count: int
    top_share: Decimal | None
    largest_id: UUID | None
    largest_minor: int
    warns: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way from joining to earning. `median_days` counts from joining, among those who got here."""

    key: str
    partners: int
    median_days: int | None


@dataclass(frozen=True, slots=True)
class Mover:
    """One enrolment's change against the period before."""

    enrolment_id: UUID
    now_minor: int
    before_minor: int

    @property
    def change_minor(self) -> int:
        """How much more or less."""
        return self.now_minor - self.before_minor

    @property
    def change_share(self) -> Decimal | None:
        """The change as a share of the period before."""
        return _share(self.change_minor, self.before_minor)


@dataclass(frozen=True, slots=True)
class TierFigures:
    """One tier's part of the value. `tier_id` None holds enrolments without a tier."""

    tier_id: UUID | None
    partners: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the Overview page that is a number."""

    span: Span
    now: Figures
    before: Figures
    partners: int
    active: int
    active_before: int
    activation: Decimal | None
    activation_cohort: int
    days_to_first_sale: int | None
    first_sale_cohort: int
    concentration: Concentration
    tiers: Sequence[TierFigures]
    movers: Sequence[Mover]
    funnel: Sequence[Step]


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole > 0 else None
