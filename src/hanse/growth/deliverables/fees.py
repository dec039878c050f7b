"""What deliverables pay: own sums, what terms promise for them, and what is still ahead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.deliverables import rules
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.types import Promised
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.money.promises.models import Promise
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.queries import dated_terms
from hanse.programs.terms.rules import choose_terms, deliverables_in, parse_terms
from hanse.programs.terms.types import DatedTerms, Fee


def promised_fees(rows: Iterable[Deliverable], now: datetime) -> dict[UUID, Promised]:
    """Return what the acceptance of each deliverable pays: its own sum, and what terms promise for it.

    For what is accepted that is what was booked; else that of the terms in force, of the next that name it, or of those
    that ended by themselves. The rows bring their enrolments. Two queries at most.
    """
    rows = list(rows)
    terms = dated_terms({row.program_id for row in rows}) if rows else {}
    booked = _booked([row for row in rows if row.state in rules.DONE], terms)
    return {
        row.pk: booked.get(row.pk, Promised(row.fee_minor))
        if row.state in rules.DONE
        else _promised(row, terms[row.program_id], now)
        for row in rows
    }


def _booked(rows: Sequence[Deliverable], terms: Mapping[UUID, Sequence[DatedTerms]]) -> dict[UUID, Promised]:
    """Return what terms paid for accepted work. One query, or none."""
    if not rows:
        return {}
    works, versions = {row.pk: row for row in rows}, {one.id: one for found in terms.values() for one in found}
    found: dict[UUID, Promised] = {}
    promises = Promise.objects.filter(enrolment_id__in={row.enrolment_id for row in rows}, kind="fee", owed_minor__gt=0)
    for terms_id, number, minor in promises.values_list("terms_id", "clause", "owed_minor"):
        clause = versions[terms_id].body.clauses[number - 1]
        row = works.get(clause.due) if isinstance(clause, Fee) and isinstance(clause.due, UUID) else None
        if row is not None:
            before = found.get(row.pk, Promised(row.fee_minor))
            found[row.pk] = Promised(row.fee_minor, before.terms_minor + minor, terms_id)
    return found


def _promised(row: Deliverable, versions: Sequence[DatedTerms], now: datetime) -> Promised:
    naming = _naming(row, versions, now)
    if not naming:
        return Promised(row.fee_minor)
    in_force = choose_terms(versions, row.enrolment_id, row.enrolment.tier_id, row.program_id, now)
    coming = [one for one in naming if one.starts_at > now]
    ended = [one for one in naming if one.ends_at is not None and one.ends_at <= now]
    found = in_force if in_force in naming else min(coming, key=lambda one: one.starts_at, default=None)
    found = found or max(ended, key=lambda one: one.starts_at, default=None)
    if found is None:
        return Promised(row.fee_minor)
    return Promised(row.fee_minor, terms_minor(found, row.pk), found.id)


def _naming(row: Deliverable, versions: Iterable[DatedTerms], now: datetime) -> list[DatedTerms]:
    """Return the versions that may still pay for a deliverable: those that name it and were not replaced for good."""
    reaching = [one for one in versions if one.enrolment_id in (None, row.enrolment_id)]
    return [
        one for one in reaching
        if row.pk in deliverables_in(one.body) and not any(_replaces(other, one, now) for other in reaching)
    ]  # fmt: skip


def _replaces(other: DatedTerms, one: DatedTerms, now: datetime) -> bool:
    """Say whether a version took the place of another of its scope for good, before that one ended by itself."""
    if (other.enrolment_id, other.tier_id) != (one.enrolment_id, one.tier_id) or other.ends_at is not None:
        return False
    is_later = (one.starts_at, one.number) < (other.starts_at, other.number) and other.starts_at <= now
    return is_later and (one.ends_at is None or other.starts_at < one.ends_at)


def terms_minor(version: DatedTerms, deliverable_id: UUID) -> int:
    """Return what a version promises for one deliverable."""
    clauses = (clause for clause in version.body.clauses if isinstance(clause, Fee))
    return sum(clause.amount_minor for clause in clauses if clause.due == deliverable_id)


def days_of_work(program: Program, named: Collection[UUID], now: datetime) -> dict[UUID, dict[UUID, date]]:
    """Return, by enrolment, on which local day terms that name a deliverable would pay for it: when it is due, at the
    earliest today; today where it is accepted. What was put away, or was paid by terms, is left out. Three queries."""
    rows = Deliverable.objects.filter(pk__in=named, program=program).exclude(state__in=rules.PUT_AWAY)
    works, today = list(rows.select_related("enrolment")), local_day(now, program.time_zone)
    booked = promised_fees([row for row in works if row.state in rules.DONE], now)
    found: dict[UUID, dict[UUID, date]] = {}
    for row in works:
        if row.pk not in booked or not booked[row.pk].terms_minor:
            due_on = today if row.pk in booked else max(row.due_on, today)
            found.setdefault(row.enrolment_id, {})[row.pk] = due_on
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


def check_paid_once(body: Mapping[str, Any], program: Program) -> None:
    """Refuse terms that promise a fee for a deliverable that promises one of its own. One query, or none."""
    named = deliverables_in(parse_terms(body, currency=program.currency, goals=None))
    row = Deliverable.objects.filter(pk__in=named, program=program, fee_minor__gt=0).first() if named else None
    if row is not None:
        message = _("“%(title)s” has a fee of its own by now; one of the two is enough. Please talk to each other.")
        raise Refused("fee_twice", message % {"title": row.title})


def is_named(deliverable: Deliverable, now: datetime) -> bool:
    """Say whether terms may still pay a fee for a deliverable. One query."""
    (versions,) = dated_terms([deliverable.program_id]).values()
    return bool(_naming(deliverable, versions, now))
