"""Partners: who is there, what each brought, and what is done with many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.format import span as span_words
from hanse.faces.common.links import bare_id
from hanse.faces.common.page import console, needs_program, tell, warn
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import said
from hanse.faces.console.relations.frame import partner_tabs
from hanse.insight.overview.partner_list import HAD, narrowed, partner_list
from hanse.insight.overview.queries import weekly_values
from hanse.insight.overview.types import Span
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import HanseError
from hanse.kernel.money import decimal_text
from hanse.people.partners.actions import change_partner
from hanse.people.partners.queries import partner_types
from hanse.programs.enrolments.actions import change_status
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

DAYS = 30
STATUSES = ("active", "paused", "suspended", "ended")


@console_page()
@needs_program
def partners(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show the list with search, filters, order and pages in the URL; the same list as CSV."""
    state = UrlState(request.GET)
    now = reader()
    today = local_day(now.now, program.time_zone)
    span = Span(today - timedelta(days=DAYS), today - timedelta(days=1))
    kinds, tiers = partner_types(), tiers_of(program.id)
    filters = {
        "status": state.choice("status", STATUSES),
        "kind": state.choice("type", [kind.slug for kind in kinds]),
        "tier": state.choice("tier", [tier.key for tier in tiers]),
        "had": state.choice("had", HAD),
        "tag": state.text("tag"),
    }
    every = partner_list(program, span)
    rows = narrowed(every, search=state.text("q"), today=today, **filters)
    table = Table(state, rows, _columns(program), "-value")
    if wants_csv(request):
        return export(f"partners-{today}", table)
    shown = table.page_rows
    weeks = weekly_values(program.id, [row.id for row in shown], today - timedelta(days=1))
    context = {
        "program": program, "table": table, "filters": filters, "q": state.text("q"), "kinds": kinds, "tiers": tiers,
        "statuses": STATUSES, "had_words": _had_words(), "is_narrowed": any(filters.values()) or state.text("q"),
        "rows": [(row, _contact(row), weeks.get(row.id, []), _sign(row, today)) for row in shown],
        "may_act": may(request), "days": DAYS, "today": today, "clear": request.path,
        "tabs": partner_tabs("partners"),
    }  # fmt: skip
    return console(request, "console/partners.html", "partners", context)


@console_page()
@require_POST
@writes
@needs_program
def many(request: HttpRequest, program: Program) -> HttpResponse:
    """Tag or pause the chosen partners, or hand them out as CSV."""
    chosen = list(_chosen(request, program))
    if not chosen:
        warn(request, _("Nobody was chosen."))
    elif request.POST.get("act") == "tag":
        _tag(request, chosen)
    elif request.POST.get("act") == "pause":
        _pause(request, chosen)
    return HttpResponseRedirect(reverse("console:partners"))


@console_page()
@needs_program
def chosen_csv(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Hand out the chosen partners as CSV."""
    today = local_day(clock.now(), program.time_zone)
    span = Span(today - timedelta(days=DAYS), today - timedelta(days=1))
    rows = partner_list(program, span).filter(id__in=_ids(request.GET.getlist("id")))
    return export(f"partners-{today}", Table(UrlState(request.GET), rows, _columns(program), "-value"))


def _columns(program: Program) -> Sequence[Column[Any]]:
    def amount(name: str) -> Any:
        return lambda row: decimal_text(getattr(row, name), program.currency)

    value_name = _("Value, %(days)d days") % {"days": DAYS}
    return [
        Column("name", _("Partner"), ("partner__name",), lambda row: row.partner.name),
        Column("contact", _("Contact"), (), lambda row: row.partner.contact_name),
        Column("email", _("E-mail"), (), lambda row: row.partner.email),
        Column("country", _("Country"), (), lambda row: row.partner.country),
        Column("types", _("Types"), (), lambda row: ", ".join(row.partner.types)),
        Column("tags", _("Tags"), (), lambda row: ", ".join(row.partner.tags)),
        Column("tier", _("Tier"), ("tier__position",), lambda row: row.tier.name if row.tier else ""),
        Column("status", _("Status"), ("status",), lambda row: row.status),
        Column("joined", _("Joined"), ("enrolled_at",), lambda row: row.enrolled_at.date().isoformat()),
        Column("sign", _("Last sign of life"), ("last_sign_on",), lambda row: row.last_sign_on, is_number=True),
        Column("value", value_name, ("value_minor",), amount("value_minor"), is_number=True),
        Column("sales", _("Sales"), ("sales",), lambda row: row.sales, is_number=True),
        Column("commission", _("Commission"), ("commission_minor",), amount("commission_minor"), is_number=True),
        Column("currency", _("Currency"), (), lambda row: program.currency),
    ]  # fmt: skip


def _had_words() -> dict[str, str]:
    return {
        "never_clicked": _("Never had a click"),
        "no_sale": _("Clicks but no sale yet"),
        "active": _("A sale in 90 days"),
        "quiet": _("Sold before, not in 90 days"),
    }


def _contact(row: Enrolment) -> str:
    return ", ".join(part for part in (row.partner.contact_name, row.partner.country) if part)


def _sign(row: Any, today: date) -> str:
    if row.last_sign_on is None:
        return _("none yet")
    kind = _("sale") if row.last_sale_on == row.last_sign_on else _("click")
    days = (today - row.last_sign_on).days
    if days <= 1:
        return f"{kind}, {_('today') if days < 1 else _('yesterday')}"
    return _("%(kind)s, %(span)s ago") % {"kind": kind, "span": span_words(timedelta(days=days), reader().language)}


def _chosen(request: HttpRequest, program: Program) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(program=program, id__in=_ids(request.POST.getlist("id")))
    return rows.select_related("partner").order_by("partner__name")


def _ids(texts: Sequence[str]) -> list[UUID]:
    return [one for text in texts[:1000] if (one := bare_id(text)) is not None]


def _tag(request: HttpRequest, chosen: Sequence[Enrolment]) -> None:
    tag = request.POST.get("tag", "").strip()
    if not tag:
        warn(request, _("Say which tag."))
        return
    try:
        for enrolment in chosen:
            tags = [*enrolment.partner.tags, tag] if tag not in enrolment.partner.tags else enrolment.partner.tags
            change_partner(enrolment.partner, tags=tags, now=clock.now(), by=actor(request))
    except HanseError as refusal:
        warn(request, said(refusal))
        return
    count = len(chosen)
    tell(
        request,
        ngettext("One partner carries “%(tag)s”", "%(n)d partners carry “%(tag)s”", count) % {"n": count, "tag": tag},
    )


def _pause(request: HttpRequest, chosen: Sequence[Enrolment]) -> None:
    now, paused = clock.now(), 0
    reason = request.POST.get("reason", "").strip()
    for enrolment in chosen:
        if enrolment.status == Enrolment.Status.ACTIVE:
            change_status(enrolment, "paused", at=now, now=now, reason=reason, by=actor(request))
            paused += 1
    tell(request, ngettext("One partner paused", "%(n)d partners paused", paused) % {"n": paused})
