"""Facts: which kinds are true of how many partners now, and of whom."""

from __future__ import annotations

from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse

from hanse.faces.common.access import console_page
from hanse.faces.common.facts import basis_of
from hanse.faces.common.links import href, partner_href
from hanse.faces.common.page import console, needs_program
from hanse.faces.common.tables import Column, Table, UrlState
from hanse.faces.console.relations.frame import partner_tabs
from hanse.insight.facts.kinds import KINDS
from hanse.insight.facts.models import PartnerFact
from hanse.insight.facts.types import FoundFact
from hanse.insight.facts.words import sentence_of, title_of
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program


@console_page()
@needs_program
def facts(request: HttpRequest, program: Program) -> HttpResponse:
    """List the kinds, those of most use first, with how many partners they are true of."""
    rows = PartnerFact.objects.filter(program_id=program.pk)
    counts = dict(rows.order_by().values_list("kind").annotate(n=Count("pk")))
    kinds = [
        (kind, title_of(key), counts.get(key, 0), href("console:facts_of_kind", key))
        for key, kind in sorted(KINDS.items(), key=lambda item: -item[1].weight)
    ]
    context = {
        "program": program, "tabs": partner_tabs("facts"), "kinds": kinds, "whole": sum(counts.values()),
        "partners": rows.order_by().values("enrolment_id").distinct().count(),
        "found_on": rows.aggregate(on=Max("found_on"))["on"],
    }  # fmt: skip
    return console(request, "console/relations/facts.html", "partners", context)


@console_page()
@needs_program
def of_kind(request: HttpRequest, program: Program, kind: str) -> HttpResponse:
    """List the partners of whom one kind of fact is true."""
    if kind not in KINDS:
        raise Http404
    rows = PartnerFact.objects.filter(program_id=program.pk, kind=kind)
    table = Table(UrlState(request.GET), rows, [Column("use", "", ("rank_ppm",))], "-use")
    shown = list(table.page_rows)
    partners = {
        row.pk: row.partner
        for row in Enrolment.objects.filter(id__in=[one.enrolment_id for one in shown]).select_related("partner")
    }
    lines = [
        (partners[one.enrolment_id].name, partner_href(partners[one.enrolment_id].pk),
         sentence_of(_fact(one), program.currency), basis_of(_fact(one)))
        for one in shown if one.enrolment_id in partners
    ]  # fmt: skip
    context = {
        "program": program, "tabs": partner_tabs("facts"), "kind": KINDS[kind], "title": title_of(kind),
        "lines": lines, "table": table,
    }  # fmt: skip
    return console(request, "console/relations/facts_of_kind.html", "partners", context)


def _fact(row: PartnerFact) -> FoundFact:
    return FoundFact(row.kind, row.enrolment_id, row.period_from, row.period_to, row.n, row.numbers, row.rank_ppm)
