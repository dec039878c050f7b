"""Every decision about tiers and its reason, with the numbers it was made on."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common.access import console_page
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.tiers.field import names_of
from hanse.faces.console.tiers.frame import tiers_page
from hanse.faces.console.tiers.words import decision_words
from hanse.growth.tiers.models import TierDecision
from hanse.growth.tiers.queries import decisions_in
from hanse.growth.tiers.versions import rules_on
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of


@console_page()
@needs_program
@require_GET
def decisions(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List decisions, the latest first; of one kind, or about partners of a name."""
    state = UrlState(request.GET)
    kind, text = state.choice("kind", TierDecision.Kind.values), state.text("q")
    rows = decisions_in(program.pk)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(enrolment__partner__name__icontains=text) if text else rows
    table = Table(state, rows, _columns(), "-at", page_size=50)
    if wants_csv(request):
        return export("tier-decisions", table)
    by_key = {tier.key: tier for tier in tiers_of(program.pk)}
    _version, rules = rules_on(program, local_day(reader().now, program.time_zone))
    names = names_of(rules, by_key)
    lines = [
        (row, partner_href(row.enrolment.partner_id), decision_words(row.kind), names.get(row.before, row.before),
         names.get(row.after, row.after), row.numbers)
        for row in table.page_rows
    ]  # fmt: skip
    context = {
        "table": table, "lines": lines, "kind": kind, "q": text,
        "kinds": [(one, decision_words(one)) for one in TierDecision.Kind.values],
    }  # fmt: skip
    return tiers_page(request, program, "console/tiers/decisions.html", "decisions", context)


def _columns() -> list[Column[TierDecision]]:
    return [
        Column("at", _("When"), ("at",), lambda row: row.at.isoformat(), is_number=True),
        Column("name", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("kind", _("What"), ("kind",), lambda row: row.kind),
        Column("before", _("From"), (), lambda row: row.before),
        Column("after", _("To"), (), lambda row: row.after),
        Column("rank", _("Place"), (), lambda row: row.numbers.get("rank", ""), is_number=True),
        Column("value", _("Value"), (), lambda row: row.numbers.get("value_minor", ""), is_number=True),
        Column("sales", _("Sales"), (), lambda row: row.numbers.get("conversions", ""), is_number=True),
        Column("sentence", _("What the partner reads"), (), lambda row: row.sentence),
        Column("reason", _("Reason"), (), lambda row: row.reason),
        Column("actor", _("By"), (), lambda row: row.actor),
    ]
