"""A partner's links, codes and terms, as the partner page writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from hanse.growth.deliverables.queries import titles_in
from hanse.insight.partner.queries import brought, clicks_since
from hanse.insight.partner.types import Brought
from hanse.kernel.ids import text_id
from hanse.programs.domains.queries import link_base
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import as_dated
from hanse.programs.terms.rules import choose_terms
from hanse.programs.terms.sentences import sentences
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link or a code, with what it brought lately. A code has no clicks of its own."""

    key: str
    name: str
    text: str
    note: str
    clicks: int | None
    brought: Brought
    is_code: bool


@dataclass(frozen=True, slots=True)
class TermsWords:
    """The terms in force as sentences; none: nothing is earned."""

    text_id: str
    number: int
    clauses: Sequence[str]
    is_own: bool
    is_tiers: bool


def link_rows(enrolment: Enrolment, links: Sequence[Link], coupons: Sequence[Coupon], since: date) -> list[LinkRow]:
    """Return an enrolment's links and codes, those that brought most first. Three queries."""
    base = link_base(enrolment.program_id)
    clicked = clicks_since([link.number for link in links], since)
    by_link, by_code = brought(enrolment.id, since)
    rows = [
        LinkRow(
            str(link.id), f"/{link.slug}", f"{base}/{link.slug}", link.label or link.initiative,
            clicked.get(link.number, 0), by_link.get(link.number, Brought()), False,
        )
        for link in links
    ]  # fmt: skip
    rows += [
        LinkRow(str(code.id), code.code, code.code, code.description, None, by_code.get(code.code, Brought()), True)
        for code in coupons
    ]
    return sorted(rows, key=lambda row: (-row.brought.sales, -(row.clicks or 0), row.name))[:_SHOWN]


def terms_words(program: Program, enrolment: Enrolment, at: datetime) -> TermsWords | None:
    """Return what an enrolment earns now, as sentences."""
    rows = (
        Terms.objects.filter(program=program)
        .select_related("program")
        .filter(Q(enrolment=enrolment) | Q(enrolment=None))
    )
    terms = choose_terms([as_dated(row) for row in rows], enrolment.id, enrolment.tier_id, program.id, at)
    if terms is None:
        return None
    names = {goal.key: goal.name for goal in goals_of(program.id)}
    clauses = sentences(terms.body, program.currency, names, titles_in([terms.body]))
    return TermsWords(
        text_id("trm", terms.id), terms.number, clauses, terms.enrolment_id is not None, terms.tier_id is not None
    )
