"""A draft of terms as the editor holds it: texts of the form on one side, JSON on the other, errors at their fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.http import QueryDict

from hanse.faces.console.programs.terms_values import amount_text, read_amount, read_number, read_test, test_text

KINDS = ("percent", "fixed", "ladder", "multiplier", "milestone", "cap", "floor", "fee")
FOR_A_TIME = ("floor", "fee")  # owed for a time: no goal and no condition
MONEY_FIELDS = frozenset(("line.amount", "order.amount", "enrolment.value"))
_SIMPLE = (
    "kind",
    "goal",
    "rate",
    "amount",
    "per",
    "recur",
    "recur_n",
    "factor",
    "metric",
    "at",
    "period",
    "count",
    "mode",
    "how",
    "carry",
    "due",
    "due_on",
)


@dataclass
class Draft:
    """One clause as texts. `nested` is a condition that only JSON can hold; `errors` are by field."""

    values: dict[str, str]
    steps: list[dict[str, str]] = field(default_factory=list)
    tests: list[dict[str, str]] = field(default_factory=list)
    nested: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Which sort of clause it is."""
        return self.values["kind"]


def drafts_from_form(post: QueryDict) -> list[Draft]:
    """Read the clauses of a sent form, in order."""
    return [_draft_from_form(post, f"c{index}-") for index in range(min(100, _count(post.get("clauses", ""))))]


def _draft_from_form(post: QueryDict, prefix: str) -> Draft:
    values = {name: post.get(prefix + name, "").strip()[:200] for name in _SIMPLE}
    values["kind"] = values["kind"] if values["kind"] in KINDS else "percent"
    steps: list[dict[str, str]] = []
    tests: list[dict[str, str]] = []
    while f"{prefix}s{len(steps)}-from" in post and len(steps) < 50:
        steps.append({name: post.get(f"{prefix}s{len(steps)}-{name}", "").strip()[:40] for name in ("from", "pays")})
    while f"{prefix}w{len(tests)}-field" in post and len(tests) < 30:
        place = f"{prefix}w{len(tests)}-"
        tests.append({name: post.get(place + name, "").strip()[:500] for name in ("field", "name", "op", "value")})
    return Draft(values, steps, tests, post.get(prefix + "nested", "")[:20_000])


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def drafts_from_body(body: Mapping[str, Any], currency: str) -> list[Draft]:
    """Return stored terms as the editor shows them."""
    return [_draft_from_json(clause, currency) for clause in body.get("clauses", []) if clause.get("kind") in KINDS]


def _draft_from_json(clause: Mapping[str, Any], currency: str) -> Draft:
    values = {name: str(clause.get(name, "") if clause.get(name) is not None else "") for name in _SIMPLE}
    values["how"] = "all"
    for name in ("amount", "at"):
        if name in clause and (name == "amount" or clause.get("metric") == "value"):
            values[name] = amount_text(clause[name], currency)
    values |= _recurring_texts(clause.get("recurring")) | _promise_texts(clause)
    by_value = clause.get("metric") == "value"
    steps = [
        {
            "from": amount_text(step["from"], currency) if by_value else str(step["from"]),
            "pays": step["rate"] if "rate" in step else amount_text(step["amount"], currency),
        }
        for step in clause.get("steps", ())
    ]
    draft = Draft(values, steps)
    _take_condition(draft, clause.get("when"), currency)
    return draft


def _recurring_texts(recurring: object) -> dict[str, str]:
    if recurring == "life":
        return {"recur": "life", "recur_n": ""}
    if isinstance(recurring, Mapping):
        for name in ("months", "payments"):
            if name in recurring:
                return {"recur": name, "recur_n": str(recurring[name])}
    return {"recur": "", "recur_n": ""}


def _promise_texts(clause: Mapping[str, Any]) -> dict[str, str]:
    due = str(clause.get("due", ""))
    on_a_day = due not in ("", "signing")
    return {
        "carry": "yes" if clause.get("carry") else "", "due": "date" if on_a_day else due,
        "due_on": due if on_a_day else "",
    }  # fmt: skip


def _take_condition(draft: Draft, when: object, currency: str) -> None:
    if not isinstance(when, Mapping):
        return
    how = "any" if "any" in when else "all"
    tests = when.get(how) if how in when else [when]
    if any(not isinstance(test, Mapping) or "field" not in test for test in tests or ()):
        draft.nested = json.dumps(when, ensure_ascii=False)
        return
    draft.values["how"] = how
    draft.tests = [test_text(test, currency) for test in tests or ()]


def body_of_drafts(drafts: list[Draft], currency: str) -> dict[str, Any]:
    """Return the drafts as JSON; what cannot be read is noted at its field and left as it was typed."""
    return {"clauses": [_clause(draft, currency) for draft in drafts]}


def _clause(draft: Draft, currency: str) -> dict[str, Any]:
    said = draft.values
    clause: dict[str, Any] = {"kind": draft.kind}
    if said["goal"] and draft.kind not in FOR_A_TIME:
        clause["goal"] = said["goal"]
    clause |= _FIELDS[draft.kind](draft, currency)
    if draft.kind in ("percent", "fixed") and said["recur"]:
        clause["recurring"] = (
            "life" if said["recur"] == "life" else {said["recur"]: read_number(draft.errors, "recur", said["recur_n"])}
        )
    when = _when(draft, currency)
    return clause | ({"when": when} if when else {})


def _when(draft: Draft, currency: str) -> Any:
    if draft.nested:
        try:
            return json.loads(draft.nested)
        except ValueError:
            return None
    tests = [read_test(draft.errors, index, test, currency) for index, test in enumerate(draft.tests)]
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else {"any" if draft.values["how"] == "any" else "all": tests}


def _percent(draft: Draft, _currency: str) -> dict[str, Any]:
    return {"rate": _rate(draft.values["rate"])}


def _fixed(draft: Draft, currency: str) -> dict[str, Any]:
    amount = read_amount(draft.errors, "amount", draft.values["amount"], currency)
    return {"amount": amount, "per": draft.values["per"] or "conversion"}


def _ladder(draft: Draft, currency: str) -> dict[str, Any]:
    said, steps = draft.values, []
    by_amount = partial(read_amount, currency=currency)
    for index, step in enumerate(draft.steps):
        read_start = read_number if said["metric"] == "count" else by_amount
        start = read_start(draft.errors, f"s{index}-from", step["from"])
        if said["mode"] == "bonus":
            steps.append({"from": start, "amount": read_amount(draft.errors, f"s{index}-pays", step["pays"], currency)})
        else:
            steps.append({"from": start, "rate": _rate(step["pays"])})
    return {
        "metric": said["metric"] or "value", "period": said["period"] or "month", "mode": said["mode"] or "marginal",
        "steps": steps,
    }  # fmt: skip


def _multiplier(draft: Draft, _currency: str) -> dict[str, Any]:
    return {"factor": draft.values["factor"].replace(",", ".")}


def _milestone(draft: Draft, currency: str) -> dict[str, Any]:
    said = draft.values
    by_value = said["metric"] == "value"
    at: Any = (
        read_amount(draft.errors, "at", said["at"], currency)
        if by_value
        else read_number(draft.errors, "at", said["at"])
    )
    return {
        "metric": said["metric"] or "count", "at": at,
        "amount": read_amount(draft.errors, "amount", said["amount"], currency),
    }  # fmt: skip


def _cap(draft: Draft, currency: str) -> dict[str, Any]:
    said = draft.values
    cap: dict[str, Any] = {"per": said["per"] or "period"}
    if cap["per"] == "period":
        cap["period"] = said["period"] or "month"
    if said["count"] and not said["amount"]:
        return cap | {"count": read_number(draft.errors, "count", said["count"])}
    return cap | {"amount": read_amount(draft.errors, "amount", said["amount"], currency)}


def _floor(draft: Draft, currency: str) -> dict[str, Any]:
    said = draft.values
    floor = {
        "amount": read_amount(draft.errors, "amount", said["amount"], currency), "period": said["period"] or "quarter",
        "mode": said["mode"] or "added",
    }  # fmt: skip
    return floor | ({"carry": True} if said["carry"] == "yes" else {})


def _fee(draft: Draft, currency: str) -> dict[str, Any]:
    said = draft.values
    amount = read_amount(draft.errors, "amount", said["amount"], currency)
    return {"amount": amount, "due": said["due_on"] if said["due"] == "date" else "signing"}


_FIELDS = {
    "percent": _percent, "fixed": _fixed, "ladder": _ladder, "multiplier": _multiplier, "milestone": _milestone,
    "cap": _cap, "floor": _floor, "fee": _fee,
}  # fmt: skip


def _rate(text: str) -> str:
    text = text.replace(",", ".").replace(" ", "")
    return text if not text or text.endswith("%") else f"{text}%"
