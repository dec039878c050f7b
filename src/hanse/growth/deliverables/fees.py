"""What deliverables pay: own sums, what terms promise for them, and what is still ahead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.deliverables import rules
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.types import Promised
from hanse.kernel.errors import Invalid, Problem
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.queries import dated_terms
from hanse.programs.terms.rules import choose_terms, deliverables_in, parse_terms
from hanse.programs.terms.types import DatedTerms, Fee


def promised_fees(rows: Iterable[Deliverable], now: datetime) -> dict[UUID, Promised]:
    """Return what the acceptance of each deliverable would pay today: its own sum, and that of the terms in force, else
    of the next that name it. The rows bring their enrolments. One query."""
    rows = list(rows)
    terms = dated_terms({row.program_id for row in rows}) if rows else {}
    return {row.pk: _promised(row, terms[row.program_id], now) for row in rows}


def _promised(row: Deliverable, versions: Iterable[DatedTerms], now: datetime) -> Promised:
    naming = [one for one in versions if _concerns(one, row.enrolment) and row.pk in deliverables_in(one.body)]
    if not naming:
        return Promised(row.fee_minor)
    place = (row.enrolment_id, row.enrolment.tier_id, row.program_id)
    in_force = choose_terms(versions, *place, now)
    coming = [one for one in naming if one.starts_at > now]
    found = in_force if in_force in naming else min(coming, key=lambda one: one.starts_at, default=None)
    if found is None:
        return Promised(row.fee_minor)
    return Promised(row.fee_minor, terms_minor(found, row.pk), found.id)


def terms_minor(version: DatedTerms, deliverable_id: UUID) -> int:
    """Return what a version promises for one deliverable."""
    clauses = (clause for clause in version.body.clauses if isinstance(clause, Fee))
    return sum(clause.amount_minor for clause in clauses if clause.due == deliverable_id)


def open_fees(program_id: UUID, now: datetime) -> dict[UUID, int]:
    """Return by enrolment what deliverables that are not accepted yet would pay: own sums and what terms promise for
    them. What is not agreed yet counts too: it is on offer. Two queries."""
    rows = Deliverable.objects.filter(program_id=program_id, state__in=rules.OPEN, enrolment__is_test=False)
    found: dict[UUID, int] = {}
    open_rows = list(rows.select_related("enrolment"))
    for row, said in zip(open_rows, promised_fees(open_rows, now).values(), strict=True):
        if said.minor:
            found[row.enrolment_id] = found.get(row.enrolment_id, 0) + said.minor
    return found


def check_named(body: Mapping[str, Any], program: Program, enrolment: Enrolment | None = None) -> None:
    """Raise Invalid where terms promise a fee for a deliverable that nobody could accept for them: one that the program
    (or, in terms for one partner, that partner) does not have, that was put away, or that promises a sum of its own."""
    named = deliverables_in(parse_terms(body, currency=program.currency, goals=None))
    if not named:
        return
    known = {row.pk: row for row in Deliverable.objects.filter(pk__in=named, program=program)}
    problems = []
    for id, number in named.items():
        row, place = known.get(id), f"/clauses/{number - 1}/due/deliverable"
        if row is None or (enrolment is not None and row.enrolment_id != enrolment.pk):
            whose = (
                _("This program has no such deliverable.")
                if enrolment is None
                else _("This partner has no such deliverable here.")
            )
            problems.append(Problem(place, whose, "unknown_deliverable"))
        elif row.state in rules.PUT_AWAY:
            problems.append(Problem(place, _("This deliverable was put away: nobody will accept it."), "put_away"))
        elif row.fee_minor:
            message = _("This deliverable promises a fee of its own; one of the two is enough.")
            problems.append(Problem(place, message, "fee_twice"))
    if problems:
        raise Invalid(problems)


def is_named(deliverable: Deliverable) -> bool:
    """Say whether any terms that reach its partner, past or to come, promise a fee for a deliverable. One query."""
    (versions,) = dated_terms([deliverable.program_id]).values()
    reaching = (one for one in versions if _concerns(one, deliverable.enrolment))
    return any(deliverable.pk in deliverables_in(one.body) for one in reaching)


def _concerns(version: DatedTerms, enrolment: Enrolment) -> bool:
    return version.enrolment_id in (None, enrolment.pk)
