"""Reading triggers, stops and conditions of sequences as they are stored, shown by the API and typed."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.audiences.queries import read_condition
from hanse.growth.sequences.types import AGAIN_DAYS, OFTEN, STOPS, TRIGGERS, Trigger
from hanse.growth.silence.models import Silence
from hanse.insight.facts.rules import KINDS
from hanse.kernel.errors import Invalid
from hanse.spine.checks import Checks

_NEEDS = {
    "enrolled_for": ("days",), "sales": ("count",), "season": ("month", "day"), "tier_up": ("name",),
    "tier_down": ("name",), "silent": ("name",), "fact": ("name",),
}  # fmt: skip


def trigger_of(value: Mapping[str, Any]) -> Trigger:
    """Return a stored trigger."""
    return Trigger(**value)


def read_trigger(value: object, checks: Checks) -> dict[str, object]:
    """Return a trigger as it is stored: its kind and what that needs, nothing else. Problems go to `checks`."""
    if not isinstance(value, dict):
        checks.refuse("trigger", _("Say what begins the sequence."), "required")
        return {}
    inner = Checks("/trigger")
    kind = inner.one_of("kind", str(value.get("kind", "")), TRIGGERS)
    known = ("kind", *_NEEDS.get(kind, ()), *(("again_days",) if kind in OFTEN else ()))
    for name in sorted(str(one) for one in set(value) - set(known)):
        inner.refuse(name, _("This trigger takes nothing of that name."), "unknown_key")
    read: dict[str, object] = {"kind": kind}
    for name in _NEEDS.get(kind, ()):
        read[name] = _read(kind, name, value.get(name), inner)
    if kind in OFTEN:
        read["again_days"] = inner.whole_number("again_days", value.get("again_days", AGAIN_DAYS), 0, 730)
    if kind == "season" and not inner.problems:
        month, day = int(str(read["month"])), int(str(read["day"]))
        if day > calendar.monthrange(2024, month)[1]:
            inner.refuse("day", _("That month has no such day."), "out_of_range")
    checks.problems += inner.problems
    return read


def _read(kind: str, name: str, value: object, checks: Checks) -> object:
    if name == "name":
        options = {"silent": set(Silence.Cause.values), "fact": set(KINDS)}.get(kind)
        text = checks.text("name", str(value or ""), 40)
        return checks.one_of("name", text, options) if options and text else text
    low, high = {"days": (1, 730), "count": (2, 100_000), "month": (1, 12), "day": (1, 31)}[name]
    return checks.whole_number(name, value, low, high)


def read_stops(value: object, checks: Checks) -> list[str]:
    """Return what ends a sequence early, each once. Problems go to `checks`."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        checks.refuse("stop_when", _("A list, please."), "wrong_type")
        return []
    return [checks.one_of("stop_when", one, STOPS) for one in dict.fromkeys(value)]


def read_when(value: object, checks: Checks, pointer: str = "/condition") -> object:
    """Return a condition as it is stored, once it is sound; None for none. Problems go to `checks`."""
    if value in (None, "", {}):
        return None
    try:
        read_condition(value, pointer)
    except Invalid as refused:
        checks.problems.extend(refused.problems)
    return value
