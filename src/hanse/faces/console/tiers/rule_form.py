"""The rule's editor as fields: one row a tier, each with a kind of condition; what fits no kind is its own JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.tiers.reading import condition_json
from hanse.growth.tiers.types import Condition, Joined, Share, Steady, Threshold, TierRules
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import decimal_text, parse_amount_minor, rate_text

MOST = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One tier as it is typed."""

    key: str = ""
    name: str = ""
    kind: str = "share"
    number: str = ""
    field: str = "conversions"
    months: str = ""
    exit: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """The whole form as it is typed."""

    rows: list[Row] = field(default_factory=list)
    metric: str = "value"
    window_days: str = "180"
    stay_days: str = "90"
    checks: str = "2"
    band: str = "20"
    strategic: str = "20"
    goals: list[str] = field(default_factory=list)
    review: list[str] = field(default_factory=list)


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of condition with their names."""
    return [
        ("share", _("first part of the field")), ("least", _("at least")), ("new", _("no sale, joined under")),
        ("steady", _("sales in so many months")), ("own", _("own condition")), ("rest", _("everybody else")),
    ]  # fmt: skip


def typed_of(rules: TierRules, names: Mapping[str, str], currency: str) -> Typed:
    """Return rules as the form shows them."""
    rows = []
    for rule in rules.tiers:
        shown = _row(rule.when, rule.exit, currency)
        rows.append(Row(rule.key, names.get(rule.key, rule.key), **shown))
    strategic = (
        "20"
        if rules.strategic is None
        else _percent(rules.strategic.share_ppm)
        if isinstance(rules.strategic, Share)
        else ""
    )
    return Typed(
        rows, rules.metric, str(rules.window_days), str(rules.stay_days), str(rules.checks), _percent(rules.band_ppm),
        strategic, list(rules.goals), list(rules.review),
    )  # fmt: skip


def _row(when: Condition | None, exit: Condition | None, currency: str) -> dict[str, str]:
    match when:
        case None:
            return {"kind": "rest"}
        case Share() if exit is None or isinstance(exit, Share):
            return {
                "kind": "share",
                "number": _percent(when.share_ppm),
                "exit": _percent(exit.share_ppm) if exit else "",
            }
        case Threshold(op="gte") if exit is None or (
            isinstance(exit, Threshold) and exit.field == when.field and exit.op == "gte"
        ):
            mark = _number(when.field, when.mark, currency)
            kept = _number(when.field, exit.mark, currency) if isinstance(exit, Threshold) else ""
            return {"kind": "least", "number": mark, "field": when.field, "exit": kept}
        case Steady() if exit is None:
            return {"kind": "steady", "number": str(when.at_least), "months": str(when.months)}
        case Joined(
            how="all", conditions=(Threshold("conversions", "eq", 0), Threshold("enrolled_days", "lt", days))
        ) if exit is None:
            return {"kind": "new", "number": str(days)}
    own = {"when": condition_json(when)} | ({"exit": condition_json(exit)} if exit is not None else {})
    return {"kind": "own", "own": json.dumps(own, ensure_ascii=False)}


def _is_money(field: str) -> bool:
    return field == "value" or field.endswith("_minor")


def _number(field: str, mark: int, currency: str) -> str:
    if _is_money(field):
        return decimal_text(mark, currency)
    return _percent(mark) if field.endswith("_ppm") else str(mark)


def _percent(ppm: int) -> str:
    return rate_text(ppm).removesuffix("%")


def read_form(post: Any) -> Typed:
    """Return what was typed; rows without a name and key are left out."""
    rows = []
    for place in range(MOST):
        named = {name: str(post.get(f"{name}-{place}", "")).strip()[:2000] for name in Row.__dataclass_fields__}
        if (named["key"] or named["name"]) and not post.get(f"gone-{place}"):
            rows.append((_order(post.get(f"order-{place}"), place), place, Row(**named)))
    texts = {
        name: str(post.get(name, ""))[:20].strip()
        for name in ("metric", "window_days", "stay_days", "checks", "band", "strategic")
    }
    return Typed(
        [row for _order_, _place, row in sorted(rows, key=lambda one: one[:2])], goals=post.getlist("goals")[:20],
        review=[one for one in ("up", "down") if one in post.getlist("review")], **texts,
    )  # fmt: skip


def _order(text: object, place: int) -> int:
    try:
        return int(str(text))
    except ValueError:
        return place + 1


def rules_of_form(typed: Typed, currency: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the rules as JSON and the tiers' names by key. Raises Invalid where a number is none."""
    problems: list[Problem] = []
    body: dict[str, Any] = {"metric": typed.metric, "goals": typed.goals, "review": typed.review}
    for name in ("window_days", "stay_days", "checks"):
        body[name] = _whole(getattr(typed, name), f"/{name}", problems)
    body["band"] = f"{typed.band}%"
    if typed.strategic and typed.strategic != "20":
        body["strategic"] = {"share": f"{typed.strategic}%"}
    names, tiers = dict[str, str](), []
    for place, row in enumerate(typed.rows):
        key = row.key or _key(row.name)
        names[key] = row.name or key
        tiers.append({"tier": key} | _conditions(row, f"/tiers/{place}", currency, problems))
    if problems:
        raise Invalid(problems)
    return body | {"tiers": tiers}, names


def _key(name: str) -> str:
    plain = "".join(one if one.isascii() and one.isalnum() else "-" for one in name.lower())
    return "-".join(part for part in plain.split("-") if part)[:40]


def _conditions(row: Row, pointer: str, currency: str, problems: list[Problem]) -> dict[str, Any]:
    if row.kind == "rest":
        return {}
    if row.kind == "share":
        return {"when": {"share": f"{row.number}%"}} | ({"exit": {"share": f"{row.exit}%"}} if row.exit else {})
    if row.kind == "own":
        try:
            read = json.loads(row.own or "{}")
        except ValueError:
            read = None
        if not isinstance(read, dict) or not set(read) <= {"when", "exit"}:
            problems.append(Problem(pointer, _("Write the condition as JSON: {“when”: …}."), "wrong_type"))
            return {}
        return read
    if row.kind == "new":
        days = _whole(row.number, pointer, problems)
        return {"when": {"all": [{"field": "conversions", "op": "eq", "value": 0},
                                 {"field": "enrolled_days", "op": "lt", "value": days}]}}  # fmt: skip
    if row.kind == "steady":
        months = _whole(row.months, pointer, problems)
        return {"when": {"steady": {"at_least": _whole(row.number, pointer, problems), "months": months}}}
    found = {}
    for name, text in (("when", row.number), ("exit", row.exit)):
        if text or name == "when":
            found[name] = {
                "field": row.field,
                "op": "gte",
                "value": _mark(row.field, text, pointer, currency, problems),
            }
    return found


def _mark(field: str, text: str, pointer: str, currency: str, problems: list[Problem]) -> int:
    try:
        if _is_money(field):
            return parse_amount_minor(text, currency)
        if field.endswith("_ppm"):
            return int(float(text) * 10_000)
    except (Invalid, ValueError, OverflowError):
        problems.append(Problem(pointer, _("Write a number here."), "wrong_type"))
        return 0
    return _whole(text, pointer, problems)


def _whole(text: str, pointer: str, problems: list[Problem]) -> int:
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    problems.append(Problem(pointer, _("Write a whole number here."), "wrong_type"))
    return 0
