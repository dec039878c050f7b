"""Rules of onboarding: who takes which path, what comes next, and how paths are read. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.onboarding.types import BY_HAND, EVENTS, KINDS, WAY, Path, Placed, Progress, Step
from hanse.spine.checks import Checks

MAX_PATHS, MAX_STEPS, MAX_DUE_DAYS = 20, 20, 365
_BY_THE_PARTNER = ("terms", "link", "copied", "click", "piece", "sale", "details")


def _steps(*kinds: str) -> tuple[Step, ...]:
    return tuple(Step(kind, kind, "us" if kind == "payout" else "partner") for kind in kinds)


DEFAULT = (
    Path(
        "personal", "Personal", ("strategic", "channel", "agency"), (),
        (Step("welcome-call", "call", "owner", due_days=3), *_steps(*EVENTS)),
    ),
    Path("self-serve", "Self-serve", (), (), _steps(*EVENTS)),
)  # fmt: skip


def choose_path(paths: Sequence[Path], types: Collection[str], tier: str) -> Path:
    """Return the first path that is meant for a partner of these types in this tier; the last one is for all."""
    for path in paths:
        if (not path.types or set(path.types) & set(types)) and (not path.tiers or tier in path.tiers):
            return path
    return paths[-1]


def progress_on(path: Path, firsts: Mapping[str, date], *, skip: Collection[str] = ()) -> Progress:
    """Return how far somebody is. `firsts` has the day of each step that is done, by the step's key.

    On the way to the money a later step shows that the earlier ones were passed: who sold by a code needs no link to
    copy. What comes next is the first open step of the partner's own, but none of the kinds in `skip`; once there is a
    sale only where the money goes, and the terms: whoever has won needs no more steps, however open they are.
    """
    placed = [_placed(step, firsts) for step in path.steps]
    open_ones = [
        one.step for one in placed if one.done_on is None and one.step.who == "partner" and one.step.kind not in skip
    ]
    if "sale" in firsts:
        by_kind = {step.kind: step for step in open_ones}
        following = by_kind.get("details") or by_kind.get("terms")
    else:
        following = next(iter(open_ones), None)
    return Progress(path, placed, following)


def _placed(step: Step, firsts: Mapping[str, date]) -> Placed:
    done_on = firsts.get(step.key)
    if done_on is not None or step.kind not in WAY:
        return Placed(step, done_on)
    later = [firsts[key] for key in WAY[WAY.index(step.kind) + 1 :] if key in firsts]
    return Placed(step, min(later), True) if later else Placed(step, None)


def read_paths(body: Any, types: Collection[str], tiers: Collection[str]) -> list[Path]:
    """Read paths from JSON. Raises Invalid with a pointer for each problem; the last path must be for everybody."""
    checks = Checks("/paths")
    rows = body.get("paths") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not rows or len(rows) > MAX_PATHS or set(body) != {"paths"}:
        checks.refuse("", _("Give one path at least, and at most %(n)d.") % {"n": MAX_PATHS}, "out_of_range")
        checks.done()
    assert isinstance(rows, list)
    paths = [_read_path(row, Checks(f"/paths/{place}"), types, tiers, checks) for place, row in enumerate(rows)]
    keys = [path.key for path in paths]
    if len(set(keys)) < len(keys):
        checks.refuse("", _("Two paths have the same key."), "not_unique")
    if not paths[-1].is_for_all:
        message = _("The last path has to be for everybody, without types and tiers: somebody may match no other.")
        checks.refuse(str(len(paths) - 1), message, "not_for_all")
    checks.done()
    return paths


def _read_path(row: Any, mine: Checks, types: Collection[str], tiers: Collection[str], into: Checks) -> Path:
    row = _row(row, {"key", "name", "types", "tiers", "steps"}, mine)
    steps = row.get("steps")
    if not isinstance(steps, list) or not steps or len(steps) > MAX_STEPS:
        mine.refuse("steps", _("Give one step at least, and at most %(n)d.") % {"n": MAX_STEPS}, "out_of_range")
        steps = []
    read = [_read_step(one, Checks(f"{mine.prefix}/steps/{place}"), mine) for place, one in enumerate(steps)]
    keys = [step.key for step in read]
    if len(set(keys)) < len(keys):
        mine.refuse("steps", _("A step stands here twice."), "not_unique")
    path = Path(
        mine.key("key", _text(row, "key", mine), 40),
        mine.text("name", _text(row, "name", mine), 80, required=True),
        _known(row, "types", types, mine), _known(row, "tiers", tiers, mine), read,
    )  # fmt: skip
    into.problems += mine.problems
    return path


def _read_step(row: Any, mine: Checks, into: Checks) -> Step:
    row = _row(row, {"key", "kind", "who", "title", "text", "address", "due_days"}, mine)
    kind = mine.one_of("kind", _text(row, "kind", mine), KINDS)
    key = kind if kind in EVENTS else mine.key("key", _text(row, "key", mine), 40)
    if kind not in EVENTS and key in EVENTS:
        mine.refuse("key", _("This key belongs to a step that completes by itself."), "not_unique")
    who = "us" if kind == "payout" else mine.one_of("who", _text(row, "who", mine) or "partner", ("partner", "owner"))
    if who == "owner" and kind in _BY_THE_PARTNER:
        mine.refuse("who", _("Only the partner can do this."), "not_an_option")
    title = mine.text("title", _text(row, "title", mine), 120, required=kind == "own")
    step = Step(
        key, kind, who, title, mine.text("text", _text(row, "text", mine), 500, lines=True),  # type: ignore[arg-type]
        mine.web_address("address", _text(row, "address", mine), 500),
        mine.whole_number("due_days", row.get("due_days", 0), 0, MAX_DUE_DAYS),
    )  # fmt: skip
    into.problems += mine.problems
    return step


def _row(row: Any, known: set[str], checks: Checks) -> dict[str, Any]:
    if not isinstance(row, dict):
        checks.refuse("", _("An object is expected here."), "bad_type")
        return {}
    for name in row.keys() - known:
        checks.refuse(str(name), _("This is not known here."), "unknown_field")
    return row


def _text(row: Mapping[str, Any], name: str, checks: Checks) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        checks.refuse(name, _("A text is expected here."), "bad_type")
        return ""
    return value


def _known(row: Mapping[str, Any], name: str, options: Collection[str], checks: Checks) -> list[str]:
    values = row.get(name, [])
    if not isinstance(values, list) or any(not isinstance(value, str) for value in values):
        checks.refuse(name, _("A list of texts is expected here."), "bad_type")
        return []
    for value in values:
        if value not in options:
            checks.refuse(name, _("“%(name)s” is not known here.") % {"name": value[:40]}, "not_an_option")
    return list(dict.fromkeys(values))


def written(paths: Sequence[Path]) -> dict[str, Any]:
    """Return paths as JSON, as `read_paths` reads them."""
    return {
        "paths": [
            {
                "key": path.key, "name": path.name, "types": list(path.types), "tiers": list(path.tiers),
                "steps": [
                    {
                        "key": step.key, "kind": step.kind, "who": step.who, "title": step.title, "text": step.text,
                        "address": step.address, "due_days": step.due_days,
                    }
                    for step in path.steps
                ],
            }
            for path in paths
        ]
    }  # fmt: skip


def is_by_hand(step: Step) -> bool:
    """Say whether a person marks a step as done."""
    return step.kind in BY_HAND
