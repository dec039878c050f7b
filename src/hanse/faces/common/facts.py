"""Facts as pages of both faces write them: the sentence, its period and its n, and where to check it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.common.reader import reader
from hanse.insight.facts.kinds import KINDS
from hanse.insight.facts.queries import facts_of
from hanse.insight.facts.types import FoundFact
from hanse.insight.facts.words import sentence_of, title_of
from hanse.programs.enrolments.models import Enrolment


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact as a page writes it: `basis` says its period and its n, `check_href` where the partner can check it."""

    kind: str
    title: str
    text: str
    basis: str
    check_href: str
    is_for_team: bool


def fact_lines(enrolment: Enrolment, currency: str, *, limit: int = 50, for_partner: bool = False) -> list[FactLine]:
    """Return the facts of an enrolment in words, the best to tell first; for a partner only those meant for them."""
    facts = facts_of([enrolment.pk]).get(enrolment.pk, [])
    if for_partner:
        facts = [fact for fact in facts if KINDS[fact.kind].shown_to == "partner"]
    return [_line(fact, currency) for fact in facts[:limit]]


def basis_of(fact: FoundFact) -> str:
    """Return the period and on how many cases a fact rests: `24 Aug–21 Nov 2026 · from 132 cases`."""
    now = reader()
    days = fmt.day_range(fact.period_from, fact.period_to, now.language)
    cases = ngettext("from %(n)s case", "from %(n)s cases", fact.n) % {"n": fmt.number(fact.n, now.language)}
    return f"{days} · {cases}"


def _line(fact: FoundFact, currency: str) -> FactLine:
    kind = KINDS[fact.kind]
    return FactLine(
        fact.kind, title_of(fact.kind), sentence_of(fact, currency), basis_of(fact), href(f"portal:{kind.page}"),
        kind.shown_to == "team",
    )  # fmt: skip
