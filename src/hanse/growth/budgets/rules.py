"""Rules of budgets: quarters, the pace of the past, how a plan stands, and when an offer goes beyond it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.budgets.types import Breach, Cell, Member, OfferMade, Pace, Planned, Promised, State, Sums
from hanse.kernel.clock import Period, add_months, day_starts_at, first_day_of, local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import largest_remainder, round_half_away

NEAR_PPM: Final = 800_000
LOOK_BACK_DAYS: Final = 56
_WEEK = 7
_PPM = 1_000_000


def quarter_text(first: date) -> str:
    """Name a quarter by its year and number: 2026-Q2."""
    return f"{first.year}-Q{(first.month + 2) // 3}"


def quarter_of(text: str) -> date:
    """Read a quarter like 2026-Q2 and return its first day. Raises Invalid."""
    year, letter, number = text[:4], text[4:6].upper(), text[6:]
    is_year = len(text) == 7 and year.isascii() and year.isdigit() and 1970 < int(year) < 2200
    if is_year and letter == "-Q" and number in ("1", "2", "3", "4"):
        return date(int(year), 3 * int(number) - 2, 1)
    raise Invalid([Problem("/quarter", _("A quarter is written like 2026-Q2."), "bad_quarter")])


def span_of(first: date, zone: str) -> Period:
    """Return the quarter that begins on a local day as a half-open span."""
    return Period(day_starts_at(first, zone), day_starts_at(add_months(first, 3), zone))


def quarter_at(at: datetime, zone: str) -> date:
    """Return the first local day of the quarter that holds a moment."""
    return first_day_of(local_day(at, zone), "quarter")


def moves_quarter(before: date, after: date, now: datetime, zone: str) -> bool:
    """Say whether a promise that is put off from one day to another meets another quarter's budget there; what is
    overdue counts today."""
    today = local_day(now, zone)
    return first_day_of(max(before, today), "quarter") != first_day_of(max(after, today), "quarter")


def days_to_look_at(today: date, first_day: date | None) -> int:
    """Return how many whole days before today tell the pace: eight weeks; whole weeks of a younger program, or, in its
    first week, the days there are."""
    days = min(LOOK_BACK_DAYS, (today - first_day).days) if first_day is not None else 0
    return max(0, days // _WEEK * _WEEK if days >= _WEEK else days)


def rest_at_pace(
    by_weekday: Mapping[int, int], days: int, today: date, period: Period, zone: str, now: datetime
) -> int:
    """Return what the rest of a quarter would bring: each weekday's mean, times how often it still comes.

    `by_weekday` holds the sums of the `days` before today (Monday is 0). Today counts by the part of it that is left;
    a quarter that has not begun counts whole.
    """
    if not days or period.ends_at <= now:
        return 0
    seconds: dict[int, int] = dict.fromkeys(range(_WEEK), 0)
    day, end = max(today, local_day(period.starts_at, zone)), local_day(period.ends_at, zone)
    while day < end:
        starts_at, ends_at = day_starts_at(day, zone), day_starts_at(day + timedelta(days=1), zone)
        left, whole = ends_at - max(starts_at, now), ends_at - starts_at
        seconds[day.weekday()] += round_half_away(_micros(left) * _PPM, _micros(whole)) if left > timedelta() else 0
        day += timedelta(days=1)
    if days < _WEEK:
        return round_half_away(sum(by_weekday.values()) * sum(seconds.values()), days * _PPM)
    weeks = days // _WEEK
    return round_half_away(sum(by_weekday.get(day, 0) * parts for day, parts in seconds.items()), weeks * _PPM)


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def shared_pace(rest_minor: int, weights: Mapping[UUID, int]) -> dict[UUID, int]:
    """Divide what is to come by what each enrolment brought in the days looked at; the parts add up to the whole."""
    kept = {id: weight for id, weight in sorted(weights.items()) if weight > 0}
    if not kept:
        return {}
    return dict(zip(kept, largest_remainder(rest_minor, list(kept.values())), strict=True))


def cells_of(
    members: Mapping[UUID, Member], accrued: Mapping[UUID | None, int], paid: Mapping[UUID | None, int],
    in_kind: Mapping[UUID | None, int], promised: Sequence[Promised], pace: Pace, *, is_over: bool,
) -> dict[Cell, Sums]:  # fmt: skip
    """Add everything up by type and tier. What is promised but covered by earnings counts in what is expected only as
    far as the partner's own pace leaves it open. A quarter that is over expects what it has."""
    fixed, covered = _committed(promised, is_covered=False), _committed(promised, is_covered=True)
    cells: dict[Cell, Sums] = {}
    everybody = {*accrued, *paid, *in_kind, *fixed, *covered, *pace.by_enrolment}
    for who in everybody:
        member = members.get(who) if who is not None else None
        spent = accrued.get(who, 0) + in_kind.get(who, 0)
        rest = pace.by_enrolment.get(who, 0) if who is not None else 0
        ahead = fixed.get(who, 0) + (covered.get(who, 0) if is_over else max(rest, covered.get(who, 0)))
        sums = Sums(
            accrued.get(who, 0), in_kind.get(who, 0), fixed.get(who, 0) + covered.get(who, 0), spent + ahead,
            paid.get(who, 0),
        )  # fmt: skip
        cell = member.cell if member is not None else ("", "")
        cells[cell] = cells.get(cell, Sums()).plus(sums)
    return cells


def _committed(promised: Iterable[Promised], *, is_covered: bool) -> dict[UUID | None, int]:
    found: dict[UUID | None, int] = {}
    for one in promised:
        if one.covered is is_covered:
            found[one.enrolment_id] = found.get(one.enrolment_id, 0) + one.amount_minor
    return found


def state_of(planned_minor: int, sums: Sums) -> State:
    """Say how a plan stands: beyond it, expected to go beyond, at four fifths of it, or fine."""
    if sums.used_minor > planned_minor:
        return "over"
    if sums.expected_minor > planned_minor:
        return "will_be_over"
    if planned_minor and sums.used_minor * _PPM >= planned_minor * NEAR_PPM:
        return "near"
    return "fine"


def breaches_of(
    offer: OfferMade, first: date, period_days: tuple[date, date], plans: Iterable[Planned],
    sums: Mapping[UUID, Sums], members: Mapping[UUID, Member],
) -> list[Breach]:  # fmt: skip
    """Return the plans of one quarter that an offer would exceed, the worst first.

    An offer to one partner counts for the program, their type and their tier; one to nobody in particular for the
    program alone.
    """
    found = []
    for plan in plans:
        added = sum(
            share.amount_minor
            for share in offer.shares
            if period_days[0] <= share.on < period_days[1] and _concerns(plan, share.enrolment_id, members)
        )
        before = sums[plan.budget_id]
        if added <= 0:
            continue
        is_beyond = before.used_minor + added > plan.amount_minor
        if is_beyond or before.expected_minor + added > plan.amount_minor:
            stood = before.used_minor if is_beyond else before.expected_minor
            found.append(
                Breach(plan.budget_id, first, plan.type, plan.tier, plan.amount_minor, stood, added, is_beyond)
            )
    return sorted(found, key=lambda one: (not one.is_beyond, -one.over_minor, one.type, one.tier))


def _concerns(plan: Planned, who: UUID | None, members: Mapping[UUID, Member]) -> bool:
    member = members.get(who) if who is not None else None
    if member is None:
        return not plan.type and not plan.tier
    return plan.type in ("", member.type) and plan.tier in ("", member.tier)


def parts_beyond(plans: Sequence[Planned]) -> list[tuple[str, str, int]]:
    """Return where the parts of a plan are planned for more than the whole: ("type" or "tier", of which, by how much).

    Types add up within the program, tiers within the program, and within each type and tier what mixes the two.
    """
    by_place = {(plan.type, plan.tier): plan.amount_minor for plan in plans}
    found: list[tuple[str, str, int]] = []
    checks = [("type", "", [("", "")], [place for place in by_place if place[0] and not place[1]]),
              ("tier", "", [("", "")], [place for place in by_place if place[1] and not place[0]])]  # fmt: skip
    for type in sorted({type for type, _tier in by_place if type}):
        mixed = [place for place in by_place if place[0] == type and place[1]]
        checks.append(("tier", type, [(type, ""), ("", "")], mixed))
    for tier in sorted({tier for _type, tier in by_place if tier}):
        mixed = [place for place in by_place if place[1] == tier and place[0]]
        checks.append(("type", tier, [("", tier), ("", "")], mixed))
    for part, of, wholes, places in checks:
        whole = next((by_place[place] for place in wholes if place in by_place), None)
        more = sum(by_place[place] for place in places) - (whole or 0)
        if whole is not None and places and more > 0:
            found.append((part, of, more))
    return found
