"""What-if: other terms over any past period, for any set of partners, beside what was earned in truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import console
from hanse.faces.common.reader import reader
from hanse.faces.common.risk_chart import risk_chart
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.programs.common import program_of
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import decimal_text, parse_amount_minor
from hanse.money.whatif.asking import Answered, ask, enrolments_where, flat_fee, last_year, moment_of
from hanse.money.whatif.types import Effect
from hanse.people.partners.queries import partner_types
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of, terms_history
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.types import TermsBody
from hanse.programs.tiers.queries import tiers_of


@dataclass(frozen=True, slots=True)
class Said:
    """The form as it was filled in: texts, kept in the address so that an answer can be passed on."""

    version: str
    terms: str
    first: str
    last: str
    tier: str
    kind: str
    flat: str

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to try."""
        return bool(self.version or self.terms.strip())


@console_page()
def what_if(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Try a version, or terms as JSON, on a past period: table by partner, totals, the chart of both sides."""
    program, now = program_of(request, slug), clock.now()
    given, errors = _said(request.GET, program, now), dict[str, str]()
    answered = _answered(program, given, errors, now) if given.is_asked else None
    context: dict[str, Any] = {
        "program": program, "said": given, "errors": errors, "answered": answered, "tiers": tiers_of(program.pk),
        "kinds": partner_types(), "versions": _versions(program),
    }  # fmt: skip
    if answered is not None:
        table = _table(request, program, answered)
        if wants_csv(request):
            return export("what-if", table)
        context |= {"table": table, "hrefs": _hrefs(table), "risk": _chart(program, answered)}
    status = 422 if errors else 200
    return console(request, "console/programs/whatif.html", "programs", context, status=status)


def _said(get: QueryDict, program: Program, now: datetime) -> Said:
    since, until = last_year(program, now)
    first = local_day(since, program.time_zone).isoformat()
    last = (local_day(until, program.time_zone) - timedelta(days=1)).isoformat()
    return Said(
        get.get("version", ""), get.get("terms", "")[:50_000], get.get("first", first), get.get("last", last),
        get.get("tier", ""), get.get("type", ""), get.get("flat", "").strip(),
    )  # fmt: skip


def _answered(program: Program, given: Said, errors: dict[str, str], now: datetime) -> Answered | None:
    try:
        body = _body(program, given)
        since = moment_of(given.first, program, "/first")
        until = moment_of(given.last, program, "/last") + timedelta(days=1)
        until = moment_of(local_day(until, program.time_zone).isoformat(), program, "/last")
        among = enrolments_where(
            program.pk, tiers=[given.tier] if given.tier else (), types=[given.kind] if given.kind else ()
        )
        against = flat_fee(parse_amount_minor(given.flat, program.currency)) if given.flat else None
        return ask(program, body, since, until, among=among, against=against, now=now)
    except Invalid as invalid:
        for problem in invalid.problems:
            place = problem.pointer.strip("/").split("/")[0]
            named = {"until": "last", "tiers": "tier"}.get(place, place)
            errors.setdefault(named if named in ("first", "last", "tier") else "terms", problem.message)
    except ValueError as error:
        errors["terms"] = _("This is not JSON: %(error)s") % {"error": error}
    return None


def _body(program: Program, given: Said) -> TermsBody:
    if given.version:
        row = Terms.objects.select_related("program").filter(program=program, pk=parse_id("trm", given.version)).first()
        if row is not None:
            return body_of(row)
    goals = {goal.key for goal in goals_of(program.pk)}
    return parse_terms(json.loads(given.terms or "null"), currency=program.currency, goals=goals)


def _versions(program: Program) -> list[tuple[str, str]]:
    found = []
    for row in terms_history(program.pk)[:60]:
        who = row.enrolment.partner.name if row.enrolment else row.tier.name if row.tier else _("Every partner")
        found.append((text_id("trm", row.pk), f"{who}, {row.number}" + (f": {row.name}" if row.name else "")))
    return found


def _table(request: HttpRequest, program: Program, answered: Answered) -> Table[Effect]:
    def amount(minor: int) -> str:
        return decimal_text(minor, program.currency)

    columns: list[Column[Effect]] = [
        Column("name", _("Partner"), order=lambda one: one.name.lower(), cell=lambda one: one.name),
        Column("orders", _("Orders"), order=lambda one: one.orders, cell=lambda one: one.orders, is_number=True),
        Column(
            "value", _("Value brought"), order=lambda one: one.value_minor, cell=lambda one: amount(one.value_minor),
            is_number=True,
        ),
        Column(
            "before", _("As it was"), order=lambda one: one.before_minor, cell=lambda one: amount(one.before_minor),
            is_number=True,
        ),
        Column(
            "after", _("Tried"), order=lambda one: one.after_minor, cell=lambda one: amount(one.after_minor),
            is_number=True,
        ),
        Column(
            "change", _("Gains or loses"), order=lambda one: one.change_minor,
            cell=lambda one: amount(one.change_minor), is_number=True,
        ),
    ]  # fmt: skip
    return Table(UrlState(request.GET), list(answered.found.effects), columns, "-change")


def _hrefs(table: Table[Effect]) -> list[tuple[Effect, str]]:
    rows = list(table.page_rows)
    partners = dict(Enrolment.objects.filter(pk__in=[one.enrolment_id for one in rows]).values_list("pk", "partner_id"))
    return [(one, partner_href(partners[one.enrolment_id])) for one in rows]


def _chart(program: Program, answered: Answered) -> Any:
    if answered.risk is None:
        return None
    stands = [(one.name, one.value_minor, one.after_minor) for one in answered.found.effects[:4]]
    return risk_chart(
        reader(), program.currency, answered.risk, _("Tried"), _("The other deal"), title=_("Who carries the risk"),
        stands=stands,
    )  # fmt: skip
