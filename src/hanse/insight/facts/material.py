"""What facts are found in, as values: everything known of one enrolment, and of those around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

YEAR = 365


@dataclass(frozen=True, slots=True)
class Sums:
    """Numbers of some days. Values are left after refunds, in minor units."""

    clicks: int = 0
    click_sales: int = 0
    sales: int = 0
    new_customers: int = 0
    value_minor: int = 0
    commission_minor: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.clicks + other.clicks, self.click_sales + other.click_sales, self.sales + other.sales,
            self.new_customers + other.new_customers, self.value_minor + other.value_minor,
            self.commission_minor + other.commission_minor,
        )  # fmt: skip

    def __sub__(self, other: Sums) -> Sums:
        return Sums(
            self.clicks - other.clicks, self.click_sales - other.click_sales, self.sales - other.sales,
            self.new_customers - other.new_customers, self.value_minor - other.value_minor,
            self.commission_minor - other.commission_minor,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sale:
    """One credited sale. `hour` and `on` are local; `minutes` from the click to the order, None where not known."""

    on: date
    hour: int
    amount_minor: int
    is_refunded: bool
    is_new: bool | None
    customer: UUID | None
    country: str
    is_recurring: bool
    minutes: int | None
    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LinkOf:
    """One link that is not archived, with valid clicks and credited sales. `is_deep`: not to the offer's own page."""

    number: int
    name: str
    is_deep: bool
    made_on: date
    clicks_ever: int = 0
    last_click: date | None = None
    clicks_90d: int = 0
    sales_90d: int = 0
    click_sales_90d: int = 0
    value_90d_minor: int = 0
    sales_ever: int = 0


@dataclass(frozen=True, slots=True)
class CouponOf:
    """One code that can be used now."""

    code: str
    made_on: date
    ends_on: date | None
    last_used: date | None


@dataclass(frozen=True, slots=True)
class PieceOf:
    """One thing that the partner published, and what it is known to have brought; estimates are left out."""

    title: str
    on: date
    sales: int = 0
    value_minor: int = 0
    clicks_90d: int = 0


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something terms pay for reaching: a milestone (once) or a ladder's step (in its period, begun on `since`)."""

    is_step: bool
    is_value: bool
    at: int
    reached: int
    since: date
    amount_minor: int = 0
    rate_ppm: int = 0


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that is known of one enrolment on a day. `days` are the last 365 that held anything, the oldest first.

    `facets` are clicks and click sales of the last 90 days by dimension and value.
    """

    enrolment_id: UUID
    kind: str
    enrolled_on: date
    today: date
    days: Sequence[tuple[date, Sums]] = ()
    months: Mapping[date, Sums] = field(default_factory=dict)
    first_click: date | None = None
    first_sale: date | None = None
    sales: Sequence[Sale] = ()
    facets: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)
    links: Sequence[LinkOf] = ()
    coupons: Sequence[CouponOf] = ()
    ahead: Sequence[Ahead] = ()
    first_paid: tuple[date, int] | None = None
    pieces: Sequence[PieceOf] = ()

    def between(self, from_days: int, to_days: int = 0) -> Sums:
        """Add up the days from so many ago until so many ago, both included."""
        first, last = self.today - timedelta(days=from_days), self.today - timedelta(days=to_days)
        total = Sums()
        for on, sums in self.days:
            if first <= on <= last:
                total += sums
        return total

    def sold(self, days: int) -> list[Sale]:
        """Return the sales of the last so many days, this one included."""
        first = self.today - timedelta(days=days - 1)
        return [sale for sale in self.sales if sale.on >= first]

    @property
    def sales_total(self) -> int:
        """All sales ever."""
        return sum(sums.sales for sums in self.months.values())


@dataclass(frozen=True, slots=True)
class Peers:
    """The enrolments of one kind in the last 90 days. `values` are those above nothing, the highest first."""

    partners: int
    with_clicks: int
    sums: Sums
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Around:
    """What a program's enrolments have in common: numbers of the last 90 days, and of the 90 before.

    `deep` and `plain` are clicks and click sales through links that lead deeper and through the others.
    `coming` and `year` are the program's sales of the coming 30 days a year ago, and of the last 365.
    """

    peers: Mapping[str, Peers] = field(default_factory=dict)
    now: Sums = field(default_factory=Sums)
    before: Sums = field(default_factory=Sums)
    refunded: int = 0
    deep: tuple[int, int] = (0, 0)
    plain: tuple[int, int] = (0, 0)
    coming: int = 0
    year: int = 0
    products: Mapping[str, str] = field(default_factory=dict)
