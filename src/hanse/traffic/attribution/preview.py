"""The dry run of a decision (domain.md §13): JSON in, JSON out, judged by the very function that the pipeline calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import PPM, parse_rate_ppm
from hanse.kernel.reading import ObjectReader
from hanse.traffic.attribution.rules import LEVELS, decide
from hanse.traffic.attribution.sharing import MODELS
from hanse.traffic.attribution.types import Policy, Touch

MAX_TOUCHPOINTS = 10_000
MAX_DAYS = 3_650
_POLICY = ("model", "window_days", "half_life_days", "order", "windows")
_TOUCHPOINT = ("id", "enrolment", "kind", "occurred_at", "share")
_ON_THE_ORDER = frozenset(LEVELS) - {"click", "email"}  # these need no time of their own
_FIRST, _LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Point:
    """One touchpoint of a request: whose it is, by name, and the object as it was sent."""

    enrolment: str
    touch: Touch
    sent: Mapping[str, Any]


def preview(request: object) -> dict[str, Any]:
    """Decide one conversion without storing anything. Raises Invalid with pointers into the request.

    Enrolments are named by any text; of equal remainders the earliest touch, then the lower name gets the odd part.
    An owner's `share` is that of the conversion which made the customer theirs; left out, owners share alike.
    """
    problems: list[Problem] = []
    reader = ObjectReader(request, "", problems, ("policy", "touchpoints", "conversion"))
    policy = _policy(ObjectReader(_inner(reader, "policy"), "/policy", problems, _POLICY))
    conversion = ObjectReader(_inner(reader, "conversion"), "/conversion", problems, ("occurred_at",))
    occurred_at = _instant(conversion, required=True)
    points = _points(reader)
    if problems or occurred_at is None:
        raise Invalid(problems)
    return _answer(policy, occurred_at, points)


def _answer(policy: Policy, occurred_at: datetime, points: Sequence[_Point]) -> dict[str, Any]:
    names = sorted({point.enrolment for point in points})
    ids = {name: UUID(int=place) for place, name in enumerate(names, 1)}
    touches = [
        Touch(
            point.touch.kind, ids[point.enrolment], point.touch.touched_at, point.touch.click_id,
            share_ppm=point.touch.share_ppm,
        )
        for point in points
    ]  # fmt: skip
    decision = decide(policy, occurred_at, touches)
    return {
        "credits": [
            {"enrolment": names[share.enrolment_id.int - 1], "ppm": share.share_ppm} for share in decision.shares
        ],
        "evidence": [
            {**point.sent, "verdict": judged.verdict, "reason": judged.reason}
            for point, judged in zip(points, decision.judged, strict=True)
        ],
    }


def _policy(reader: ObjectReader) -> Policy:
    model = reader.text("model", 20) or "last"
    if model not in MODELS:
        reader.refuse("model", _("must be one of %(options)s") % {"options": ", ".join(MODELS)}, "not_an_option")
    window, half_life = reader.integer("window_days", 0, MAX_DAYS), reader.integer("half_life_days", 1, MAX_DAYS)
    order = reader.array("order", len(LEVELS)) or []
    for index, level in enumerate(order):
        if level not in LEVELS:
            reader.refuse("order", _("names a level that there is not"), "not_an_option")
        elif level in order[:index]:
            reader.refuse("order", _("names a level twice"), "twice")
    windows = ObjectReader(_inner(reader, "windows"), f"{reader.pointer}/windows", reader.problems, LEVELS)
    of_kinds = {kind: windows.integer(kind, 0, MAX_DAYS) for kind in LEVELS if kind in windows.values}
    return Policy(
        model, 30 if window is None else window, half_life or 7, tuple(str(level) for level in order), windows=of_kinds
    )


def _points(reader: ObjectReader) -> list[_Point]:
    found = []
    for index, value in enumerate(reader.array("touchpoints", MAX_TOUCHPOINTS) or []):
        inner = ObjectReader(value, f"/touchpoints/{index}", reader.problems, _TOUCHPOINT)
        kind = inner.text("kind", 20, required=True) or ""
        if kind and kind not in LEVELS:
            inner.refuse("kind", _("must be one of %(options)s") % {"options": ", ".join(LEVELS)}, "not_an_option")
        enrolment = inner.text("enrolment", 200, required=True) or ""
        touched_at = _instant(inner, required=kind not in _ON_THE_ORDER)
        touch = Touch(kind, None, touched_at, inner.text("id", 200) or "", share_ppm=_share(inner))
        found.append(_Point(enrolment, touch, inner.values))
    return found


def _share(reader: ObjectReader) -> int:
    text = reader.text("share", 20)
    try:
        share_ppm = PPM if text is None else parse_rate_ppm(text)
    except Invalid:
        share_ppm = -1
    if not 0 <= share_ppm <= PPM:
        reader.refuse("share", _("must be a percentage from 0% to 100%, written like “25%”"), "bad_rate")
    return share_ppm


def _inner(reader: ObjectReader, key: str) -> object:
    value = reader.get(key)
    return {} if value is None else value


def _instant(reader: ObjectReader, *, required: bool) -> datetime | None:
    text = reader.text("occurred_at", 40, required=required)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text.strip().upper())
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        if not _FIRST <= at <= _LAST:
            raise ValueError("too far away")
    except (ValueError, OverflowError):
        reader.refuse("occurred_at", _("must be an instant like 2026-10-02T20:14:00Z"), "bad_time")
        return None
    return at.astimezone(UTC)
