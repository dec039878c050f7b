"""The dry run of tiers (domain.md §13): JSON in, JSON out, decided by the rules that the daily evaluation calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from hanse.growth.tiers.reading import MAX_MONTHS, parse_rules
from hanse.growth.tiers.rules import evaluate
from hanse.growth.tiers.types import Standing, TierRules
from hanse.growth.tiers.words import Reasons
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.kernel.reading import ObjectReader

MAX_FIELD: Final = 200_000
MAX_COUNT: Final = 10**9
_ENTRY: Final = (
    "id", "enrolled_at", "value", "conversions", "tier", "tier_since", "below_exit", "locked", "metrics", "months",
)  # fmt: skip
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def preview(request: object) -> dict[str, Any]:
    """Decide the tier of everybody in a field, in its order. Raises Invalid with pointers into the request.

    `below_exit` is how many evaluations on earlier local dates, one after the other, found somebody below the exit;
    the answer's is the number to send next time. A tier that the rules do not have is refused.
    """
    problems: list[Problem] = []
    reader = ObjectReader(request, "", problems, ("rules", "as_of", "field"))
    rules = parse_rules(reader.get("rules"), problems)
    as_of = _instant(reader, "as_of", required=True)
    if reader.get("field", required=True) is None:
        raise Invalid(problems)
    field = _field(reader, rules)
    if problems or as_of is None:
        raise Invalid(problems)
    found = {one.id: one for one in evaluate(field, rules, as_of)}
    reasons = Reasons(field, rules)
    return {
        "tiers": [
            {
                "id": one.id, "tier": found[one.id].tier, "rank": found[one.id].rank, "moved": found[one.id].moved,
                "below_exit": found[one.id].below_exit, "reason": reasons.say(found[one.id]),
            }
            for one in field
        ]
    }  # fmt: skip


def _field(reader: ObjectReader, rules: TierRules) -> list[Standing]:
    keys, seen, found = {rule.key for rule in rules.tiers}, set[str](), []
    for index, value in enumerate(reader.array("field", MAX_FIELD) or ()):
        inner = ObjectReader(value, f"/field/{index}", reader.problems, _ENTRY)
        one = _standing(inner)
        if one.id and one.id in seen:
            inner.refuse("id", _("is given twice"), "twice")
        if one.tier is not None and one.tier not in keys:
            inner.refuse("tier", _("is none of the tiers of the rules"), "not_an_option")
        seen.add(one.id)
        found.append(one)
    return found


def _standing(reader: ObjectReader) -> Standing:
    return Standing(
        id=reader.text("id", 200, required=True) or "",
        enrolled_at=_instant(reader, "enrolled_at", required=True) or _FIRST,
        value_minor=reader.integer("value", 0, MAX_AMOUNT_MINOR) or 0,
        conversions=reader.integer("conversions", 0, MAX_COUNT) or 0,
        tier=reader.text("tier", 40), tier_since=_instant(reader, "tier_since"),
        below_exit=reader.integer("below_exit", 0, MAX_COUNT) or 0, is_locked=reader.boolean("locked") or False,
        metrics=_metrics(reader), months=_months(reader),
    )  # fmt: skip


def _metrics(reader: ObjectReader) -> Mapping[str, int]:
    value = reader.get("metrics")
    if value is None:
        return {}
    names = value.keys() if isinstance(value, dict) else ()
    inner = ObjectReader(value, f"{reader.pointer}/metrics", reader.problems, names)
    found = {name: inner.integer(name, -MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR) for name in inner.values}
    return {name: number for name, number in found.items() if number is not None}


def _months(reader: ObjectReader) -> tuple[int, ...]:
    found = reader.array("months", MAX_MONTHS) or []
    if not all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in found):
        reader.refuse("months", _("must be a list of whole numbers, the latest month first"), "wrong_type")
        return ()
    return tuple(one for one in found if isinstance(one, int))


def _instant(reader: ObjectReader, key: str, *, required: bool = False) -> datetime | None:
    text = reader.text(key, 40, required=required)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text.strip().upper())
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None or not _FIRST <= at <= _LAST:
        reader.refuse(key, _("must be an instant like 2026-10-02T20:14:00Z"), "bad_time")
        return None
    return at
