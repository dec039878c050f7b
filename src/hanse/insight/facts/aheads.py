"""What terms pay for reaching, and how far each enrolment is: milestones once, ladders in the period that runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F

from hanse.insight.facts.material import Ahead, Material
from hanse.kernel.clock import day_starts_at, first_day_of, local_day
from hanse.programs.programs.models import Program
from hanse.programs.terms.queries import dated_terms
from hanse.programs.terms.types import Clause, DatedTerms, Ladder, Milestone
from hanse.traffic.attribution.models import Credit


def aheads_of(
    program: Program, places: Mapping[UUID, tuple[UUID | None, datetime]], found: Iterable[Material]
) -> dict[UUID, Sequence[Ahead]]:
    """Return what is ahead of each enrolment under the terms in force, by its tier. Three queries.

    Clauses with a condition are left out: how far somebody is in them only pricing can say.
    """
    versions = dated_terms([program.pk])[program.pk]
    if not any(isinstance(clause, Milestone | Ladder) for terms in versions for clause in terms.body.clauses):
        return {}
    materials = list(found)
    counted = _counted([one.enrolment_id for one in materials])
    ahead: dict[UUID, Sequence[Ahead]] = {}
    for one in materials:
        at = day_starts_at(one.today + timedelta(days=1), program.time_zone) - timedelta(microseconds=1)
        terms = in_force(versions, one.enrolment_id, places[one.enrolment_id][0], at)
        if terms is not None:
            mine = _Counted(one, counted.get(one.enrolment_id, {}), program.time_zone)
            ahead[one.enrolment_id] = [step for clause in terms.body.clauses for step in mine.steps(clause)]
    return ahead


def in_force(
    versions: Sequence[DatedTerms], enrolment_id: UUID, tier_id: UUID | None, at: datetime
) -> DatedTerms | None:
    """Return the terms in force: the negotiated ones, else those of the tier, else the program's (domain.md §5)."""
    for scope in ((enrolment_id, None), (None, tier_id), (None, None)):
        begun = [terms for terms in versions if (terms.enrolment_id, terms.tier_id) == scope and terms.in_force(at)]
        if begun:
            return begun[-1]
    return None


def _counted(ids: Sequence[UUID]) -> dict[UUID, dict[str, list[datetime]]]:
    """Return the goals of all sales of enrolments, each with the moments of those that were taken back wholly."""
    rows = Credit.objects.filter(enrolment_id__in=ids, conversion__is_test=False).order_by()
    found: dict[UUID, dict[str, list[datetime]]] = {}
    for who, goal in rows.values_list("enrolment_id", "conversion__goal__key").distinct():
        found.setdefault(who, {})[goal] = []
    whole = rows.filter(conversion__amount_minor__gt=0, conversion__refunded_minor__gte=F("conversion__amount_minor"))
    for who, goal, at in whole.values_list("enrolment_id", "conversion__goal__key", "occurred_at"):
        found[who][goal].append(at)
    return found


class _Counted:
    """How far one enrolment is. A clause for one goal is followed where all sales are of that goal."""

    def __init__(self, of: Material, goals: Mapping[str, Sequence[datetime]], zone: str) -> None:
        self._of, self._goals, self._zone = of, goals, zone

    def steps(self, clause: Clause) -> list[Ahead]:
        """Return what a clause pays for reaching; nothing where it has a condition."""
        if not isinstance(clause, Milestone | Ladder) or clause.scope.when is not None:
            return []
        if clause.scope.goal is not None and set(self._goals) - {clause.scope.goal}:
            return []
        of, is_value = self._of, clause.metric == "value"
        if isinstance(clause, Milestone):
            reached = self._reached(None, is_value=is_value)
            return [Ahead(False, is_value, clause.at, reached, of.enrolled_on, clause.amount_minor)]
        first = None if clause.period == "life" else first_day_of(of.today, clause.period)
        reached, since = self._reached(first, is_value=is_value), first or of.enrolled_on
        return [
            Ahead(True, is_value, step.start, reached, since, step.amount_minor, step.rate_ppm)
            for step in clause.steps if step.start > 0
        ]  # fmt: skip

    def _reached(self, first: date | None, *, is_value: bool) -> int:
        months = [sums for month, sums in self._of.months.items() if first is None or month >= first]
        if is_value:
            return sum(sums.value_minor for sums in months)
        gone = [at for moments in self._goals.values() for at in moments]
        return sum(sums.sales for sums in months) - sum(
            1 for at in gone if first is None or first <= local_day(at, self._zone) <= self._of.today
        )
