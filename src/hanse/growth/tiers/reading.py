"""Reading a program's own tier rules from JSON: every value checked, every mistake told with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, cast

from django.utils.translation import gettext as _

from hanse.growth.tiers.rules import DEFAULT
from hanse.growth.tiers.types import Condition, Joined, Share, Steady, Threshold, TierRule, TierRules
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import MAX_AMOUNT_MINOR, PPM, parse_rate_ppm, rate_text
from hanse.kernel.reading import ObjectReader, unsound_text

FIELDS: Final = ("value", "conversions", "enrolled_days")
OPERATORS: Final = ("gt", "gte", "lt", "lte", "eq")
MAX_TIERS, MAX_LEVELS, MAX_PARTS, MAX_MONTHS = 20, 3, 20, 24
NUMBERS: Final = {"stay_days": (0, 3_650), "window_days": (1, 730), "checks": (1, 30)}
KEYS: Final = ("metric", *NUMBERS, "goals", "band", "review", "strategic", "tiers")


def parse_rules(value: object, problems: list[Problem], pointer: str = "/rules") -> TierRules:
    """Return rules; None means the default ones. What is wrong goes to `problems` with its pointer.

    `{"metric": "value", "stay_days": 90, "tiers": [{"tier": "gold", "when": …, "exit": …}, …, {"tier": "rest"}]}`, the
    highest first; further `window_days` (180), `goals` (["sale", "renewal"]), `checks` (2), `band` ("20%"), `review`
    ([]; "up", "down") and `strategic` (a condition; {"share": "20%"}). A condition is `{"share": "10%"}`,
    `{"field": "conversions", "op": "gte", "value": 3}`,
    `{"steady": {"at_least": 4, "months": 6}}`, or several joined by `all` or `any`, to three levels.
    """
    if value is None:
        return DEFAULT
    reader = ObjectReader(value, pointer, problems, KEYS)
    metric = reader.text("metric", 20) or "value"
    if metric not in ("value", "count"):
        reader.refuse("metric", _("must be one of %(options)s") % {"options": "value, count"}, "not_an_option")
    found = reader.array("tiers", MAX_TIERS)
    if not found:
        reader.refuse("tiers", _("needs at least one tier"), "required")
    tiers = tuple(_tier(one, f"{pointer}/tiers/{index}", problems) for index, one in enumerate(found or ()))
    _check_order(tiers, reader)
    numbers = {
        name: number for name, (low, high) in NUMBERS.items() if (number := reader.integer(name, low, high)) is not None
    }
    return replace(
        DEFAULT, tiers=tiers, metric=cast("Any", metric), **numbers, goals=_texts(reader, "goals") or DEFAULT.goals,
        review=cast("Any", _texts(reader, "review", ("up", "down"))), band_ppm=_band(reader),
        strategic=_condition(reader.values["strategic"], f"{pointer}/strategic", problems)
        if reader.get("strategic") is not None else None,
    )  # fmt: skip


def rules_json(rules: TierRules) -> dict[str, Any]:
    """Write rules as `parse_rules` reads them, everything said."""
    written: dict[str, Any] = {
        "metric": rules.metric, "window_days": rules.window_days, "goals": list(rules.goals), "checks": rules.checks,
        "stay_days": rules.stay_days, "band": rate_text(rules.band_ppm), "review": list(rules.review),
        "tiers": [_tier_json(rule) for rule in rules.tiers],
    }  # fmt: skip
    if rules.strategic is not None:
        written["strategic"] = condition_json(rules.strategic)
    return written


def condition_json(condition: Condition) -> dict[str, Any]:
    """Write one condition."""
    match condition:
        case Share():
            return {"share": rate_text(condition.share_ppm)}
        case Threshold():
            return {"field": condition.field, "op": condition.op, "value": condition.mark}
        case Steady():
            return {"steady": {"at_least": condition.at_least, "months": condition.months}}
        case Joined():
            return {condition.how: [condition_json(part) for part in condition.conditions]}


def _tier_json(rule: TierRule) -> dict[str, Any]:
    parts = {"when": rule.when, "exit": rule.exit}
    return {"tier": rule.key} | {name: condition_json(part) for name, part in parts.items() if part is not None}


def _texts(reader: ObjectReader, key: str, options: Iterable[str] | None = None) -> tuple[str, ...]:
    known, found = list(options) if options is not None else None, reader.array(key, MAX_PARTS) or []
    for place, one in enumerate(found):
        if not isinstance(one, str) or not 0 < len(one) <= 40 or unsound_text(one):
            reader.refuse(key, _("must be a list of short texts"), "wrong_type")
            return ()
        if known is not None and one not in known:
            inner = ObjectReader({}, f"{reader.pointer}/{key}", reader.problems, ())
            inner.refuse(place, _("must be one of %(options)s") % {"options": ", ".join(known)}, "not_an_option")
    return tuple(dict.fromkeys(str(one) for one in found))


def _band(reader: ObjectReader) -> int:
    text = reader.text("band", 20)
    if text is None:
        return DEFAULT.band_ppm
    try:
        band_ppm = parse_rate_ppm(text)
    except Invalid:
        band_ppm = -1
    if not 0 <= band_ppm <= PPM:
        reader.refuse("band", _("must be a percentage from 0% to 100%, written like “20%”"), "bad_rate")
    return band_ppm


def _tier(value: object, pointer: str, problems: list[Problem]) -> TierRule:
    reader = ObjectReader(value, pointer, problems, ("tier", "when", "exit"))
    key = reader.text("tier", 40, required=True) or ""
    when, exit = (
        _condition(reader.values[name], f"{pointer}/{name}", problems) if reader.get(name) is not None else None
        for name in ("when", "exit")
    )
    return TierRule(key, when, exit)


def _check_order(tiers: Iterable[TierRule], reader: ObjectReader) -> None:
    rules, seen = list(tiers), set[str]()
    for index, rule in enumerate(rules):
        inner = ObjectReader({}, f"{reader.pointer}/tiers/{index}", reader.problems, ())
        if rule.key and rule.key in seen:
            inner.refuse("tier", _("is there twice"), "twice")
        seen.add(rule.key)
        is_last = index == len(rules) - 1
        if reader.problems:
            continue
        if rule.when is None and not is_last:
            inner.refuse("when", _("is needed: a tier without it takes the rest, so it stands last"), "required")
        if rule.when is not None and is_last:
            inner.refuse("when", _("must be left out: the last tier takes the rest"), "field_not_possible")


def _condition(value: object, pointer: str, problems: list[Problem], level: int = 1) -> Condition | None:
    keys = value.keys() if isinstance(value, dict) else set[str]()
    for how in ("all", "any"):
        if how in keys:
            return _joined(value, how, pointer, problems, level)
    if "share" in keys:
        return _share(ObjectReader(value, pointer, problems, ("share",)))
    if "steady" in keys:
        return _steady(ObjectReader(value, pointer, problems, ("steady",)))
    return _threshold(ObjectReader(value, pointer, problems, ("field", "op", "value")))


def _joined(value: object, how: Any, pointer: str, problems: list[Problem], level: int) -> Condition | None:
    reader = ObjectReader(value, pointer, problems, (how,))
    if level > MAX_LEVELS:
        reader.refuse("", _("is nested deeper than %(levels)d levels") % {"levels": MAX_LEVELS}, "too_deep")
        return None
    parts = reader.array(how, MAX_PARTS)
    if not parts:
        reader.refuse(how, _("needs at least one condition"), "required")
    read = [_condition(one, f"{pointer}/{how}/{at}", problems, level + 1) for at, one in enumerate(parts or ())]
    return Joined(how, tuple(one for one in read if one is not None))


def _share(reader: ObjectReader) -> Condition | None:
    text = reader.text("share", 20, required=True)
    try:
        share_ppm = parse_rate_ppm(text) if text is not None else 0
    except Invalid:
        share_ppm = -1
    if text is not None and not 0 < share_ppm <= PPM:
        reader.refuse("share", _("must be a percentage above 0% and up to 100%, written like “10%”"), "bad_rate")
    return Share(share_ppm)


def _steady(reader: ObjectReader) -> Condition | None:
    inner = ObjectReader(
        reader.values["steady"], f"{reader.pointer}/steady", reader.problems, ("at_least", "months")
    )  # fmt: skip
    months = inner.integer("months", 1, MAX_MONTHS, required=True) or 1
    at_least = inner.integer("at_least", 1, MAX_MONTHS, required=True) or 1
    if at_least > months:
        inner.refuse("at_least", _("is more than the months that are looked at"), "out_of_range")
    return Steady(at_least, months)


def _threshold(reader: ObjectReader) -> Condition | None:
    field, op = reader.text("field", 60, required=True), reader.text("op", 10, required=True)
    mark = reader.integer("value", 0, MAX_AMOUNT_MINOR, required=True)
    if field is not None and field not in FIELDS and not field.startswith("metrics."):
        known = ", ".join((*FIELDS, "metrics.…"))
        reader.refuse("field", _("must be one of %(options)s") % {"options": known}, "unknown_field")
    if op is not None and op not in OPERATORS:
        reader.refuse("op", _("must be one of %(options)s") % {"options": ", ".join(OPERATORS)}, "unknown_operator")
    return Threshold(field or "", cast("Any", op), mark or 0)
