"""The rows of the terms editor: each clause's sentence, its steps and conditions, with what is wrong beside it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hanse.faces.console.programs.terms_draft import FOR_A_TIME, Draft
from hanse.faces.console.programs.terms_slots import Choices, choice, entry, sentence
from hanse.kernel.conditions import MAX_LEVELS
from hanse.programs.terms.conditions_in_words import field_words
from hanse.programs.terms.reading import FIELDS

_OF_TEXTS = ("in", "not_in", "eq", "ne", "contains", "starts_with", "ends_with", "exists")
_ALLOWED = {
    "number": ("gte", "gt", "lte", "lt", "eq", "ne", "in", "not_in", "exists"),
    "boolean": ("eq", "exists"),
    "texts": ("contains", "in", "not_in", "exists"),
    "country": ("in", "not_in", "eq", "ne", "exists"),
    "any": (*_OF_TEXTS, "gte", "gt", "lte", "lt"),
}


@dataclass(frozen=True, slots=True)
class TestRow:
    """One row of a condition: a test, or a group that its members follow, one level deeper."""

    place: int
    level: str
    words: SafeString
    is_group: bool
    takes_group: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One clause as the template writes it. `steps` are sentences with slots; `tests` the rows of its condition."""

    index: int
    number: int
    kind: str
    note: str
    sentence: SafeString
    steps: list[SafeString]
    tests: list[TestRow]
    how: SafeString
    errors: list[str]
    takes_conditions: bool


def rows_of(drafts: list[Draft], choices: Choices) -> list[Row]:
    """Return the editor's rows."""
    return [
        Row(
            index, index + 1, draft.kind, _note(draft.kind), sentence(draft, index, choices),
            [_step(draft, index, place, choices) for place in range(len(draft.steps) if draft.kind == "ladder" else 0)],
            [_test(draft, index, place) for place in range(len(draft.tests))], _how(draft, index),
            list(dict.fromkeys(draft.errors.values())), draft.kind not in FOR_A_TIME,
        )
        for index, draft in enumerate(drafts)
    ]  # fmt: skip


def _note(kind: str) -> str:
    return {
        "ladder": _("From the amount on, not at it: a total exactly at a step is still on the lower one."),
        "multiplier": _("Multipliers multiply each other; the result is rounded once a line."),
        "cap": _("Comes after everything else of its kind."),
        "floor": _("Those who come or leave inside a period get it by days. Counted anew when orders change."),
        "fee": _("Paid once, even if later versions say it again."),
        "referral": _("Paid by the program, never out of what the recruited partner earns."),
        "benefit": _("No money: both sides see what is owed and what was delivered."),
    }.get(kind, "")


def _step(draft: Draft, index: int, place: int, choices: Choices) -> SafeString:
    step, prefix = draft.steps[place], f"c{index}-s{place}-"
    start = entry(prefix + "from", step["from"], _("From"), bad=f"s{place}-from" in draft.errors)
    pays = entry(prefix + "pays", step["pays"], _("Pays"), bad=f"s{place}-pays" in draft.errors)
    if draft.values["metric"] != "count":
        start = format_html("{} {}", start, choices.currency)
    if draft.values["mode"] == "bonus":
        pays = format_html("{} {}", pays, choices.currency)
    return format_html(_("from {start} on: {pays}"), start=start, pays=pays)


def _test(draft: Draft, index: int, place: int) -> TestRow:
    row = draft.tests[place]
    if "how" not in row:
        return TestRow(place, row["level"], _one_test(draft, index, place), is_group=False, takes_group=False)
    words = format_html("{}:", choice(f"c{index}-w{place}-how", row["how"], _hows(), _("All or one")))
    return TestRow(place, row["level"], words, is_group=True, takes_group=int(row["level"]) + 1 < MAX_LEVELS)


def _one_test(draft: Draft, index: int, place: int) -> SafeString:
    test, prefix = draft.tests[place], f"c{index}-w{place}-"
    bad = f"w{place}" in draft.errors
    about_lines = draft.kind != "cap"
    names = [name for name in FIELDS if about_lines or not name.startswith("line.")]
    options = [(name, _("a field of the order") if name == "metadata.*" else field_words(name)) for name in names]
    chosen = choice(prefix + "field", test["field"], options, _("What is tested"), redraw=True)
    own = entry(prefix + "name", test["name"], _("Name of the field")) if test["field"] == "metadata.*" else ""
    operator = choice(prefix + "op", test["op"], _operators(test["field"]), _("How it is tested"), redraw=True)
    return format_html("{} {} {} {}", chosen, own, operator, _test_value(prefix, test, bad))


def _test_value(prefix: str, test: dict[str, str], bad: bool) -> SafeString:
    if test["op"] == "exists" or FIELDS.get(test["field"]) == "boolean":
        return choice(
            prefix + "value", test["value"] or "yes", [("yes", _("yes")), ("no", _("no"))], _("Value"), bad=bad
        )
    return entry(prefix + "value", test["value"], _("Value; several with commas"), wide=True, bad=bad)


def _operators(name: str) -> list[tuple[str, str]]:
    words = {
        "eq": _("is"), "ne": _("is not"), "in": _("is one of"), "not_in": _("is none of"), "gt": _("is more than"),
        "gte": _("is at least"), "lt": _("is less than"), "lte": _("is at most"), "contains": _("contains"),
        "starts_with": _("begins with"), "ends_with": _("ends with"), "exists": _("is known"),
    }  # fmt: skip
    allowed = _ALLOWED.get(FIELDS.get(name, "text"), _OF_TEXTS)
    return [(key, words[key]) for key in allowed]


def _how(draft: Draft, index: int) -> SafeString:
    if sum(row["level"] == "1" for row in draft.tests) < 2:
        return SafeString("")
    return choice(f"c{index}-how", draft.values["how"] or "all", _hows(), _("All or one"))


def _hows() -> list[tuple[str, str]]:
    return [("all", _("all of these hold")), ("any", _("one of these holds"))]
