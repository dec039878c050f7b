"""Agreements in the making: terms proposed to a partner, and every answer until both sides have signed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, refer
from hanse.faces.api.values import Input, Instant, Output, Page, Text, shown_id
from hanse.growth.deliverables.queries import titles_in
from hanse.growth.negotiations import actions
from hanse.growth.negotiations.actions import Offered
from hanse.growth.negotiations.models import Proposal
from hanse.growth.negotiations.queries import body_of_proposal
from hanse.growth.negotiations.rules import state_of
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.terms.sentences import sentences

router = Router(tags=["Terms and agreements"])
State = Literal["open", "expired", "accepted", "declined", "countered", "withdrawn"]
Words = Annotated[Text, Field(max_length=5000)]


class ProposalOut(Output):
    """Terms that one side offers the other. `terms` is the version that came of it, once both have signed."""

    id: str
    enrolment: str
    side: str
    state: State
    counters: str | None
    body: dict[str, Any]
    body_hash: str
    sentences: list[str]
    legal_text: str
    reason: str
    message: str
    starts_at: Instant | None
    ends_at: Instant | None
    expires_at: Instant | None
    created_by: str
    created_at: Instant
    answered_by: str
    answered_at: Instant | None
    answer_reason: str
    evidence: str
    terms: str | None


class ProposalPage(Page):
    """A page of proposals."""

    data: list[ProposalOut]


class OfferedIn(Input):
    """What is proposed. Without `starts_at` it begins when it is accepted; `ends_at`: earlier terms return then."""

    body: dict[str, Any]
    reason: Words = ""
    message: Words = ""
    legal_text: Annotated[Text, Field(max_length=200_000)] = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    expires_at: Instant | None = None

    def offered(self) -> Offered:
        """Return it as the verbs take it."""
        return Offered(
            self.body, self.reason, self.message, self.legal_text, self.starts_at, self.ends_at, self.expires_at
        )


class ProposalIn(OfferedIn):
    """Terms to propose to one enrolment. The key signs for the program."""

    enrolment: Text


class AcceptIn(Input):
    """An acceptance. On behalf of the partner it names who accepted and what proves it."""

    accepted_by: Annotated[Text, Field(max_length=200)] = ""
    evidence: Annotated[Text, Field(max_length=2000)] = ""


class DeclineIn(Input):
    """A refusal with its reason; for the partner's side it names who said so."""

    reason: Annotated[Text, Field(min_length=1, max_length=2000)]
    declined_by: Annotated[Text, Field(max_length=200)] = ""


def proposal_out(row: Proposal) -> ProposalOut:
    """Show a proposal; its enrolment's program is loaded."""
    program, body = row.enrolment.program, body_of_proposal(row)
    return ProposalOut(
        id=text_id("prp", row.pk), enrolment=text_id("enr", row.enrolment_id), side=row.side,
        state=state_of(row.answer, row.answer_reason, row.expires_at, clock.now()),
        counters=shown_id("prp", row.counters_id), body=row.body, body_hash=row.body_hash,
        sentences=sentences(body, program.currency, titles=titles_in([body])), legal_text=row.legal_text,
        reason=row.reason, message=row.message, starts_at=row.starts_at, ends_at=row.ends_at, expires_at=row.expires_at,
        created_by=row.created_by, created_at=row.created_at, answered_by=row.answered_by,
        answered_at=row.answered_at, answer_reason=row.answer_reason, evidence=row.evidence,
        terms=shown_id("trm", row.terms_id),
    )  # fmt: skip


@router.get("/proposals", auth=READ, response=ProposalPage)
def list_proposals(request: HttpRequest, enrolment: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> ProposalPage:
    """List proposals of terms with their answers, the newest first."""
    key = asker(request)
    rows = reach(key, Proposal).select_related("enrolment__program")
    page, following = take_page(narrow(key, rows, {"enrolment_id": (Enrolment, enrolment)}), cursor, limit)
    return ProposalPage(data=[proposal_out(row) for row in page], next_cursor=following)


@router.post("/proposals", auth=WRITE, response={201: ProposalOut})
def propose_terms(request: HttpRequest, body: ProposalIn) -> ProposalOut:
    """Propose terms to one partner, who is told by mail and answers in the portal. Nothing is in force before.

    One proposal at a time waits for its answer (409, open_proposal). What goes beyond a budget passes, or waits for
    approval (409, over_budget, with the `overrun` that has been asked for): see `/v1/overruns`.
    """
    key = asker(request)
    enrolment = refer(key, Enrolment, body.enrolment, "/enrolment", "program", "partner")
    try:
        return proposal_out(actions.propose(enrolment, body.offered(), now=clock.now(), by=actor(request)))
    except Invalid as error:
        raise _placed(error) from error


@router.get("/proposals/{proposal_id}", auth=READ, response=ProposalOut)
def read_proposal(request: HttpRequest, proposal_id: str) -> ProposalOut:
    """Read one proposal."""
    return proposal_out(find(asker(request), Proposal, proposal_id, "enrolment__program"))


@router.post("/proposals/{proposal_id}/accept", auth=WRITE, response=ProposalOut)
def accept_proposal(request: HttpRequest, proposal_id: str, body: AcceptIn) -> ProposalOut:
    """Accept: the partner's proposal for the program, or the program's on behalf of the partner, with evidence.

    Both sides have signed then; the version is published and in force from its start. Refused once it is answered
    (409, answered_already) or too late (409, expired).
    """
    row = find(asker(request), Proposal, proposal_id, "enrolment__program")
    if row.side == "partner":
        actions.accept(row, side="team", now=clock.now(), by=actor(request))
    else:
        problems = [
            Problem(f"/{name}", "Needed for an acceptance on behalf of the partner.", "required")
            for name, value in (("accepted_by", body.accepted_by), ("evidence", body.evidence))
            if not value.strip()
        ]
        if problems:
            raise Invalid(problems)
        by = body.accepted_by.strip()
        actions.accept(row, side="partner", now=clock.now(), by=by, evidence=f"{body.evidence} ({actor(request)})")
    return read_proposal(request, proposal_id)


@router.post("/proposals/{proposal_id}/decline", auth=WRITE, response=ProposalOut)
def decline_proposal(request: HttpRequest, proposal_id: str, body: DeclineIn) -> ProposalOut:
    """Decline with a reason: the partner's proposal for the program, or the program's on behalf of the partner."""
    row = find(asker(request), Proposal, proposal_id, "enrolment__program")
    if row.side == "partner":
        actions.decline(row, side="team", reason=body.reason, now=clock.now(), by=actor(request))
    else:
        by = f"{body.declined_by.strip()} ({actor(request)})".strip()
        actions.decline(row, side="partner", reason=body.reason, now=clock.now(), by=by)
    return read_proposal(request, proposal_id)


@router.post("/proposals/{proposal_id}/counter", auth=WRITE, response={201: ProposalOut})
def counter_proposal(request: HttpRequest, proposal_id: str, body: OfferedIn) -> ProposalOut:
    """Answer the partner's proposal with own terms, which the partner then has to answer."""
    row = find(asker(request), Proposal, proposal_id, "enrolment__program")
    try:
        return proposal_out(actions.counter(row, body.offered(), side="team", now=clock.now(), by=actor(request)))
    except Invalid as error:
        raise _placed(error) from error


@router.post("/proposals/{proposal_id}/withdraw", auth=WRITE, response=ProposalOut)
def withdraw_proposal(request: HttpRequest, proposal_id: str) -> ProposalOut:
    """Take an own proposal back before it is answered."""
    row = find(asker(request), Proposal, proposal_id, "enrolment__program")
    actions.withdraw(row, side="team", now=clock.now(), by=actor(request))
    return read_proposal(request, proposal_id)


def _placed(error: Invalid) -> Invalid:
    return Invalid([_inside_body(problem) for problem in error.problems])


def _inside_body(problem: Problem) -> Problem:
    inside = problem.pointer == "" or problem.pointer.startswith("/clauses")
    return Problem(f"/body{problem.pointer}" if inside else problem.pointer, problem.message, problem.code)
