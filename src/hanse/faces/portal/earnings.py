"""Earnings: by month, by day, each line with its explanation, what was earned beside orders; and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncMonth
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common import format as fmt
from hanse.faces.common.access import portal_page
from hanse.faces.common.charts import Chart, Series, Unit, months
from hanse.faces.common.links import id_or_404
from hanse.faces.common.reader import Reader, reader
from hanse.faces.common.receipt import ReceiptPage, receipt_page
from hanse.faces.common.tables import Column, Table, UrlState, csv_file, wants_csv
from hanse.faces.portal.beside import beside_lines
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.kernel.clock import add_months, day_starts_at, first_day_of, local_day
from hanse.kernel.ids import text_id
from hanse.kernel.money import digits
from hanse.money.commissions.models import Commission
from hanse.money.commissions.queries import explanation_of
from hanse.traffic.products.queries import product_names

MONTHS = 12
PAGE = 30
NO_GOODS = ("shipping", "charges")
STATES = ("", "hold", "ready", "paid", "taken")


@dataclass(frozen=True, slots=True)
class EarningRow:
    """One commission as a line of the list."""

    text_id: str
    href: str
    name: str
    order: str
    note: str
    amount_minor: int
    state: str
    at: datetime | None
    is_here: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The commissions of one local day; the sum is the whole day's, also what the page does not show."""

    day: date
    sum_minor: int
    rows: list[EarningRow]


@portal_page
@needs_seat
@require_GET
def earnings(request: HttpRequest, seat: Seat, commission: str = "") -> HttpResponseBase:
    """Show what the partner earned; with a commission beside it, why."""
    state, now = UrlState(request.GET), reader()
    chosen = state.choice("state", STATES)
    rows = filtered(seat, chosen)
    if wants_csv(request):
        return csv_file("earnings", _head(), _lines(rows, seat))
    table = Table(state, rows, [Column("day", _("Day"), order=("occurred_at",))], "-day", page_size=PAGE)
    opened = _opened(seat, commission) if commission else next(iter(table.page_rows), None)
    context = {
        "table": table, "days": _days(seat, table.page_rows, rows, opened, state), "state": chosen,
        "filters": _filters(state, chosen), "chart": _chart(seat, now), "sums": _sums(seat, now.now),
        "page_of": _receipt(opened) if opened else None, "is_alone": bool(commission),
        "beside": [] if commission else beside_lines(seat),
    }  # fmt: skip
    return portal(request, seat, "portal/earnings.html", "earnings", context)


def _receipt(opened: Commission) -> ReceiptPage:
    """Return the console's own receipt, without the names of other partners."""
    return receipt_page(explanation_of(opened.pk, for_partner=True), for_partner=True)


def _opened(seat: Seat, text: str) -> Commission:
    found = seat.scope.commissions().select_related("conversion").filter(pk=id_or_404("com", text)).first()
    if found is None:
        raise Http404
    return found


def filtered(seat: Seat, state: str) -> QuerySet[Commission]:
    """Return the partner's commissions of a state: on hold, ready, paid, taken back, or all of them."""
    rows = seat.scope.commissions().filter(earned_minor__gt=0).select_related("conversion")
    live = Q(voided_at=None, paid_at=None, owed_minor__gt=0)
    return {
        "hold": rows.filter(live, approved_at=None),
        "ready": rows.filter(live).exclude(approved_at=None),
        "paid": rows.exclude(paid_at=None),
        "taken": rows.filter(Q(owed_minor__lt=F("earned_minor")) | ~Q(voided_at=None)),
    }.get(state, rows)


def _filters(state: UrlState, chosen: str) -> list[tuple[str, str, bool]]:
    names = {"": _("All"), "hold": _("On hold"), "ready": _("Ready"), "paid": _("Paid"), "taken": _("Taken back")}
    base = reverse("portal:earnings")
    return [(name, base + state.link(state=key), key == chosen) for key, name in names.items()]


def state_of(row: Commission) -> tuple[str, datetime | None]:
    """Return where a commission stands, as a word for the template, and the moment that belongs to it."""
    if row.voided_at:
        return "voided", row.voided_at
    if row.owed_minor < row.earned_minor and not row.owed_minor:
        return "returned", None
    if row.paid_at:
        return "paid", row.paid_at
    return ("ready", row.approved_at) if row.approved_at else ("hold", row.held_until)


def _row(row: Commission, opened: Commission | None, state: UrlState, names: Mapping[str, str]) -> EarningRow:
    word, at = state_of(row)
    href = reverse("portal:earning", args=[text_id("com", row.pk)])
    href += state.link(page=state.page() if state.page() > 1 else "").removesuffix("?")
    return EarningRow(
        text_id("com", row.pk), href, _what(row, names), row.conversion.external_id, _note(row),
        0 if word == "voided" else row.owed_minor, word, at, opened is not None and opened.pk == row.pk,
    )  # fmt: skip


def _what(row: Commission, names: Mapping[str, str]) -> str:
    """Say what was bought, as far as is known: the articles' names, else the kinds of things."""
    lines = [(str(line[0]), str(line[1])) for line in row.conversion.lines if line[1] not in NO_GOODS]
    words = list(dict.fromkeys(names.get(sku) or kind for sku, kind in lines))
    return ", ".join(word for word in words[:2] if word) + (" …" if len(words) > 2 else "")


def _note(row: Commission) -> str:
    amount = fmt.money(row.value_minor, row.currency, reader().language)
    if row.owed_minor < row.earned_minor and row.owed_minor:
        return _("one part returned")
    if not row.owed_minor:
        lost = fmt.money(-row.earned_minor, row.currency, reader().language)
        return _("returned, %(amount)s") % {"amount": lost}
    return _("of %(amount)s") % {"amount": amount}


def _days(
    seat: Seat, shown: list[Commission], rows: QuerySet[Commission], opened: Commission | None, state: UrlState
) -> list[Day]:
    zone = seat.program.time_zone
    names = product_names(seat.program.pk, [str(line[0]) for row in shown for line in row.conversion.lines])
    by_day: dict[date, list[EarningRow]] = {}
    for row in shown:
        by_day.setdefault(local_day(row.occurred_at, zone), []).append(_row(row, opened, state, names))
    if not by_day:
        return []
    local_days = TruncDate("occurred_at", tzinfo=ZoneInfo(zone))
    kept = rows.filter(occurred_at__gte=day_starts_at(min(by_day), zone), voided_at=None).annotate(day=local_days)
    sums = kept.filter(day__lte=max(by_day)).values("day").annotate(n=Sum("owed_minor")).order_by()
    totals: Mapping[date, int] = dict(sums.values_list("day", "n"))
    return [Day(day, totals.get(day, 0), lines) for day, lines in by_day.items()]


def _sums(seat: Seat, now: datetime) -> Mapping[str, int]:
    year = day_starts_at(add_months(local_day(now, seat.program.time_zone), -MONTHS), seat.program.time_zone)
    live = Q(voided_at=None)
    sums = seat.scope.commissions().aggregate(
        held=Sum("owed_minor", filter=live & Q(approved_at=None, paid_at=None)),
        ready=Sum("owed_minor", filter=live & Q(paid_at=None) & ~Q(approved_at=None)),
        paid=Sum("owed_minor", filter=live & Q(paid_at__gte=year)),
    )
    return {name: value or 0 for name, value in sums.items()}


def _chart(seat: Seat, now: Reader) -> Chart | None:
    zone = seat.program.time_zone
    today = local_day(now.now, zone)
    starts = [add_months(first_day_of(today, "month"), -back) for back in range(MONTHS - 1, -1, -1)]
    rows = (
        seat.scope.commissions()
        .filter(occurred_at__gte=day_starts_at(starts[0], zone), voided_at=None)
        .annotate(month=TruncMonth("occurred_at", tzinfo=ZoneInfo(zone)))
        .values("month")
        .annotate(paid=Sum("owed_minor", filter=~Q(paid_at=None)), coming=Sum("owed_minor", filter=Q(paid_at=None)))
        .order_by()
    )
    by_month = {row["month"].date(): (row["paid"] or 0, row["coming"] or 0) for row in rows}
    if not by_month:
        return None
    values = [by_month.get(start, (0, 0)) for start in starts]
    labels = [fmt.month(start, now.language, short=True) for start in starts]
    sums = [paid + coming for paid, coming in values]
    best = max(range(len(sums)), key=lambda index: sums[index])
    words = {
        "month": fmt.month(starts[best], now.language, year=starts[best].year != today.year),
        "amount": fmt.money(sums[best], seat.program.currency, now.language),
    }
    return months(
        now, Unit(seat.program.currency),
        Series(_("Paid"), labels, [paid for paid, _coming in values]),
        Series(_("Not paid yet"), labels, [coming for _paid, coming in values]),
        name="earnings", title=_("Commission by month"), size="m",
        summary=_("Your commission by month of order; %(month)s was the highest with %(amount)s.") % words,
        caption=_("By month of order. %(month)s was your best; this month runs until today.") % words,
    )  # fmt: skip


def _head() -> list[str]:
    return [
        _("Commission"), _("Order"), _("Date"), _("Value"), _("Earned"), _("Left for you"), _("Currency"), _("State"),
        _("On hold until"), _("Paid"),
    ]  # fmt: skip


def _lines(rows: QuerySet[Commission], seat: Seat) -> Iterator[list[object]]:
    zone, places = ZoneInfo(seat.program.time_zone), digits(seat.program.currency)
    for row in rows.order_by("-occurred_at", "-pk").iterator(chunk_size=1000):
        amounts = [Decimal(value).scaleb(-places) for value in (row.value_minor, row.earned_minor, row.owed_minor)]
        yield [
            text_id("com", row.pk), row.conversion.external_id, row.occurred_at.astimezone(zone).isoformat(), *amounts,
            row.currency, state_of(row)[0], row.held_until.astimezone(zone).date(),
            row.paid_at.astimezone(zone).date() if row.paid_at else None,
        ]  # fmt: skip
