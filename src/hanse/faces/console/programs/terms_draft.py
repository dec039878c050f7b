"""A draft of terms as the editor holds it: texts of the form on one side, JSON on the other, errors at their fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.http import QueryDict

from hanse.faces.console.programs.terms_conditions import condition_of, rows_from_form, rows_from_json
from hanse.faces.console.programs.terms_values import amount_text, read_amount, read_number

KINDS = ("percent", "fixed", "ladder", "multiplier", "milestone", "cap", "floor", "fee", "referral", "benefit")
FOR_A_TIME = ("floor", "fee", "referral", "benefit")  # not about conversions: no goal and no condition
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
    "deliverable",
    "months",
    "name",
    "worth",
)
CLAUSE_FIELD = re.compile(r"clauses$|c\d+-")


@dataclass
class Draft:
    """One clause as texts. `tests` are the rows of its condition; `errors` are by field."""

    values: dict[str, str]
    steps: list[dict[str, str]] = field(default_factory=list)
    tests: list[dict[str, str]] = field(default_factory=list)
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
    while f"{prefix}s{len(steps)}-from" in post and len(steps) < 50:
        steps.append({name: post.get(f"{prefix}s{len(steps)}-{name}", "").strip()[:40] for name in ("from", "pays")})
    return Draft(values, steps, rows_from_form(post, prefix))


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def drafts_from_body(body: Mapping[str, Any], currency: str) -> list[Draft]:
    """Return stored terms as the editor shows them."""
    return [_draft_from_json(clause, currency) for clause in body.get("clauses", []) if clause.get("kind") in KINDS]


def _draft_from_json(clause: Mapping[str, Any], currency: str) -> Draft:
    values = {name: str(clause.get(name, "") if clause.get(name) is not None else "") for name in _SIMPLE}
    for name in ("amount", "at", "worth"):
        if name in clause and (name != "at" or clause.get("metric") == "value"):
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
    values["how"], tests = rows_from_json(clause.get("when"), currency)
    return Draft(values, steps, tests)


def _recurring_texts(recurring: object) -> dict[str, str]:
    if recurring == "life":
        return {"recur": "life", "recur_n": ""}
    if isinstance(recurring, Mapping):
        for name in ("months", "payments"):
            if name in recurring:
                return {"recur": name, "recur_n": str(recurring[name])}
    return {"recur": "", "recur_n": ""}


def _promise_texts(clause: Mapping[str, Any]) -> dict[str, str]:
    said = clause.get("due", "")
    accepted = str(said.get("deliverable", "")) if isinstance(said, Mapping) else ""
    due = "" if accepted else str(said)
    on_a_day = due not in ("", "signing")
    return {
        "carry": "yes" if clause.get("carry") else "",
        "due": "deliverable" if accepted else "date" if on_a_day else due,
        "due_on": due if on_a_day else "", "deliverable": accepted,
    }  # fmt: skip


def fields_of_drafts(drafts: list[Draft]) -> dict[str, str]:
    """Return the fields that a form with these clauses would send."""
    fields = {"clauses": str(len(drafts))}
    for index, draft in enumerate(drafts):
        fields |= {f"c{index}-{name}": value for name, value in draft.values.items() if value}
        for kind, rows in (("s", draft.steps), ("w", draft.tests)):
            for place, row in enumerate(rows):
                fields |= {f"c{index}-{kind}{place}-{name}": value for name, value in row.items()}
    return fields


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
    when = condition_of(draft.tests, said["how"], draft.errors, currency)
    return clause | ({"when": when} if when else {})


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
    if said["due"] == "deliverable":
        return {"amount": amount, "due": {"deliverable": said["deliverable"]}}
    return {"amount": amount, "due": said["due_on"] if said["due"] == "date" else "signing"}


def _referral(draft: Draft, _currency: str) -> dict[str, Any]:
    return {"rate": _rate(draft.values["rate"]), "months": read_number(draft.errors, "months", draft.values["months"])}


def _benefit(draft: Draft, currency: str) -> dict[str, Any]:
    said = draft.values
    worth = read_amount(draft.errors, "worth", said["worth"], currency)
    return {"name": said["name"], "worth": worth, "period": said["period"] or "quarter"}


_FIELDS = {
    "percent": _percent, "fixed": _fixed, "ladder": _ladder, "multiplier": _multiplier, "milestone": _milestone,
    "cap": _cap, "floor": _floor, "fee": _fee, "referral": _referral, "benefit": _benefit,
}  # fmt: skip


def _rate(text: str) -> str:
    text = text.replace(",", ".").replace(" ", "")
    return text if not text or text.endswith("%") else f"{text}%"
