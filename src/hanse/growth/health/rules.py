"""The health score (domain.md §10): trend 35, engagement 25, enablement 15, pipeline 15, relationship 10. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hanse.growth.health.types import Known, Point, Score

AREAS = {"trend": 35, "engagement": 25, "enablement": 15, "pipeline": 15, "relationship": 10}
RECENT_DAYS = 30


def score_of(known: Known) -> Score:
    """Return the score with every point of it."""
    return Score(known.enrolment_id, tuple(_points(known)))


def _points(known: Known) -> Iterator[Point]:
    yield _trend(known)
    yield _rhythm(known, "clicks", 10, known.is_click_quiet, known.days_since_click)
    yield _rhythm(known, "sales", 10, known.is_sale_quiet, known.days_since_sale)
    yield _recent("engagement", "visits", 5, known.days_since_login)
    yield from _enablement(known)
    usual = Fraction(known.clicks_60d_before, 2)
    yield Point(
        "pipeline", "clicks_coming", _part(10, Fraction(known.clicks_30d), usual), 10,
        {"now": known.clicks_30d, "usual": int(usual)},
    )  # fmt: skip
    is_coming = known.held_minor > 0 or known.open_deals > 0
    yield Point(
        "pipeline", "on_the_way", 5 if is_coming else 0, 5,
        {"held_minor": known.held_minor, "deals": known.open_deals},
    )  # fmt: skip
    yield _recent("relationship", "we_spoke", 5, known.days_since_we_spoke)
    yield _recent("relationship", "they_spoke", 5, known.days_since_they_spoke)


def _enablement(known: Known) -> Iterator[Point]:
    """Give the 15 points to a link, terms and payout details; where there are lessons for them, three to those."""
    each = 4 if known.lessons_meant else 5
    for key, is_there in (
        ("link", known.has_link), ("terms", known.has_terms), ("payout_details", known.has_payout_details)
    ):  # fmt: skip
        yield Point("enablement", key, each if is_there else 0, each, {"done": int(is_there)})
    if known.lessons_meant:
        points = _part(3, Fraction(known.lessons_done), known.lessons_meant)
        numbers = {"lessons_done": known.lessons_done, "lessons_meant": known.lessons_meant}
        yield Point("enablement", "lessons", points, 3, numbers)


def _trend(known: Known) -> Point:
    """Give all 35 points to who keeps up with the program's own change against the quarter before, else a part."""
    change = Fraction(1)
    if known.program_now_minor > 0 and known.program_before_minor > 0:
        change = Fraction(known.program_now_minor, known.program_before_minor)
    points = _part(AREAS["trend"], Fraction(known.now_minor), known.before_minor * change)
    numbers = {
        "now_minor": known.now_minor, "before_minor": known.before_minor, "change_ppm": int(change * 1_000_000),
    }  # fmt: skip
    return Point("trend", "value", points, AREAS["trend"], numbers)


def _rhythm(known: Known, key: str, most: int, is_quiet: bool | None, days: int | None) -> Point:
    return Point("engagement", key, most if is_quiet is False else 0, most, {"days": days})


def _recent(area: str, key: str, most: int, days: int | None) -> Point:
    return Point(area, key, most if days is not None and days <= RECENT_DAYS else 0, most, {"days": days})


def _part(most: int, now: Fraction, usual: Fraction | int) -> int:
    """Return the part of the points that a number earns beside what is usual: all at or above it, none for nothing."""
    if now <= 0:
        return 0
    if usual <= 0 or now >= usual:
        return most
    return int(most * now / usual + Fraction(1, 2))
