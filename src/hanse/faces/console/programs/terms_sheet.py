"""The sheet of the terms editor: all clauses with name, dates and reason, read from the form or from stored terms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from hanse.faces.console.programs.terms_conditions import add_row, place_of, remove_row
from hanse.faces.console.programs.terms_draft import KINDS, Draft, body_of_drafts, drafts_from_body, drafts_from_form
from hanse.faces.console.programs.terms_scope import Scope
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.types import TermsBody

_PLACE = re.compile(r"/clauses/(\d+)(?:/(.*))?")
_NEW: dict[str, dict[str, Any]] = {
    "percent": {"kind": "percent", "rate": "10%", "goal": "sale"},
    "fixed": {"kind": "fixed", "amount": 500, "per": "conversion"},
    "ladder": {
        "kind": "ladder", "metric": "value", "period": "month", "mode": "marginal",
        "steps": [{"from": 0, "rate": "8%"}, {"from": 100000, "rate": "10%"}],
    },
    "multiplier": {
        "kind": "multiplier", "factor": "2", "when": {"field": "customer.is_new", "op": "eq", "value": True},
    },
    "milestone": {"kind": "milestone", "metric": "count", "at": 1, "amount": 5000},
    "cap": {"kind": "cap", "per": "period", "period": "month", "amount": 100000},
    "floor": {"kind": "floor", "amount": 100000, "period": "quarter", "mode": "greater_of"},
    "fee": {"kind": "fee", "amount": 50000, "due": "signing"},
    "referral": {"kind": "referral", "rate": "10%", "months": 12},
    "benefit": {"kind": "benefit", "name": "", "worth": 5000, "period": "quarter"},
}  # fmt: skip


@dataclass
class Sheet:
    """What the editor holds. `terms` is None while something is wrong; `as_json` shows the JSON view."""

    drafts: list[Draft]
    body: dict[str, Any]
    terms: TermsBody | None
    name: str
    reason: str
    legal_text: str
    starts: str
    ends: str
    starts_at: datetime
    ends_at: datetime | None
    starts_today: bool
    message: str = ""
    expires: str = ""
    expires_at: datetime | None = None
    as_json: bool = False
    json_text: str = ""
    json_error: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Say whether something must be corrected first."""
        return self.terms is None or bool(self.errors)

    def refuse(self, code: str, words: str) -> None:
        """Note why it was not published: beside the day where the start is what stands in the way."""
        self.refusals.append(words)
        if code in ("would_earn_less", "starts_in_the_past", "needs_notice"):
            self.errors["starts"] = words


def sheet_from_terms(scope: Scope, program: Program, now: datetime, proposed: dict[str, Any] | None = None) -> Sheet:
    """Begin with what was proposed, else with what counts for the scope now, else with one percentage."""
    body = proposed or (scope.shown.body if scope.shown else {"clauses": [_new("percent", program)]})
    own = scope.own
    return _sheet(
        program, now, drafts_from_body(body, program.currency), name=own.name if own else "", reason="",
        legal_text=scope.shown.legal_text if scope.shown else "", ends="",
        starts=local_day(now, program.time_zone).isoformat(),
    )  # fmt: skip


def sheet_from_form(post: QueryDict, program: Program, now: datetime) -> Sheet:
    """Read the sent form and do to the clauses what its button says."""
    drafts, json_error = drafts_from_form(post), ""
    json_text, does = post.get("json", ""), post.get("do", "")
    if post.get("view") == "json":
        drafts, json_error = _drafts_from_json(json_text, program)
    _rearrange(drafts, does, program)
    sheet = _sheet(
        program, now, drafts, name=post.get("name", "")[:120], reason=post.get("reason", "")[:2000],
        legal_text=post.get("legal_text", "")[:100_000], starts=post.get("starts", ""), ends=post.get("ends", ""),
        message=post.get("message", "")[:5000], expires=post.get("expires", ""),
    )  # fmt: skip
    sheet.as_json = does == "json" or (post.get("view") == "json" and does != "sentences") or bool(json_error)
    sheet.json_text = json_text if json_error else sheet.json_text
    sheet.json_error = json_error
    if json_error:
        sheet.terms = None
    return sheet


def _drafts_from_json(text: str, program: Program) -> tuple[list[Draft], str]:
    try:
        body = json.loads(text)
    except ValueError as error:
        return [], _("This is not JSON: %(error)s") % {"error": error}
    try:
        parse_terms(body, currency=program.currency, goals={goal.key for goal in goals_of(program.pk)})
    except Invalid as invalid:
        return [], " ".join(f"{problem.pointer}: {problem.message}" for problem in invalid.problems[:8])
    return drafts_from_body(body, program.currency), ""


def _rearrange(drafts: list[Draft], does: str, program: Program) -> None:
    """Add, move or remove a clause, a step or a condition: `add:percent`, `up:2`, `step:1`, `group:0`, `untest:0:3`."""
    what, _sep, rest = does.partition(":")
    if what == "add" and rest in KINDS:
        drafts += drafts_from_body({"clauses": [_new(rest, program)]}, program.currency)
        return
    places = [int(part) for part in rest.split(":") if part.isascii() and part.isdigit() and len(part) < 4]
    if not places or places[0] >= len(drafts):
        return
    at = places[0]
    if what == "up" and at > 0:
        drafts[at - 1], drafts[at] = drafts[at], drafts[at - 1]
    elif what == "down" and at + 1 < len(drafts):
        drafts[at + 1], drafts[at] = drafts[at], drafts[at + 1]
    elif what == "remove":
        del drafts[at]
    elif what == "step":
        drafts[at].steps.append({"from": "", "pays": ""})
    elif what in ("test", "group") and (len(places) == 1 or places[1] < len(drafts[at].tests)):
        add_row(drafts[at].tests, places[1] if len(places) > 1 else None, group=what == "group")
    elif what == "unstep" and len(places) > 1:
        del drafts[at].steps[places[1] : places[1] + 1]
    elif what == "untest" and len(places) > 1:
        remove_row(drafts[at].tests, places[1])


def _new(kind: str, program: Program) -> dict[str, Any]:
    clause = dict(_NEW[kind])
    if clause.get("goal") not in {goal.key for goal in goals_of(program.pk)}:
        clause.pop("goal", None)
    return clause


def _sheet(
    program: Program, now: datetime, drafts: list[Draft], *, name: str, reason: str, legal_text: str, starts: str,
    ends: str, message: str = "", expires: str = "",
) -> Sheet:  # fmt: skip
    errors: dict[str, str] = {}
    today = local_day(now, program.time_zone)
    first, last = _day(starts, "starts", errors) or today, _day(ends, "ends", errors)
    answer_by = _day(expires, "expires", errors)
    body = body_of_drafts(drafts, program.currency)
    terms = _parsed(body, drafts, program)
    return Sheet(
        drafts=drafts, body=body, terms=terms, name=name, reason=reason, legal_text=legal_text, starts=starts,
        ends=ends, starts_at=day_starts_at(first, program.time_zone), starts_today=first == today,
        ends_at=_after(last, program) if last else None,
        message=message, expires=expires, expires_at=_after(answer_by, program) if answer_by else None,
        json_text=json.dumps(body, indent=2, ensure_ascii=False), errors=errors,
    )  # fmt: skip


def _after(day: date, program: Program) -> datetime:
    return day_starts_at(day + timedelta(days=1), program.time_zone)


def _day(text: str, place: str, errors: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        errors[place] = _("A date is written like 2026-12-31.")
        return None


def _parsed(body: dict[str, Any], drafts: list[Draft], program: Program) -> TermsBody | None:
    goals = {goal.key for goal in goals_of(program.pk)}
    try:
        terms = parse_terms(body, currency=program.currency, goals=goals)
    except Invalid as invalid:
        _place_problems(invalid.problems, drafts)
        return None
    return None if any(draft.errors for draft in drafts) else terms


def _place_problems(problems: Iterable[Problem], drafts: list[Draft]) -> None:
    for problem in problems:
        found = _PLACE.match(problem.pointer)
        if found and int(found[1]) < len(drafts):
            draft = drafts[int(found[1])]
            place = _field(found[2] or "", draft)
            draft.errors.setdefault(place, _for_people(problem))


def _for_people(problem: Problem) -> str:
    """Return a problem's sentence without the pointer that programs read."""
    text = problem.message.removeprefix(problem.pointer).strip()
    return text[:1].upper() + text[1:]


def _field(rest: str, draft: Draft) -> str:
    parts = rest.split("/")
    if parts[0] == "steps" and len(parts) > 2:
        return f"s{parts[1]}-{'from' if parts[2] == 'from' else 'pays'}"
    if parts[0] == "when":
        return f"w{place_of(draft.tests, parts[1:])}"
    return {"recurring": "recur_n"}.get(parts[0], parts[0] or "kind")
