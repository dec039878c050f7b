"""Results: what came of letters, by letter, by tier, by newsletter and by sequence, with the lift over a holdout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from hanse.growth.sends.lift import Arm, Lift, lift_of
from hanse.growth.sends.models import Send
from hanse.growth.sequences.models import Journey
from hanse.programs.tiers.models import Tier

_GONE = Q(queued_at__isnull=False)
_COUNTS = {
    "sent": Count("id", filter=_GONE),
    "delivered": Count("id", filter=Q(delivered_at__isnull=False, bounced_at=None)),
    "opened": Count("id", filter=Q(opened_at__isnull=False)),
    "clicked": Count("id", filter=Q(clicked_at__isnull=False)),
    "replied": Count("id", filter=Q(replied_at__isnull=False)),
    "acted": Count("id", filter=_GONE & (Q(acted_at__isnull=False) | Q(journey__acted_at__isnull=False))),
    "moved_up": Count("id", filter=_GONE & Q(enrolment__tier__position__lt=F("tier__position"))),
    "bounced": Count("id", filter=Q(bounced_at__isnull=False)),
    "complained": Count("id", filter=Q(complained_at__isnull=False)),
    "stopped": Count("id", filter=Q(unsubscribed_at__isnull=False)),
    "dropped": Count("id", filter=Q(state=Send.State.DROPPED)),
    "waiting": Count("id", filter=Q(state=Send.State.PLANNED)),
}  # fmt: skip

_PEOPLE = {
    "people": Count("enrolment", distinct=True),
    "did": Count("enrolment", distinct=True, filter=Q(acted_at__isnull=False)),
}  # who enters again and again is one person, drawn once


@dataclass(frozen=True, slots=True)
class Result:
    """What came of some letters, in numbers of people. `opened` is unreliable: machines open mail, people hide it."""

    name: str
    tier: str
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    replied: int = 0
    acted: int = 0
    moved_up: int = 0
    bounced: int = 0
    complained: int = 0
    stopped: int = 0
    dropped: int = 0
    waiting: int = 0


def results_by_letter(program_id: UUID, since: datetime, until: datetime) -> list[Result]:
    """Return what came of each letter and tier in a time, by name; notes of colleagues stand under "". One query."""
    rows = _planned(program_id, since, until)
    counted = rows.values(letter=F("version__template__name"), at_tier=F("tier__name"), place=F("tier__position"))
    found: Any = counted.annotate(**_COUNTS).order_by("letter", "place")
    return [_result(row) for row in found]


def results_of(newsletter_ids: Collection[UUID]) -> dict[UUID, Result]:
    """Return what came of newsletters. One query."""
    rows: Any = Send.objects.filter(newsletter__in=list(newsletter_ids)).order_by().values("newsletter")
    return {row.pop("newsletter"): Result("", "", **row) for row in rows.annotate(**_COUNTS)}


def results_of_steps(step_ids: Collection[UUID]) -> dict[UUID, Result]:
    """Return what came of the letters of steps. One query."""
    rows: Any = Send.objects.filter(step__in=list(step_ids)).order_by().values("step")
    return {row.pop("step"): Result("", "", **row) for row in rows.annotate(**_COUNTS)}


def lift_of_newsletter(newsletter_id: UUID) -> Lift:
    """Compare those whom a newsletter was planned for with those held out of it, the strategic track left out."""
    rows = Send.objects.filter(newsletter=newsletter_id, is_drawn=True)
    return _compared(rows.annotate(is_out=Q(state=Send.State.HELD_OUT)))


def lifts_of_sequences(sequence_ids: Collection[UUID]) -> dict[UUID, Lift]:
    """Compare those who entered sequences with those held out of them, the strategic track left out. One query.

    People are counted, however often they entered; who acted once acted.
    """
    return _lifts_by("sequence", Journey.objects.filter(sequence__in=list(sequence_ids)))


def lifts_by_tier(sequence_id: UUID) -> list[tuple[Tier, Lift]]:
    """Compare both arms of a sequence tier by tier (where people stood when they entered). Two queries."""
    lifts = _lifts_by("tier", Journey.objects.filter(sequence=sequence_id, tier__isnull=False))
    return [(tier, lifts[tier.pk]) for tier in Tier.objects.filter(pk__in=lifts).order_by("position")]


def _lifts_by(by: str, journeys: QuerySet[Any]) -> dict[UUID, Lift]:
    counted = journeys.filter(is_drawn=True).exclude(ended_why="not_meant").order_by().values(by, "is_held_out")
    arms: dict[UUID, dict[bool, Arm]] = defaultdict(dict)
    for row in counted.annotate(**_PEOPLE):
        arms[row[by]][row["is_held_out"]] = Arm(row["people"], row["did"])
    nobody = Arm(0, 0)
    return {pk: lift_of(sides.get(False, nobody), sides.get(True, nobody)) for pk, sides in arms.items()}


def _compared(rows: QuerySet[Any]) -> Lift:
    arms = {
        row["is_out"]: Arm(row["people"], row["did"])
        for row in rows.order_by().values("is_out").annotate(people=Count("id"), did=Count("acted_at"))
    }
    return lift_of(arms.get(False, Arm(0, 0)), arms.get(True, Arm(0, 0)))


def _planned(program_id: UUID, since: datetime, until: datetime) -> QuerySet[Send]:
    rows = Send.objects.filter(program_id=program_id, planned_at__gte=since, planned_at__lt=until)
    return rows.exclude(state=Send.State.HELD_OUT).order_by()


def _result(row: dict[str, Any]) -> Result:
    name, tier, _place = row.pop("letter"), row.pop("at_tier"), row.pop("place")
    return Result(name or "", tier or "", **row)
