"""Home: what the partner earned, what is coming, what helps most now, what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from hanse.faces.common import format as fmt
from hanse.faces.common.access import portal_page
from hanse.faces.common.reader import Reader, reader
from hanse.faces.portal.agreement import waits_for_answer
from hanse.faces.portal.challenges import next_challenge
from hanse.faces.portal.grow import nudge_of
from hanse.faces.portal.news import news_of
from hanse.faces.portal.next_step import next_step_of
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.faces.portal.terms import agreement_on, terms_in_force
from hanse.faces.portal.tier import tier_panel
from hanse.insight.earnings.queries import days_of
from hanse.insight.earnings.types import DayEarnings
from hanse.insight.readers.queries import reader_facts
from hanse.insight.readers.types import ReaderFacts
from hanse.kernel.clock import add_months, first_day_of, local_day
from hanse.money.ledger.queries import balances
from hanse.money.ledger.types import Balances
from hanse.money.payouts.models import Payout
from hanse.money.payouts.schedule import first_payout_limit

FACT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Earned:
    """The figure on top: this month so far beside the same days of the month before."""

    month: str
    amount_minor: int
    before_minor: int
    change: Decimal | None
    before_days: str


@portal_page
@needs_seat
@require_GET
def home(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the partner where they stand."""
    now = reader()
    today = local_day(now.now, seat.program.time_zone)
    month = days_of(seat.enrolment.pk, first_day_of(today, "month"), today)
    pots = balances([seat.enrolment.pk]).get(seat.enrolment.pk) or Balances(seat.program.currency)
    terms = terms_in_force(seat, now.now)
    unread = terms is not None and agreement_on(seat, terms) is None
    step, way = next_step_of(seat, has_new_terms=unread or waits_for_answer(seat, now.now))
    coming, payout = pots.held_minor + pots.payable_minor, _last_payout(seat)
    waits_for_minimum = 0 < coming < seat.program.minimum_payout_minor
    if waits_for_minimum and payout is None:
        waits_for_minimum = coming > (first_payout_limit(seat.program.pk) or 0)
    context = {
        "greeting": _greeting(request, seat, now), "lede": _lede(month, now),
        "earned": _earned(seat, month, today, now),
        "pots": pots, "coming_minor": coming, "waits_for_minimum": waits_for_minimum,
        "held_until": _held_until(seat, now.now),
        "payout": payout, "step": step, "way": way,
        "facts": _facts(seat, now.now), "news": news_of(seat, now.now),
        "tier_panel": tier_panel(seat, now.now),
        "nudge": nudge_of(seat), "challenge": next_challenge(seat),
    }  # fmt: skip
    return portal(request, seat, "portal/home.html", "home", context)


def _greeting(request: HttpRequest, seat: Seat, now: Reader) -> str:
    person = seat.partner.contact_name or seat.partner.name
    own = getattr(request.user, "name", "") if not seat.is_viewed else ""
    name = (own or person).split(" ")[0]
    hour = now.now.astimezone(now.zone).hour
    if 5 <= hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if hour >= 18 or hour < 3:
        return _("Good evening, %(name)s") % {"name": name}
    return _("Hello, %(name)s") % {"name": name}


def _lede(month: Sequence[DayEarnings], now: Reader) -> SafeString | str:
    best = max(month, key=lambda day: (day.sales, day.value_minor), default=None)
    if best is not None and best.sales:
        sales = ngettext("%(n)s sale", "%(n)s sales", best.sales) % {"n": fmt.number(best.sales, now.language)}
        day = fmt.long_day(best.day, now.language, weekday=True, year=False)
        return format_html(_("{sales} on {day}, your best day this month."), sales=_bold(sales), day=_bold(day))
    clicks = sum(day.clicks for day in month)
    if clicks:
        text = ngettext("%(n)s click", "%(n)s clicks", clicks) % {"n": fmt.number(clicks, now.language)}
        return format_html(_("{clicks} this month, and no sale yet."), clicks=_bold(text))
    return _("Quiet so far this month. Here is what helps.")


def _bold(text: str) -> SafeString:
    return format_html("<b>{}</b>", text)


def _earned(seat: Seat, month: Sequence[DayEarnings], today: date, now: Reader) -> Earned:
    first = first_day_of(today, "month")
    before_first = add_months(first, -1)
    before_last = min(before_first + (today - first), first - timedelta(days=1))
    before = sum(day.commission_minor for day in days_of(seat.enrolment.pk, before_first, before_last))
    amount = sum(day.commission_minor for day in month)
    return Earned(
        month=fmt.month(first, now.language),
        amount_minor=amount,
        before_minor=before,
        change=Decimal(amount - before) / before if before > 0 else None,
        before_days=fmt.day_range(before_first, before_last, now.language).removesuffix(f" {before_last.year}"),
    )


def _held_until(seat: Seat, now: datetime) -> datetime | None:
    held = seat.scope.commissions().filter(approved_at=None, voided_at=None, owed_minor__gt=0, held_until__gt=now)
    until: datetime | None = held.aggregate(last=Max("held_until"))["last"]
    return until


def _last_payout(seat: Seat) -> Payout | None:
    sent = (Payout.State.SETTLED, Payout.State.IN_TRANSIT)
    return next((one for one in seat.scope.recent_payouts() if one.state in sent), None)


def _facts(seat: Seat, now: datetime) -> list[tuple[str, str, str]]:
    """Return (number, what it says, what it is compared with), and as the last one the days and the count."""
    facts = reader_facts(seat.enrolment, now - timedelta(days=FACT_DAYS), now)
    if facts is None:
        return []
    language, currency = reader().language, seat.program.currency
    share = fmt.percent(facts.hours_share, language, places=0)
    hours = {"from": f"{facts.from_hour:02}:00", "until": f"{facts.until_hour:02}:00"}
    rows = [(share, _("buy between %(from)s and %(until)s") % hours, _("three hours of twenty-four"))]
    if facts.new_share is not None:
        others = fmt.percent(facts.others_new_share, language, places=0)
        compared = _("the others’ readers: %(share)s") % {"share": others} if facts.others_new_share is not None else ""
        rows.append((fmt.percent(facts.new_share, language, places=0), _("are new to the shop"), compared))
    for name, part in facts.categories:
        held = _("buy something of “%(category)s”") % {"category": name}
        rows.append((fmt.percent(part, language, places=0), held, _("more than of anything else")))
    rows.append((fmt.money(facts.average_minor, currency, language), _("is spent on an order"), _average(facts, seat)))
    return rows


def _average(facts: ReaderFacts, seat: Seat) -> str:
    change = facts.average_minor - (facts.average_before_minor or facts.average_minor)
    if not change:
        return ""
    more, less = _("%(amount)s more than in the 90 days before"), _("%(amount)s less than in the 90 days before")
    return (more if change > 0 else less) % {"amount": fmt.money(abs(change), seat.program.currency, reader().language)}
