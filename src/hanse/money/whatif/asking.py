"""What is asked of a what-if from outside: for which enrolments, over which days, against which other deal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.money.whatif.queries import what_if
from hanse.money.whatif.risk import MOST_MIXED, Risk, flat, has_conditions, is_hybrid, risk_of
from hanse.money.whatif.types import Draft, WhatIf
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.in_force import program_terms_in_force
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.types import TermsBody
from hanse.programs.tiers.models import Tier
from hanse.traffic.attribution.models import Credit
from hanse.traffic.conversions.queries import sold_conversions
from hanse.traffic.conversions.types import SoldConversion

_LEAST_SALES = 100_00
_TIMES_WIDER = 5


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found. `risk` compares the tried terms (first) with another deal; None where nobody shares a risk."""

    found: WhatIf
    since: datetime
    until: datetime
    risk: Risk | None
    against: TermsBody | None


def enrolments_where(
    program_id: UUID, *, tiers: Collection[str] = (), types: Collection[str] = (), ids: Collection[UUID] = ()
) -> set[UUID] | None:
    """Return the enrolments in any of the tiers, of any of the types and among the ids; None: nothing was asked.

    Tier and types are today's. Raises Invalid for a tier or enrolment that the program does not have. Two queries.
    """
    if not (tiers or types or ids):
        return None
    rows = list(Enrolment.objects.filter(program_id=program_id).values_list("pk", "tier__key", "partner__types"))
    problems = []
    if set(ids) - {row[0] for row in rows}:
        problems.append(Problem("/enrolments", _("One of these enrolments is not of this program."), "not_found"))
    known = set(Tier.objects.filter(program_id=program_id).values_list("key", flat=True))
    problems += [
        Problem("/tiers", _("“%(tier)s” is no tier of this program.") % {"tier": one}, "not_found")
        for one in tiers
        if one not in known
    ]
    if problems:
        raise Invalid(problems)
    return {
        pk
        for pk, tier, of_types in rows
        if (not tiers or tier in tiers) and (not types or set(types) & set(of_types or ())) and (not ids or pk in ids)
    }


def last_year(program: Program, now: datetime) -> tuple[datetime, datetime]:
    """Return the 365 local days that ended yesterday."""
    today = local_day(now, program.time_zone)
    return day_starts_at(today - timedelta(days=365), program.time_zone), day_starts_at(today, program.time_zone)


def moment_of(text: str, program: Program, pointer: str) -> datetime:
    """Read a day of the program (its first moment) or a moment with its zone. Raises Invalid."""
    try:
        if len(text) == 10:
            return day_starts_at(date.fromisoformat(text), program.time_zone)
        at = datetime.fromisoformat(text.strip().upper())
    except (ValueError, OverflowError):
        at = None
    if at is None or at.tzinfo is None:
        message = _("Write a day like 2026-05-01, or a moment like 2026-05-01T12:00:00Z.")
        raise Invalid([Problem(pointer, message, "wrong_type")])
    return at


def ask(
    program: Program, body: TermsBody, since: datetime, until: datetime, *, among: set[UUID] | None = None,
    against: TermsBody | None = None, now: datetime, workers: int = 1,
) -> Answered:  # fmt: skip
    """Try terms instead of everything that these enrolments had, from `since` to before `until`.

    A deal that promises something beside what sales earn is also compared with `against` (default: the program's terms
    in force) over growing sales. Raises Invalid for a period that ends before it begins.
    """
    if until <= since:
        raise Invalid([Problem("/until", _("The end comes after the beginning."), "out_of_range")])
    found = what_if(Draft(program.pk, None, None, body, True), since, until, among, workers=workers)
    return Answered(found, since, until, *risk_against(program, body, found, against, now))


def risk_against(
    program: Program, body: TermsBody, found: WhatIf, against: TermsBody | None, now: datetime
) -> tuple[Risk | None, TermsBody | None]:
    """Compare terms with another deal up to the most that anybody brought, or to where both are equal. Four queries."""
    if against is None:
        current = program_terms_in_force([program.pk], now).get(program.pk)
        against = body_of(current) if current is not None else None
    if against is None or not (is_hybrid(body) or is_hybrid(against)):
        return None, None
    values = [effect.value_minor for effect in found.effects]
    orders = found.orders
    order_minor = found.value_minor // orders if orders else 0
    top = max([_LEAST_SALES, *values]) * 6 // 5
    mix = _mix(found) if has_conditions(body) or has_conditions(against) else []
    for wider in range(_TIMES_WIDER):
        risk = risk_of(body, against, top * 10**wider, order_minor=order_minor, mix=mix)
        if risk.equal_at:
            top = max(top, risk.equal_at[-1] * 9 // 5)
            break
    return risk_of(body, against, top, order_minor=order_minor, mix=mix), against


def _mix(found: WhatIf) -> list[SoldConversion]:
    """Return the latest orders of those who were tried, as examples of what is bought. Three queries."""
    rows = Credit.objects.filter(enrolment_id__in=[one.enrolment_id for one in found.effects[:200]])
    rows = rows.filter(conversion__is_test=False, conversion__amount_minor__gt=0).order_by("-occurred_at")
    ids = list(rows.values_list("conversion_id", flat=True)[:MOST_MIXED])
    return sorted(sold_conversions(ids).values(), key=lambda one: (one.occurred_at, one.external_id))


def flat_fee(amount_minor: int) -> TermsBody:
    """Return the deal that pays a sum once, whatever is sold."""
    return flat(amount_minor)
