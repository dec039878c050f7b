"""One partner on one page: figures, money, terms as a sentence, links and codes, everything that happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page, may
from hanse.faces.common.breakdown_names import dimension_name
from hanse.faces.common.charts import Chart, Series, Unit, months
from hanse.faces.common.links import href, id_or_404, partner_href
from hanse.faces.common.page import console, needs_program
from hanse.faces.common.reader import Reader, reader
from hanse.faces.common.tables import UrlState
from hanse.faces.console.acts import APPROVE
from hanse.faces.console.content.joint_panel import joint_panel
from hanse.faces.console.content.piece_panel import piece_panel
from hanse.faces.console.content.work_panel import work_panel
from hanse.faces.console.inbox.partner_talk import merged, talk_lines, talk_panel
from hanse.faces.console.learning.lines import learning_lines
from hanse.faces.console.letters.lines import letter_lines
from hanse.faces.console.onboarding.panel import onboarding_panel
from hanse.faces.console.partner_links import link_rows, terms_words
from hanse.faces.console.recruiting.lines import joining_lines
from hanse.faces.console.relations.lines import piece_lines, silence_lines
from hanse.faces.console.relations.panels import panels_of
from hanse.faces.console.tiers.panel import tier_panel_of
from hanse.faces.console.timeline_words import line
from hanse.insight.overview.queries import figures, figures_by_day, figures_by_enrolment
from hanse.insight.overview.rules import total
from hanse.insight.overview.types import Figures, Span
from hanse.insight.partner.queries import cases_of, commission_by_month
from hanse.insight.partner.timeline import Known, timeline
from hanse.insight.partner.types import MonthOfCommission, Topic
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.money.ledger.queries import balances
from hanse.money.ledger.types import Balances
from hanse.people.partners.models import Partner
from hanse.people.partners.queries import partner_types, payout_details
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.enrolments.queries import enrolments_of_partner
from hanse.programs.enrolments.rules import MAY_FOLLOW
from hanse.programs.programs.models import Program
from hanse.traffic.coupons.queries import coupons_of
from hanse.traffic.links.queries import links_of

DAYS = 30
_MADE_OF = ("country", "device", "referrer", "initiative", "link", "coupon")
TOPICS = ("money", "talk", "links", "standing")


@console_page()
@needs_program
def partner(request: HttpRequest, program: Program, partner_id: str) -> HttpResponse:
    """Show everything that is known of a partner in the chosen program."""
    row = get_object_or_404(Partner.objects.select_related("owner"), id=id_or_404("prt", partner_id))
    enrolments = list(enrolments_of_partner(row.id))
    here = next((one for one in enrolments if one.program_id == program.id), None)
    names = {kind.slug: kind.name for kind in partner_types()}
    details = payout_details([row.id]).get(row.id)
    context: dict[str, object] = {
        "program": program, "partner": row, "text_id": partner_id, "enrolment": here, "may_act": may(request),
        "kinds": [names.get(slug, slug) for slug in row.types], "details": details,
        "elsewhere": [one for one in enrolments if one.program_id != program.id], "href": partner_href(row.id),
    }  # fmt: skip
    if details:
        context["rail"] = _rail(details.rail)
        context["details_rest"] = details.usable_at is not None and details.usable_at > clock.now()
        context["may_vouch"] = may(request, APPROVE)
    if here is not None:
        context |= _enrolled(program, here, UrlState(request.GET), partner_id)
    return console(request, "console/partner.html", "partners", context)


@console_page()
@require_GET
@needs_program
def partner_events(request: HttpRequest, program: Program, partner_id: str) -> HttpResponse:
    """Show what happened with a partner, by topic: a part of their page, read after the rest."""
    here, now = _enrolment(program, partner_id), reader()
    topic = UrlState(request.GET).choice("show", TOPICS)
    events = timeline(here, _known(program, here, _span(program, now)), topic=cast("Topic", topic) if topic else None)
    lines = merged(
        [line(event, program.currency, now.language) for event in events],
        [*talk_lines(here, topic), *silence_lines(here, topic), *piece_lines(here, topic),
         *letter_lines(here, topic), *joining_lines(here, topic), *learning_lines(here, topic)],
    )  # fmt: skip
    return render(request, "console/partner_events.html", {"program": program, "lines": lines})


@console_page()
@require_GET
@needs_program
def partner_side(request: HttpRequest, program: Program, partner_id: str) -> HttpResponse:
    """Show talk, silence, health, facts, onboarding and tier: a part of a partner's page, read after the rest."""
    here = _enrolment(program, partner_id)
    context = {
        "program": program, "partner": here.partner, "text_id": partner_id, "enrolment": here, "may_act": may(request),
        "talk": talk_panel(here), "relations": panels_of(here, program.currency), "onboarding": onboarding_panel(here),
        "tier_panel": tier_panel_of(program, here), "works": work_panel(here), "pieces": piece_panel(here),
        "joints": joint_panel(here, reader().now),
        "enrolment_text_id": text_id("enr", here.id),
        "part_of_page": "side",
    }  # fmt: skip
    return render(request, "console/partner_side.html", context)


def _enrolment(program: Program, partner_id: str) -> Enrolment:
    rows = Enrolment.objects.select_related("partner", "tier", "program")
    return get_object_or_404(rows, program=program, partner_id=id_or_404("prt", partner_id))


def _span(program: Program, now: Reader) -> Span:
    today = local_day(now.now, program.time_zone)
    return Span(today - timedelta(days=DAYS), today - timedelta(days=1))


def _known(program: Program, here: Enrolment, span: Span) -> Known:
    days = list(zip(span.each(), figures_by_day(program.id, span, here.id), strict=True))
    return Known(list(links_of(here.id)[:200]), list(coupons_of(here.id)[:200]), cases_of(here.id), days)


def _enrolled(program: Program, here: Enrolment, state: UrlState, partner_id: str) -> dict[str, object]:
    now = reader()
    span = _span(program, now)
    known = _known(program, here, span)
    open_cases = [case for case in known.cases if case.decided_at is None]
    by_month = commission_by_month(here.id, local_day(now.now, program.time_zone))
    topic = state.choice("show", TOPICS)
    return {
        **_figures(program, here.id, span, [one for _day, one in known.days]),
        "days": DAYS, "cases": len(open_cases),
        "case_minor": sum(case.owed_minor for case in open_cases),
        "pots": balances([here.id]).get(here.id) or Balances(program.currency),
        "chart": _chart(program, now, by_month), "has_money": any(m.approved_minor or m.held_minor for m in by_month),
        "events_href": f"{href('console:partner_events', partner_id)}?show={topic}",
        "side_href": href("console:partner_side", partner_id),
        "topics": [(key, name, state.link(show=key), key == topic) for key, name in _topics().items()],
        "links": link_rows(here, known.links, known.coupons, span.first),
        "breakdowns": [(dimension_name(by), f"{href('console:partner_by', partner_id)}?by={by}") for by in _MADE_OF],
        "terms": terms_words(program, here, now.now),
        "statuses": _next_statuses(here.status), "enrolment_text_id": text_id("enr", here.id),
    }  # fmt: skip


def _figures(program: Program, enrolment_id: UUID, span: Span, days: list[Figures]) -> dict[str, object]:
    this = total(days)
    before = figures_by_enrolment(program.id, span.before(), [enrolment_id]).get(enrolment_id, Figures())
    whole = figures(program.id, span)
    change = fmt.ratio(this.value_minor - before.value_minor, before.value_minor)
    share = fmt.ratio(this.value_minor, whole.value_minor)
    return {"now": this, "before": before, "whole": whole, "change": change, "share": share, "span": span}


def _chart(program: Program, now: Reader, by_month: list[MonthOfCommission]) -> Chart:
    labels = [fmt.month(month.first, now.language, short=True) for month in by_month]
    unit = Unit(program.currency)
    best = max(by_month, key=lambda month: month.approved_minor + month.held_minor)
    total = unit.cell(best.approved_minor + best.held_minor, now).text
    summary = _("Commission by month of sale, highest in %(month)s with %(amount)s.") % {
        "month": fmt.month(best.first, now.language, year=True), "amount": total,
    }  # fmt: skip
    return months(
        now, unit, Series(_("Approved"), labels, [month.approved_minor for month in by_month]),
        Series(_("On hold"), labels, [month.held_minor for month in by_month]), name="commission-by-month",
        title=_("Commission by month"), summary=summary,
        caption=_("Commission by month of sale; the hollow part is still on hold."),
    )  # fmt: skip


def _topics() -> Mapping[str, str]:
    return {
        "": _("All"), "money": _("Money"), "links": _("Links"), "talk": _("Notes"), "standing": _("Standing"),
    }  # fmt: skip


def _next_statuses(status: str) -> list[tuple[str, str]]:
    words = {
        "active": _("Let them be active again"),
        "paused": _("Pause"),
        "suspended": _("Suspend"),
        "ended": _("End the enrolment"),
    }
    return [(key, words[key]) for key in words if key in MAY_FOLLOW[status]]


def _rail(rail: str) -> str:
    known = {
        "manual": _("Paid by hand"),
        "csv": _("Bank file"),
        "sepa": _("SEPA"),
        "credit": _("Store credit"),
    }
    return known.get(rail, rail.capitalize())
