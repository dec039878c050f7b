"""A negotiation as both sides read it: each proposal in sentences, what it changes, and how it was answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hanse.faces.common.goals import goal_names
from hanse.growth.deliverables.queries import titles_in
from hanse.growth.negotiations.models import Proposal
from hanse.growth.negotiations.queries import body_of_proposal
from hanse.growth.negotiations.rules import state_of
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.programs.terms.differences import Difference, differences
from hanse.programs.terms.sentences import sentences
from hanse.programs.terms.types import TermsBody


@dataclass(frozen=True, slots=True)
class ProposalView:
    """One proposal for a page."""

    proposal: Proposal
    id: str
    state: str
    state_words: str
    css: str
    lines: Sequence[str]
    changes: Sequence[Difference]
    terms_id: str


def views_of(
    program: Program, proposals: Iterable[Proposal], current: TermsBody | None, now: datetime
) -> list[ProposalView]:
    """Return proposals for a page; one that waits differs from what counts now, others from what they answered."""
    names = goal_names(program.pk)
    rows = list(proposals)
    bodies = {row.pk: body_of_proposal(row) for row in rows}
    titles = titles_in(bodies.values())
    found = []
    for row in rows:
        state = state_of(row.answer, row.answer_reason, row.expires_at, now)
        is_open = state == "open"
        before = current if is_open else bodies.get(row.counters_id) if row.counters_id else None
        found.append(
            ProposalView(
                row, text_id("prp", row.pk), state, state_words(state), _CSS.get(state, ""),
                sentences(bodies[row.pk], program.currency, names, titles),
                differences(before, bodies[row.pk], program.currency, names) if is_open or before else [],
                text_id("trm", row.terms_id) if row.terms_id else "",
            )
        )  # fmt: skip
    return found


_CSS = {"open": "ochre", "accepted": "sea"}


def state_words(state: str) -> str:
    """Say how a proposal stands."""
    return {
        "open": _("Waiting for an answer"), "expired": _("Expired"), "accepted": _("Accepted"),
        "declined": _("Declined"), "countered": _("Answered with other terms"), "withdrawn": _("Withdrawn"),
    }[state]  # fmt: skip
