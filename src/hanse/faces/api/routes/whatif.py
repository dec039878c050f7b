"""What-if: terms tried on a past period, for any set of enrolments. Nothing is stored."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import ConfigDict, Field

from hanse.faces.api.access import READ, asker
from hanse.faces.api.reach import own_program, refer
from hanse.faces.api.values import Input, Instant, Minor, Output, SignedMinor, Text
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import parse_id, text_id
from hanse.money.whatif.asking import Answered, ask, enrolments_where, flat_fee, last_year, moment_of
from hanse.people.access.models import ApiKey
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.types import TermsBody

router = Router(tags=["Dry runs"])
Ids = Annotated[list[Text], Field(max_length=10_000)]


class AgainstIn(Input):
    """The other deal of the comparison: other terms, or a flat fee."""

    terms: dict[str, Any] | None = None
    flat_fee: Minor | None = None


class WhatIfIn(Input):
    """Terms to try, as clauses or as a kept version; on whom; over which period (default: the last 365 days)."""

    model_config = ConfigDict(populate_by_name=True)

    program: Text | None = None
    terms: dict[str, Any] | None = None
    version: Text | None = None
    since: Annotated[Text | None, Field(alias="from", description="A local day, or a moment.")] = None
    until: Annotated[Text | None, Field(description="The first day, or moment, that is not in the period.")] = None
    enrolments: Ids = []
    tiers: Ids = []
    types: Ids = []
    against: AgainstIn | None = None


class EffectOut(Output):
    """What the terms would change for one partner; `value` is the partner's share of what is left of the orders."""

    enrolment: str
    partner: str
    name: str
    orders: int
    value: SignedMinor
    before: SignedMinor
    after: SignedMinor
    change: SignedMinor


class PointOut(Output):
    """What both deals come to at one amount of sales a year: the partner's income is the program's cost."""

    sales: SignedMinor
    terms: SignedMinor
    against: SignedMinor


class RiskOut(Output):
    """Both deals over growing sales, and at which sales they are equal."""

    points: list[PointOut]
    equal_at: list[SignedMinor]


class WhatIfOut(Output):
    """Before and after in all and by partner, the largest change first; `risk` for deals with a fee or a floor."""

    model_config = ConfigDict(populate_by_name=True)

    program: str
    currency: str
    since: Annotated[Instant, Field(alias="from")]
    until: Instant
    orders: int
    value: SignedMinor
    before: SignedMinor
    after: SignedMinor
    change: SignedMinor
    gain: int
    lose: int
    partners: list[EffectOut]
    risk: RiskOut | None


@router.post("/whatif", auth=READ, response=WhatIfOut, by_alias=True)
def whatif(request: HttpRequest, body: WhatIfIn) -> WhatIfOut:
    """Price a past period under other terms, by the code that pays, to the cent. Nothing is stored.

    The terms stand for everything that the chosen enrolments had, negotiated terms too. Enrolments are chosen by id,
    by today's tier and by the partner's types, all of which must fit; none named: everybody. Deals with a fee or a
    floor are compared over growing sales with `against`, by default the program's terms in force.
    """
    key, now = asker(request), clock.now()
    program = own_program(key, body.program)
    terms = _terms(key, program, body)
    since, until = last_year(program, now)
    since = moment_of(body.since, program, "/from") if body.since else since
    until = moment_of(body.until, program, "/until") if body.until else until
    ids = [_enrolment_id(one, f"/enrolments/{place}") for place, one in enumerate(body.enrolments)]
    among = enrolments_where(program.pk, tiers=body.tiers, types=body.types, ids=ids)
    return whatif_out(
        program, ask(program, terms, since, until, among=among, against=_against(program, body.against), now=now)
    )


def _enrolment_id(text: str, pointer: str) -> UUID:
    try:
        return parse_id("enr", text)
    except Invalid as error:
        raise Invalid([Problem(pointer, str(error), "not_found")]) from error


def _terms(key: ApiKey, program: Program, body: WhatIfIn) -> TermsBody:
    if (body.terms is None) is (body.version is None):
        raise Invalid([Problem("/terms", "Send either terms or the id of a version.", "required")])
    if body.version is not None:
        row = refer(key, Terms, body.version, "/version", "program")
        if row.program_id != program.pk:
            raise Invalid([Problem("/version", "This version belongs to another program.", "not_found")])
        return body_of(row)
    return _parsed(program, body.terms, "/terms")


def _against(program: Program, given: AgainstIn | None) -> TermsBody | None:
    if given is None:
        return None
    if (given.terms is None) is (given.flat_fee is None):
        raise Invalid([Problem("/against", "Send either terms or a flat_fee.", "required")])
    if given.terms is not None:
        return _parsed(program, given.terms, "/against/terms")
    return flat_fee(given.flat_fee or 0)


def _parsed(program: Program, terms: object, pointer: str) -> TermsBody:
    goals = {goal.key for goal in goals_of(program.pk)}
    try:
        return parse_terms(terms, currency=program.currency, goals=goals)
    except Invalid as error:
        raise Invalid([Problem(pointer + one.pointer, one.message, one.code) for one in error.problems]) from error


def whatif_out(program: Program, answered: Answered) -> WhatIfOut:
    """Show an answer. One query."""
    found, risk = answered.found, answered.risk
    ids = [one.enrolment_id for one in found.effects]
    partners = dict(Enrolment.objects.filter(program=program).values_list("pk", "partner_id")) if ids else {}
    return WhatIfOut(
        program=text_id("prg", program.pk), currency=program.currency, since=answered.since, until=answered.until,
        orders=found.orders, value=found.value_minor, before=found.before_minor, after=found.after_minor,
        change=found.change_minor, gain=found.gain, lose=found.lose,
        partners=[
            EffectOut(
                enrolment=text_id("enr", one.enrolment_id), partner=text_id("prt", partners[one.enrolment_id]),
                name=one.name, orders=one.orders, value=one.value_minor, before=one.before_minor,
                after=one.after_minor, change=one.change_minor,
            )
            for one in found.effects
        ],
        risk=RiskOut(
            points=[
                PointOut(sales=one.sales_minor, terms=one.first_minor, against=one.second_minor) for one in risk.points
            ],
            equal_at=list(risk.equal_at),
        ) if risk else None,
    )  # fmt: skip
