"""The daily evaluation: look at the whole field without writing, then keep what was found, some enrolments at a time.

Looking again on the same local day begins from where that day began, so a second run replaces the first, and a run
that was stopped in the middle is simply run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from hanse.growth.tiers.keeping import (
    keep_decisions,
    keep_moves,
    keep_reviews,
    keep_standings,
    withdraw_reviews_of_others,
)
from hanse.growth.tiers.models import TierReview, TierRuleVersion, TierStanding, TierSweep
from hanse.growth.tiers.needed import needed_for_next
from hanse.growth.tiers.outcome import Found
from hanse.growth.tiers.reckoning import field_of, locked_ids
from hanse.growth.tiers.rules import evaluate, in_rank, next_state, strategic_ids
from hanse.growth.tiers.sentences import PartnerWords
from hanse.growth.tiers.types import Decided, TierRules
from hanse.growth.tiers.versions import rules_on
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.money.holds.models import Case
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

BY = "hanse"


@dataclass(frozen=True, slots=True)
class Swept:
    """What an evaluation found, in the order of rank, before anything is kept."""

    program: Program
    version: TierRuleVersion | None
    rules: TierRules
    on: date
    as_of: datetime
    tiers: Mapping[str, Tier]
    found: Sequence[Found] = field(default_factory=tuple)

    @property
    def words(self) -> PartnerWords:
        """Say decisions of this evaluation."""
        names = {key: tier.name for key, tier in self.tiers.items()}
        return PartnerWords(self.program.currency, self.program.time_zone, names, self.rules)


def look(program: Program, as_of: datetime, now: datetime, rules: TierRules | None = None) -> Swept:
    """Evaluate a program's field at a moment. Nothing is written; `rules` tries others than those in force.

    Refuses a moment that is still to come, and a day before the last one that was evaluated: decisions build on each
    other. A fixed number of queries, however large the field.
    """
    on = local_day(as_of, program.time_zone)
    if as_of > now:
        raise Refused("in_the_future", _("Tiers cannot be evaluated for a moment that is still to come."))
    last = TierSweep.objects.filter(program=program).aggregate(last=Max("on"))["last"]
    if rules is None and last is not None and on < last:
        said = {"day": last.isoformat()}
        raise Refused(
            "evaluated_later", _("Tiers were evaluated for %(day)s already; earlier days stay as they are.") % said
        )
    version, stored = rules_on(program, on)
    rules = rules or stored
    tiers = {tier.key: tier for tier in Tier.objects.filter(program=program)}
    ranked = in_rank(field_of(program, rules, as_of), rules.metric)
    track = strategic_ids(ranked, rules, as_of)
    waits = _Waiting.of(program, rules, on)
    actual = dict(Enrolment.objects.filter(program=program).values_list("pk", "tier__key"))
    first = set(TierStanding.objects.filter(program_id=program.pk, on__lt=on).values_list("pk", flat=True))
    found = []
    for standing, decided in zip(ranked, evaluate(ranked, rules, as_of), strict=True):
        id, why = UUID(decided.id), waits.why(decided)
        state = next_state(standing, decided, as_of, waits=bool(why))
        needed = needed_for_next(ranked, decided.rank, state.tier or decided.tier, rules, as_of)
        found.append(
            Found(id, standing, decided, state, why, needed, decided.id in track, actual.get(id) or "", id not in first)
        )  # fmt: skip
    return Swept(program, version, rules, on, as_of, tiers, found)


def keep(swept: Swept, part: Sequence[Found], now: datetime, begins_at: datetime | None = None) -> None:
    """Write what was found about some enrolments: moves, reviews, decisions, standings. Safe to repeat.

    A move begins now, also of an evaluation of an earlier moment; with `begins_at` from then on, which is refused where
    an order since then would earn less. What a person did about somebody since the field was looked at stays.
    """
    part = _untouched(swept, part)
    people = _people(part)
    keep_moves(swept, part, people, now, BY, begins_at)
    fresh = keep_reviews(swept, part, now)
    keep_decisions(swept, part, people, fresh, now)
    keep_standings(swept, part)


def finish(swept: Swept, now: datetime) -> TierSweep:
    """Write that the day's evaluation is done, with the sizes of the tiers. Questions about those who are in the field
    no more are over: who is paused keeps the tier."""
    withdraw_reviews_of_others(swept.program.pk, {one.id for one in swept.found}, now)
    sizes = Counter(one.state.tier for one in swept.found)
    moved = Counter(one.decided.moved for one in swept.found if not one.waits)
    values = {
        "as_of": swept.as_of, "rules": swept.version, "field_size": len(swept.found), "sizes": dict(sizes),
        "rose": moved["up"], "fell": moved["down"], "finished_at": now,
        "waits": sum(one.waits in ("review", "case") for one in swept.found),
    }  # fmt: skip
    row, _made = TierSweep.objects.update_or_create(program=swept.program, on=swept.on, defaults=values)
    return row


def sweep(program: Program, as_of: datetime, *, now: datetime, begins_at: datetime | None = None) -> Swept:
    """Evaluate and keep a whole program in the caller's transaction: for small fields. Large ones go part by part."""
    swept = look(program, as_of, now)
    keep(swept, swept.found, now, begins_at)
    finish(swept, now)
    return swept


def _untouched(swept: Swept, part: Sequence[Found]) -> list[Found]:
    """Return those whom nobody moved or locked since the field was looked at. Two queries."""
    tiers = dict(Enrolment.objects.filter(pk__in=[one.id for one in part]).values_list("pk", "tier__key"))
    locked = locked_ids(swept.program.pk, swept.on)
    return [
        one for one in part
        if (tiers.get(one.id) or "") == one.actual and (one.standing.is_locked or one.id not in locked)
    ]  # fmt: skip


def _people(part: Sequence[Found]) -> dict[UUID, Enrolment]:
    """Return the enrolments whose rows are needed: of whom something is told or moved. At most one query."""
    ids = [one.id for one in part if one.kind or one.waits or one.state.tier != one.actual]
    if not ids:
        return {}
    rows = Enrolment.objects.filter(pk__in=ids).select_related("partner", "program", "tier")
    return {row.pk: row for row in rows}


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Which moves wait: those of somebody with an open case, those that the rules want a person to look at."""

    cases: set[UUID]
    kept: set[tuple[UUID, str]]
    review: Sequence[str]

    @classmethod
    def of(cls, program: Program, rules: TierRules, on: date) -> _Waiting:
        cases = Case.objects.filter(program=program, decided_at=None).values_list("enrolment_id", flat=True)
        kept = TierReview.objects.filter(program=program, verdict=TierReview.Verdict.KEPT, asks_again_on__gt=on)
        return cls(set(cases), set(kept.values_list("enrolment_id", "after")), rules.review)

    def why(self, decided: Decided) -> str:
        """Return `case`, `kept` (a person said no lately), `review`, or "" for a move that is made at once."""
        id = UUID(decided.id)
        if decided.moved is None:
            return ""
        if id in self.cases:
            return "case"
        if (id, decided.tier) in self.kept:
            return "kept"
        return "review" if decided.moved in self.review else ""
