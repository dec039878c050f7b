"""Reports: what clicks, conversions, value and commission of some days are made of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.reach import own_program, refer
from hanse.faces.api.values import Output, SignedMinor
from hanse.insight.breakdown.queries import breakdown, dimensions
from hanse.insight.breakdown.types import Group, Numbers, Scope
from hanse.insight.overview.types import Span
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.links.models import Link

router = Router(tags=["Reports"])
MAX_DAYS = 731
_FIRST = date(1970, 1, 2)
By = Annotated[
    str,
    Query(
        max_length=60,
        description="country, device, referrer, coupon, variant, initiative, link, a sub-parameter as “sub:name”; "
        "for a whole program also tier, type, partner.",
    ),
]
FromDay = Annotated[str, Query(alias="from", max_length=10, description="A local day of the program, like 2026-05-01.")]
Day = Annotated[str, Query(max_length=10, description="A local day of the program, like 2026-05-01.")]


class NumbersOut(Output):
    """Added-up numbers. Value is less refunds; commission is what is owed now."""

    clicks: int
    conversions: int
    value: SignedMinor
    commission: SignedMinor


class GroupOut(Output):
    """One group. `kind` is value, other (values that keep no name of their own) or rest (no value is known)."""

    key: str
    kind: str
    now: NumbersOut
    before: NumbersOut


class BreakdownOut(Output):
    """A breakdown of `from` until before `to`, beside as many days before. Groups stand by value, the largest first."""

    program: str
    by: str
    first_day: date
    last_day: date
    currency: str
    dimensions: list[str]
    groups: list[GroupOut]
    total: NumbersOut
    total_before: NumbersOut


@router.get("/reports/breakdown", auth=READ, response=BreakdownOut)
def read_breakdown(
    request: HttpRequest, by: By = "country", program: str = "", from_: FromDay = "",
    to: Day = "", enrolment: str = "", link: str = "",
) -> BreakdownOut:  # fmt: skip
    """Break clicks, conversions, value and commission down. Days are the program's, `from` included, `to` not.

    Without days it is the last 30 full ones. `enrolment` or `link` narrow it to one of them.
    """
    key = asker(request)
    within = own_program(key, program or None, "/query/program")
    scope = Scope(within.pk)
    if link:
        row = refer(key, Link, link, "/query/link", "enrolment")
        _same(row.enrolment.program_id, within, "/query/link")
        scope = Scope(within.pk, row.enrolment_id, row.number)
    if enrolment:
        one = refer(key, Enrolment, enrolment, "/query/enrolment")
        _same(one.program_id, within, "/query/enrolment")
        if scope.enrolment_id not in (None, one.pk):
            raise Invalid([Problem("/query/link", _("This link is of another enrolment."), "not_found")])
        scope = Scope(within.pk, one.pk, scope.link_number)
    span = _span(from_, to, within)
    known = dimensions(scope, span)
    if by not in known and not by.startswith("sub:"):
        raise Invalid([Problem("/query/by", _("It is one of: %(names)s.") % {"names": ", ".join(known)}, "unknown")])
    found = breakdown(scope, by, span)
    groups = sorted(found.groups, key=lambda group: (-group.now.value_minor, -group.now.clicks, group.kind, group.key))
    return BreakdownOut(
        program=text_id("prg", within.pk), by=by, first_day=span.first, last_day=span.last, currency=within.currency,
        dimensions=known, groups=[_group(group) for group in groups], total=_out(found.now),
        total_before=_out(found.before),
    )  # fmt: skip


def _same(program_id: object, within: Program, pointer: str) -> None:
    if program_id != within.pk:
        raise Invalid([Problem(pointer, _("This is of another program."), "not_found")])


def _span(first: str, until: str, program: Program) -> Span:
    today = local_day(clock.now(), program.time_zone)
    end = _day(until, "/query/to") - timedelta(days=1) if until else today - timedelta(days=1)
    begin = _day(first, "/query/from") if first else end - timedelta(days=29)
    if begin > end:
        raise Invalid([Problem("/query/from", _("The first day lies before the end."), "out_of_range")])
    if (end - begin).days >= MAX_DAYS:
        raise Invalid([Problem("/query/from", _("At most two years at once."), "out_of_range")])
    return Span(begin, end)


def _day(text: str, pointer: str) -> date:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or not _FIRST + timedelta(days=2 * MAX_DAYS) <= found <= date(2200, 1, 1):
        raise Invalid([Problem(pointer, _("Write a day like 2026-05-01."), "invalid")])
    return found


def _group(group: Group) -> GroupOut:
    return GroupOut(key=group.key.strip(), kind=group.kind, now=_out(group.now), before=_out(group.before))


def _out(numbers: Numbers) -> NumbersOut:
    return NumbersOut(
        clicks=numbers.clicks, conversions=numbers.conversions, value=numbers.value_minor,
        commission=numbers.commission_minor,
    )  # fmt: skip
