"""Who is about to move, from the last evaluation: those before a border, those kept by a band, those who are warned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from hanse.growth.tiers.models import TierReview, TierStanding
from hanse.growth.tiers.needed import Needed
from hanse.growth.tiers.queries import reviews_waiting, standings_in
from hanse.growth.tiers.rules import band_of, places_of
from hanse.growth.tiers.types import Joined, Share, Threshold, TierRules
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program

CLOSE = Fraction(1, 10)  # so much of what somebody has is missing at most
SOON_DAYS = 14
MOST = 12


class Why(StrEnum):
    """Why somebody is named."""

    WAITS = "waits"
    RISES = "rises"
    WARNED = "warned"
    KEPT = "kept"
    LAST = "last"
    NEW_ENDS = "new_ends"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Near:
    """One partner who is about to move, or would be. `other` is who stands beside them; `by` when it is decided."""

    why: Why
    row: TierStanding
    tier: str
    other: str = ""
    amount: int = 0
    field: str = "value"
    places: int = 0
    by: date | None = None
    review: TierReview | None = None


def about_to_move(program: Program, rules: TierRules, now: datetime) -> list[Near]:
    """Return who is about to move, those first who wait for us. Two queries."""
    rows, today = list(standings_in(program.pk)), local_day(now, program.time_zone)
    reviews = {row.enrolment_id: row for row in reviews_waiting(program.pk)}
    found = [one for row in rows if (one := _near(row, rows, rules, today, program.time_zone, reviews)) is not None]
    found += _last_inside(rows, rules, {one.row.pk for one in found})
    order = list(Why)
    return sorted(found, key=lambda one: (order.index(one.why), one.by or date.max, one.row.rank))


def _near(
    row: TierStanding, rows: Sequence[TierStanding], rules: TierRules, today: date, zone: str,
    reviews: Mapping[UUID, TierReview],
) -> Near | None:  # fmt: skip
    review = reviews.get(row.pk)
    if review is not None:
        return Near(Why.WAITS, row, review.after, review=review)
    if row.is_locked:
        return Near(Why.LOCKED, row, row.given) if row.given != row.tier else None
    if row.below_exit and row.given != row.tier:
        stays = (row.since or row.as_of) + timedelta(days=rules.stay_days)
        more = max(0, rules.checks - row.below_exit)
        by = max(local_day(stays, zone), today + timedelta(days=more))
        return Near(Why.WARNED, row, row.given, by=by)
    if row.given != row.tier:
        return Near(Why.KEPT, row, row.given, places=_exit_places(row, rules))
    return _rises(row, rows, rules, today, zone) or _new_ends(row, rules, today, zone)


def _exit_places(row: TierStanding, rules: TierRules) -> int:
    """Return beyond which rank a tier is left, where it is a share."""
    rule = next((one for one in rules.tiers if one.key == row.tier), None)
    if rule is None:
        return 0
    if isinstance(rule.exit, Share):
        return places_of(rule.exit, row.field_size)
    return places_of(rule.when, row.field_size, band_of(rules)) if isinstance(rule.when, Share) else 0


def _rises(row: TierStanding, rows: Sequence[TierStanding], rules: TierRules, today: date, zone: str) -> Near | None:
    """Name who lacks little: a tenth of what they have, or one sale. The day is guessed from their own pace."""
    needed = Needed.from_json(row.needed)
    if needed is None or len(needed.lacks) != 1:
        return None
    only = needed.lacks[0]
    have = _mark(row, only.field)
    if not have or only.kind not in ("pass", "at_least") or only.field not in ("value", "conversions"):
        return None
    if only.more > have * CLOSE and not (only.field == "conversions" and only.more == 1):
        return None
    passed = next((one for one in rows if one.rank < row.rank and _mark(one, only.field) == only.mark), None)
    name = passed.enrolment.partner.name if passed is not None and only.kind == "pass" else ""
    by = today + timedelta(days=-(-only.more * rules.window_days // have)) if only.kind == "pass" else None
    by = local_day(only.by, zone) if only.by is not None else by
    return Near(Why.RISES, row, needed.tier, other=name, amount=only.more, field=only.field, by=by)


def _mark(row: TierStanding, field: str) -> int:
    return row.value_minor if field == "value" else row.conversions


def _new_ends(row: TierStanding, rules: TierRules, today: date, zone: str) -> Near | None:
    days = _new_days(rules)
    if row.tier != "new" or days is None or row.conversions:
        return None
    ends = local_day(row.enrolment.enrolled_at + timedelta(days=days), zone)
    return (
        Near(Why.NEW_ENDS, row, rules.tiers[-1].key, amount=days, by=ends) if (ends - today).days <= SOON_DAYS else None
    )


def _new_days(rules: TierRules) -> int | None:
    """Return for how many days somebody counts as new, where the rules say it in days."""
    for rule in rules.tiers:
        parts = rule.when.conditions if isinstance(rule.when, Joined) else (rule.when,)
        for part in parts:
            if rule.key == "new" and isinstance(part, Threshold) and part.field == "enrolled_days":
                return part.mark
    return None


def _last_inside(rows: Sequence[TierStanding], rules: TierRules, named: set[object]) -> Iterator[Near]:
    """Name the last one inside each share, with who is next."""
    by_rank = {row.rank: row for row in rows}
    for rule in rules.tiers:
        if not isinstance(rule.when, Share) or not rows:
            continue
        rank = places_of(rule.when, rows[0].field_size)
        last, following = by_rank.get(rank), by_rank.get(rank + 1)
        if last is None or following is None or last.pk in named or last.tier != rule.key or not following.value_minor:
            continue
        behind = last.value_minor - following.value_minor
        if rules.metric == "value" and behind <= last.value_minor * CLOSE:
            yield Near(Why.LAST, last, rule.key, other=following.enrolment.partner.name, amount=behind, places=rank)
