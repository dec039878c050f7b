"""Payouts & statements: what was paid, what is coming and what keeps it, and each month as a document."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common import format as fmt
from hanse.faces.common.access import portal_page
from hanse.faces.common.papers import paper_file
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import wants_csv
from hanse.faces.portal.accounts import shown_account
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.faces.portal.terms import agreement_on, terms_in_force
from hanse.kernel.clock import add_months, day_starts_at, first_day_of, local_day
from hanse.money.benefits.models import Benefit
from hanse.money.benefits.rules import state_of
from hanse.money.ledger.queries import balances
from hanse.money.ledger.types import Balances
from hanse.money.payouts.statements import Statement, statement_csv
from hanse.money.payouts.statements import statement as statement_of
from hanse.money.payouts.words import cause_words
from hanse.people.partners.models import PayoutDetails
from hanse.people.partners.tax import tax_profile

SHOWN_MONTHS = 24
SHOWN_ROWS = 500


@portal_page
@needs_seat
@require_GET
def payouts(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the partner's payments and months."""
    now = reader()
    pots = balances([seat.enrolment.pk]).get(seat.enrolment.pk) or Balances(seat.program.currency)
    details, papers = seat.scope.payout_details(), _papers(seat)
    context = {
        "pots": pots, "rows": list(seat.scope.payouts().select_related("run").order_by("-opened_at", "-pk")[:100]),
        "details": details, "account": shown_account(details),
        "months": [(key, name, papers.get(key)) for key, name in _months(seat)],
        "obstacles": _obstacles(seat, pots, details) if pots.payable_minor > 0 else [],
        "benefits": _benefits(seat, now.now), "tax": tax_profile(seat.partner),
        "minimum": fmt.money(seat.program.minimum_payout_minor, seat.program.currency, now.language),
    }  # fmt: skip
    return portal(request, seat, "portal/payouts.html", "payouts", context)


def _papers(seat: Seat) -> dict[str, dict[str, object]]:
    """Return what was issued for each month: the statement, and the invoice where there is one."""
    found: dict[str, dict[str, object]] = {}
    for key in seat.scope.statements().values_list("month", flat=True):
        found[key] = {"invoice": None}
    for one in seat.scope.invoices().defer("content"):
        found.setdefault(one.month, {})["invoice"] = one
    return found


def _benefits(seat: Seat, now: datetime) -> list[tuple[Benefit, str, bool]]:
    """Return what is owed in kind and what was delivered, with the state and whether the period has an end."""
    rows = seat.scope.benefits()[:20]
    return [(row, state_of(row.delivered_on is not None, row.ends_at, now), row.ends_at.year < 9000) for row in rows]


@portal_page
@needs_seat
@require_GET
def paper(request: HttpRequest, seat: Seat, month: str, kind: str) -> HttpResponse:
    """Download an issued statement (PDF, CSV) or the month's invoice."""
    return paper_file(seat.enrolment, month, kind)


def _obstacles(seat: Seat, pots: Balances, details: PayoutDetails | None) -> list[tuple[str, str]]:
    """Return what keeps the next payment, each with the page that clears it ("" where time or we do)."""
    found = []
    if details is None:
        found.append((_("We do not know yet where to send your money."), "portal:payout_details"))
    terms = terms_in_force(seat, reader().now)
    if terms is not None and agreement_on(seat, terms) is None:
        found.append((_("Your terms wait for you to accept them."), "portal:terms"))
    if seat.enrolment.status == "suspended":
        found.append((_("Your payouts are suspended until a question is cleared."), ""))
    if pots.payable_minor < seat.program.minimum_payout_minor:
        least = fmt.money(seat.program.minimum_payout_minor, seat.program.currency, reader().language)
        found.append((_("We pay from %(minimum)s on; smaller sums wait and add up.") % {"minimum": least}, ""))
    if details is not None and details.usable_at is not None and details.usable_at > reader().now:
        found.append((_("Your payout details were changed in the last two days: nothing is paid there before."), ""))
    return found


def _months(seat: Seat) -> list[tuple[str, str]]:
    """Return the months from the enrolment on, the latest first."""
    now = reader()
    month = first_day_of(local_day(now.now, seat.program.time_zone), "month")
    first = first_day_of(local_day(seat.enrolment.enrolled_at, seat.program.time_zone), "month")
    found: list[tuple[str, str]] = []
    while month >= first and len(found) < SHOWN_MONTHS:
        found.append((f"{month:%Y-%m}", fmt.month(month, now.language, year=True)))
        month = add_months(month, -1)
    return found


@portal_page
@needs_seat
@require_GET
def statement(request: HttpRequest, seat: Seat, month: str) -> HttpResponse:
    """Show one month of the partner's books, or download it as CSV."""
    zone, now = seat.program.time_zone, reader()
    try:
        first = date.fromisoformat(f"{month}-01")
        starts_at, ends_at = day_starts_at(first, zone), day_starts_at(add_months(first, 1), zone)
    except (ValueError, OverflowError) as error:  # no month, or one at the end of all years
        raise Http404 from error
    found = statement_of(seat.enrolment, starts_at, ends_at)
    if wants_csv(request):
        response = HttpResponse("\ufeff" + statement_csv(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="statement-{seat.program.slug}-{month}.csv"'
        return response
    context = {
        "statement": found, "rows": [(row, cause_words(row.cause)) for row in found.rows[:SHOWN_ROWS]],
        "is_cut": len(found.rows) > SHOWN_ROWS, "month": fmt.month(first, now.language, year=True),
        "is_open": found.ends_at > now.now, "paid_minor": _paid(found), "key": month,
    }  # fmt: skip
    return portal(request, seat, "portal/statement.html", "payouts", context)


def _paid(found: Statement) -> int:
    return found.closing.paid_minor - found.opening.paid_minor
