"""What either side is told by mail about a proposal of terms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hanse.growth.deliverables.queries import titles_in
from hanse.growth.negotiations.models import Proposal
from hanse.kernel.ids import text_id
from hanse.people.access.queries import team
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.sentences import sentences
from hanse.spine.outbox.actions import absolute_url, portal_address
from hanse.spine.outbox.letters import Letter, send_letter

_MAY_ANSWER = ("owner", "manager")


def send_proposal(proposal: Proposal, now: datetime) -> None:
    """Tell the other side that there is something to answer."""
    for person, language, key in _readers(proposal.enrolment, to_team=proposal.side == "partner"):
        with translation.override(language):
            letter = _proposal_letter(proposal)
        send_letter(letter, f"proposal:{proposal.pk}:{key}", to=person, language=language, now=now)


def send_answer(proposal: Proposal, now: datetime) -> None:
    """Tell the side that proposed how it was answered; a withdrawal goes to the side that was asked."""
    to_team = (proposal.side == "team") is not (proposal.answer == "withdrawn")
    for person, language, key in _readers(proposal.enrolment, to_team=to_team):
        with translation.override(language):
            letter = _answer_letter(proposal, to_team=to_team)
        send_letter(letter, f"proposal-answer:{proposal.pk}:{key}", to=person, language=language, now=now)


def _readers(enrolment: Enrolment, *, to_team: bool) -> list[tuple[str, str, UUID]]:
    """Return address, language and id of whoever reads: the partner, or its owner in the team, else all who decide."""
    partner = enrolment.partner
    if not to_team:
        return [(partner.email, partner.language or "en", partner.pk)]
    people = [one for one in team() if one.role in _MAY_ANSWER and one.is_active]
    own = [one for one in people if one.pk == partner.owner_id]
    return [(one.email, one.language or "en", one.pk) for one in own or people]


def _proposal_letter(proposal: Proposal) -> Letter:
    program, partner = proposal.enrolment.program, proposal.enrolment.partner
    body = parse_terms(proposal.body, currency=program.currency, goals=None)
    people = {"program": program.name, "partner": partner.name}
    names = {goal.key: goal.name for goal in goals_of(program.pk)}
    said = sentences(body, program.currency, names, titles_in([body]))
    by_team = proposal.side == "team"
    subject = _("New terms proposed for you by %(program)s") if by_team else _("%(partner)s proposes other terms")
    until = ""
    if proposal.expires_at is not None:
        until = _("Please answer by %(day)s.") % {"day": date_format(proposal.expires_at, "DATE_FORMAT")}
    return Letter(
        subject=subject % people,
        paragraphs=tuple(part for part in (proposal.message, proposal.reason) if part)
        or (_("Nothing changes before both sides have agreed."),),
        facts_title=_("What is proposed"),
        facts=tuple((str(place), text) for place, text in enumerate(said, 1)),
        link_label=_("Read and answer"),
        link=_address(proposal, to_team=not by_team),
        closing=until,
        sender=program.name,
        kicker=_("partner program"),
    )


def _answer_letter(proposal: Proposal, *, to_team: bool) -> Letter:
    program, partner = proposal.enrolment.program, proposal.enrolment.partner
    who = partner.name if to_team else program.name
    subject = {
        "accepted": _("%(who)s accepted the proposed terms"),
        "declined": _("%(who)s declined the proposed terms"),
        "withdrawn": _("%(who)s withdrew the proposed terms"),
    }[proposal.answer] % {"who": who}
    signed = _("Both sides have signed. The new terms are kept with your agreements.")
    text = signed if proposal.answer == "accepted" else proposal.answer_reason or _("What was agreed before stays.")
    return Letter(
        subject=subject, paragraphs=(text,), link_label=_("See the terms"),
        link=_address(proposal, to_team=to_team), sender=program.name, kicker=_("partner program"),
    )  # fmt: skip


def _address(proposal: Proposal, *, to_team: bool) -> str:
    slug = proposal.enrolment.program.slug
    if to_team:
        return absolute_url(f"/console/agreements/{text_id('enr', proposal.enrolment_id)}")
    return portal_address("/p/terms", slug)
