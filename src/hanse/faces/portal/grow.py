"""Grow: what is true of the partner's own audience, what those like them do who sell most, and a nudge when quiet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common import format as fmt
from hanse.faces.common.access import portal_page
from hanse.faces.common.facts import fact_lines
from hanse.faces.common.links import href
from hanse.faces.common.reader import reader
from hanse.faces.portal.grow_tabs import grow_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.silence.models import SilentSpell
from hanse.growth.silence.plays import PLAYS
from hanse.growth.silence.queries import silence_of
from hanse.insight.facts.peers import Part, peers_of
from hanse.insight.figures.queries import figures_of
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.clock import local_day

DAYS = 90
_TO_DO = frozenset({
    "near_milestone", "near_step", "near_round", "season_own", "season_program", "coupon_ending", "unused_coupon",
    "unused_link", "cold_link", "deep_links",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Nudge:
    """A word to a partner who has gone quiet."""

    title: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Beside:
    """One thing that can be compared: the partner's own, those who sell most, the others."""

    name: str
    own: str
    top: str
    rest: str


@portal_page
@needs_seat
@require_GET
def grow(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show facts, each with its period, its n and a page to check it; and what works for others."""
    kind = str(seat.partner.types[0]) if seat.partner.types else ""
    peers = peers_of(seat.program.pk, kind)
    lines = fact_lines(seat.enrolment, seat.program.currency, for_partner=True)
    context = {
        "facts": [line for line in lines if line.kind not in _TO_DO],
        "within_reach": [line for line in lines if line.kind in _TO_DO], "lede": lines[0].text if lines else "",
        "beside": _beside(seat, *peers) if peers else [], "peers": peers, "nudge": nudge_of(seat),
        "tabs": grow_tabs("facts"),
    }  # fmt: skip
    return portal(request, seat, "portal/grow.html", "grow", context)


def nudge_of(seat: Seat) -> Nudge | None:
    """Return the nudge for a partner who is silent; None for others and for those who are left alone. Two queries."""
    silence = silence_of([seat.enrolment.pk]).get(seat.enrolment.pk)
    if silence is None or seat.enrolment.status != "active":
        return None
    if SilentSpell.objects.filter(enrolment=seat.enrolment, ended_on=None, is_left_alone=True).exists():
        return None
    play = PLAYS[silence.cause]
    return Nudge(str(play.nudge_title), str(play.nudge_text), href(f"portal:{play.page}"))


def _beside(seat: Seat, top: Part, rest: Part) -> list[Beside]:
    """Return what is compared over 90 days. Two queries."""
    language, currency = reader().language, seat.program.currency
    today = local_day(reader().now, seat.program.time_zone)
    own = figures_of(seat.program.pk, [seat.enrolment.pk], today)[seat.enrolment.pk]
    mine = seat.scope.links().filter(archived_at=None).aggregate(
        n=Count("pk"), deep=Count("pk", filter=~Q(destination_url=F("offer__destination_url")))
    )  # fmt: skip
    has_code = seat.scope.coupons().filter(archived_at=None).exists()

    def each(part: Part, name: str) -> str:
        return fmt.number(round(Decimal(getattr(part, name)) / part.partners, 1), language)

    def share(part: Part, name: str) -> str:
        return fmt.percent(Decimal(getattr(part, name)) / part.partners, language, places=0)

    def rate(part: Part) -> str:
        return fmt.percent(fmt.ratio(part.click_sales, part.clicks), language)

    def basket(part: Part) -> str:
        return fmt.money(part.value_minor // part.sales, currency, language) if part.sales else "–"

    return [
        Beside(_("Links in use"), fmt.number(mine["n"], language), each(top, "links"), each(rest, "links")),
        Beside(_("Have a link to a single page"), _yes(mine["deep"] > 0), share(top, "with_deep"),
               share(rest, "with_deep")),
        Beside(_("Have a code"), _yes(has_code), share(top, "with_code"), share(rest, "with_code")),
        Beside(_("Clicks in 90 days"), fmt.number(own.clicks_90d, language), each(top, "clicks"),
               each(rest, "clicks")),
        Beside(_("Of the readers buy"), _own_rate(seat, today), rate(top), rate(rest)),
        Beside(_("An order is worth"), fmt.money(own.value_90d_minor // own.conversions_90d, currency, language)
               if own.conversions_90d else "–", basket(top), basket(rest)),
    ]  # fmt: skip


def _own_rate(seat: Seat, today: date) -> str:
    days = EnrolmentDay.objects.filter(
        enrolment_id=seat.enrolment.pk, day__gt=today - timedelta(days=DAYS), day__lte=today
    )
    sums = days.aggregate(clicks=Sum("clicks"), sales=Sum("click_conversions"))
    return fmt.percent(fmt.ratio(sums["sales"] or 0, sums["clicks"] or 0), reader().language)


def _yes(is_so: bool) -> str:
    return _("yes") if is_so else _("no")
