"""Rules of terms: what may be written, which version counts at a moment, and its fingerprint."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.reading import ObjectReader
from hanse.programs.terms.reading import READERS, ClauseReader
from hanse.programs.terms.types import Clause, DatedTerms, Fee, Milestone, TermsBody

MAX_CLAUSES = 100


def parse_terms(body: object, *, currency: str, goals: Collection[str] | None) -> TermsBody:
    """Read terms from JSON (domain.md §13). `goals` None: any goal may be named.

    Raises Invalid with every problem and its pointer, like `/clauses/0/rate`. `currency` is that of all amounts.
    """
    problems: list[Problem] = []
    reader = ObjectReader(body, "", problems, ("clauses",))
    found = reader.array("clauses", MAX_CLAUSES)
    if not found and not problems:
        reader.refuse("clauses", _("needs at least one clause"), "required")
    clauses = [_parse_clause(value, index, problems, goals) for index, value in enumerate(found or ())]
    kept = tuple(clause for clause in clauses if clause is not None)
    if not problems:
        _refuse_twins(kept, problems)
    if problems:
        raise Invalid(problems)
    return TermsBody(kept)


def _parse_clause(value: object, index: int, problems: list[Problem], goals: Collection[str] | None) -> Clause | None:
    pointer = f"/clauses/{index}"
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in READERS:
        place = f"{pointer}/kind" if isinstance(value, dict) else pointer
        message = _("A clause says its kind, one of %(kinds)s.") % {"kinds": ", ".join(READERS)}
        problems.append(Problem(place, message, "unknown_kind" if isinstance(kind, str) else "required"))
        return None
    read, known = READERS[kind]
    before = len(problems)
    clause = read(ClauseReader(value, pointer, problems, known, goals), index + 1)
    return clause if len(problems) == before else None


def _refuse_twins(clauses: Iterable[Clause], problems: list[Problem]) -> None:
    """Refuse a second milestone of the same metric and mark: only one of them would ever be paid."""
    seen: set[tuple[str, int]] = set()
    for clause in clauses:
        if isinstance(clause, Milestone):
            if (clause.metric, clause.at) in seen:
                message = _("There is a milestone of this metric and mark already; it is paid once.")
                problems.append(Problem(f"/clauses/{clause.scope.number - 1}/at", message, "twice"))
            seen.add((clause.metric, clause.at))


def deliverables_in(body: TermsBody) -> dict[UUID, int]:
    """Return the deliverables whose acceptance pays a fee, each with the number of the first clause that says so."""
    found: dict[UUID, int] = {}
    for clause in body.clauses:
        if isinstance(clause, Fee) and isinstance(clause.due, UUID):
            found.setdefault(clause.due, clause.scope.number)
    return found


def body_hash(body: Mapping[str, object], legal_text: str) -> str:
    """Return the SHA-256 of what a partner reads and accepts: clauses and legal text, however the keys are ordered."""
    text = json.dumps([body, legal_text], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def choose_terms(
    rows: Iterable[DatedTerms], enrolment_id: UUID, tier_id: UUID | None, program_id: UUID, at: datetime
) -> DatedTerms | None:
    """Return the version that counts for an enrolment at a moment, or None.

    Negotiated terms go before those of the tier, those before the program's. Within each the version that started
    last is in force; one with an end falls back by itself to the version before it. Of two that start together the
    higher number counts.
    """
    best: tuple[int, datetime, int] | None = None
    chosen: DatedTerms | None = None
    for row in rows:
        rank = _rank(row, enrolment_id, tier_id, program_id)
        if not rank or not row.in_force(at):
            continue
        weight = (rank, row.starts_at, row.number)
        if best is None or weight > best:
            best, chosen = weight, row
    return chosen


def _rank(row: DatedTerms, enrolment_id: UUID, tier_id: UUID | None, program_id: UUID) -> int:
    if row.program_id != program_id:
        return 0
    if row.enrolment_id is not None:
        return 3 if row.enrolment_id == enrolment_id else 0
    if row.tier_id is not None:
        return 2 if row.tier_id == tier_id else 0
    return 1
