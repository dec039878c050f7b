"""Writing what an evaluation found: moves, reviews, decisions with their sentences, standings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import translation

from hanse.growth.tiers.models import TierDecision, TierReview, TierStanding
from hanse.growth.tiers.outcome import Found
from hanse.kernel.clock import local_day
from hanse.kernel.ids import new_id
from hanse.money.commissions.moving import move_to_tier
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.bulk import insert_many, update_many

if TYPE_CHECKING:
    from hanse.growth.tiers.sweeping import Swept

People = Mapping[UUID, Enrolment]


def keep_moves(
    swept: Swept, part: Sequence[Found], people: People, now: datetime, by: str, begins_at: datetime | None = None
) -> None:
    """Bring the enrolments into the tiers that were found, with all that this means for what is owed."""
    for one in part:
        tier = swept.tiers.get(one.state.tier or "")
        if tier is None or tier.key == one.actual:
            continue
        with translation.override("en"):
            reason = swept.words.say(one.decided, one.standing, len(swept.found), None)
        move_to_tier(people[one.id], tier, reason=reason, at=begins_at, now=now, by=by)


def keep_reviews(swept: Swept, part: Sequence[Found], now: datetime) -> set[UUID]:
    """Ask a person about moves that wait, once each; withdraw what the numbers do not give any more.

    Returns whom a question of this day is about.
    """
    rows = TierReview.objects.filter(
        program=swept.program, verdict=TierReview.Verdict.OPEN, enrolment_id__in=[one.id for one in part]
    )
    asked, fresh, again = {row.enrolment_id: row for row in rows}, set[UUID](), []
    for one in part:
        row, waits = asked.get(one.id), one.waits in ("review", "case")
        if row is not None and (not waits or row.after != one.decided.tier or row.before != one.standing.tier):
            row.verdict, row.decided_at = TierReview.Verdict.WITHDRAWN, now
            row.save(update_fields=["verdict", "decided_at"])
            row = None
        if waits and row is None:
            fresh.add(one.id)
            again.append(_question(swept, one, now))
        elif row is not None and waits:
            row.numbers, row.cause = one.numbers(swept.rules.window_days, len(swept.found)), one.waits
            row.save(update_fields=["numbers", "cause"])
            if local_day(row.asked_at, swept.program.time_zone) == swept.on:
                fresh.add(one.id)
    TierReview.objects.bulk_create(again)
    return fresh


def withdraw_reviews_of_others(program_id: UUID, field: Collection[UUID], now: datetime) -> None:
    """Withdraw the questions about enrolments that are not in a field."""
    rows = TierReview.objects.filter(program_id=program_id, verdict=TierReview.Verdict.OPEN)
    gone = [pk for pk, who in rows.values_list("pk", "enrolment_id") if who not in field]
    TierReview.objects.filter(pk__in=gone).update(verdict=TierReview.Verdict.WITHDRAWN, decided_at=now)


def _question(swept: Swept, one: Found, now: datetime) -> TierReview:
    return TierReview(
        id=new_id(now), program=swept.program, enrolment_id=one.id, before=one.standing.tier or "",
        after=one.decided.tier, direction=one.decided.moved or "", cause=one.waits, asked_at=swept.as_of,
        numbers=one.numbers(swept.rules.window_days, len(swept.found)),
    )  # fmt: skip


def keep_decisions(swept: Swept, part: Sequence[Found], people: People, fresh: set[UUID], now: datetime) -> None:
    """Write the day's decisions anew; an evaluation that changed nothing has none."""
    ids = [one.id for one in part]
    TierDecision.objects.filter(enrolment_id__in=ids, on=swept.on, actor="").delete()
    rows = [_decision(swept, one, people[one.id], now) for one in part if _is_told(one, fresh)]
    insert_many(TierDecision, rows)


def _is_told(one: Found, fresh: set[UUID]) -> bool:
    return bool(one.kind) and (one.kind != "waits" or one.id in fresh)


def _decision(swept: Swept, one: Found, enrolment: Enrolment, now: datetime) -> dict[str, Any]:
    language = enrolment.partner.language or "en"
    with translation.override(language):
        sentence = swept.words.say(one.decided, one.standing, len(swept.found), one.needed, one.waits)
    return {
        "id": new_id(now), "program_id": swept.program.pk, "enrolment_id": one.id, "on": swept.on, "at": swept.as_of,
        "kind": one.kind, "before": one.standing.tier or "", "after": one.state.tier or one.decided.tier,
        "given": one.decided.given, "rules_id": swept.version.pk if swept.version else None,
        "numbers": one.numbers(swept.rules.window_days, len(swept.found)), "sentence": sentence, "language": language,
        "reason": one.waits, "actor": "",
    }  # fmt: skip


def keep_standings(swept: Swept, part: Sequence[Found]) -> None:
    """Write where everybody stands now and from where the day's evaluation began."""
    known = set(TierStanding.objects.filter(pk__in=[one.id for one in part]).values_list("pk", flat=True))
    rows = [_standing(swept, one) for one in part]
    insert_many(TierStanding, [row for row in rows if row["enrolment_id"] not in known])
    update_many(TierStanding, [row for row in rows if row["enrolment_id"] in known])


def _standing(swept: Swept, one: Found) -> dict[str, Any]:
    state, begun = one.state, one.standing
    return {
        "enrolment_id": one.id, "program_id": swept.program.pk, "on": swept.on, "as_of": swept.as_of,
        "rules_id": swept.version.pk if swept.version else None, "tier": state.tier or one.decided.tier,
        "since": state.tier_since, "given": one.decided.given, "rank": one.decided.rank,
        "field_size": len(swept.found), "value_minor": begun.value_minor, "conversions": begun.conversions,
        "below_exit": state.below_exit, "is_strategic": one.is_strategic, "is_locked": begun.is_locked,
        "numbers": {"metrics": dict(begun.metrics), "months": list(begun.months),
                    "first_at": begun.first_at.isoformat() if begun.first_at else None, "waits": one.waits},
        "needed": one.needed.as_json() if one.needed else {}, "before_tier": begun.tier or "",
        "before_since": begun.tier_since, "before_below_exit": begun.below_exit,
    }  # fmt: skip
