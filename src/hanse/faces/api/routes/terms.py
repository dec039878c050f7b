"""Terms and agreements: what is promised, and who accepted it."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.values import Input, Instant, Output, Page, Text, shown_id
from hanse.growth.deliverables.fees import check_named
from hanse.growth.deliverables.queries import titles_in
from hanse.growth.negotiations.notices import tell_of_terms
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.money.publishing import actions as publishing
from hanse.programs.enrolments import actions as enrolments
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import Titles, sentences
from hanse.programs.tiers.models import Tier

router = Router(tags=["Terms and agreements"])


class TermsOut(Output):
    """One version of terms; `sentences` says in words what `body` says in clauses."""

    id: str
    program: str
    tier: str | None
    enrolment: str | None
    number: int
    name: str
    body: dict[str, Any]
    body_hash: str
    sentences: list[str]
    legal_text: str
    reason: str
    currency: str
    starts_at: Instant
    ends_at: Instant | None
    created_at: Instant


class TermsPage(Page):
    """A page of versions."""

    data: list[TermsOut]


class TermsIn(Input):
    """A version to publish: for a program, one of its tiers, or one enrolment. It begins now by default."""

    program: Text | None = None
    tier: Text | None = None
    enrolment: Text | None = None
    body: dict[str, Any]
    name: Annotated[Text, Field(max_length=120)] = ""
    legal_text: Annotated[Text, Field(max_length=200_000)] = ""
    reason: Annotated[Text, Field(max_length=5000)] = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class AgreementOut(Output):
    """That an enrolment accepted one version: who, when, and the hash of what was read; who signed for the program.

    `evidence` proves what somebody recorded for the partner.
    """

    id: str
    enrolment: str
    terms: str
    body_hash: str
    accepted_by: str
    accepted_at: Instant
    evidence: str
    offered_by: str
    offered_at: Instant | None


class AgreementPage(Page):
    """A page of agreements."""

    data: list[AgreementOut]


class AgreementIn(Input):
    """An acceptance to record."""

    enrolment: Text
    terms: Text
    accepted_by: Annotated[Text, Field(min_length=1, max_length=200)]
    accepted_at: Instant | None = None
    evidence: Annotated[Text, Field(max_length=2000)] = ""


def terms_out(terms: Terms, titles: Titles | None = None) -> TermsOut:
    """Show one version of terms; its program is loaded. `titles` are of the deliverables it names, where known."""
    body = body_of(terms)
    titles = titles_in([body]) if titles is None else titles
    return TermsOut(
        id=text_id("trm", terms.pk), program=text_id("prg", terms.program_id), tier=shown_id("tie", terms.tier_id),
        enrolment=shown_id("enr", terms.enrolment_id), number=terms.number, name=terms.name, body=terms.body,
        body_hash=terms.body_hash, sentences=sentences(body, terms.program.currency, titles=titles),
        legal_text=terms.legal_text, reason=terms.reason, currency=terms.program.currency, starts_at=terms.starts_at,
        ends_at=terms.ends_at, created_at=terms.created_at,
    )  # fmt: skip


def agreement_out(agreement: Agreement) -> AgreementOut:
    """Show an agreement."""
    return AgreementOut(
        id=text_id("agr", agreement.pk), enrolment=text_id("enr", agreement.enrolment_id),
        terms=text_id("trm", agreement.terms_id), body_hash=agreement.body_hash, accepted_by=agreement.accepted_by,
        accepted_at=agreement.accepted_at, evidence=agreement.evidence, offered_by=agreement.offered_by,
        offered_at=agreement.offered_at,
    )  # fmt: skip


@router.get("/terms", auth=READ, response=TermsPage)
def list_terms(
    request: HttpRequest, program: str = "", tier: str = "", enrolment: str = "", cursor: Cursor = "",
    limit: Limit = PAGE,
) -> TermsPage:  # fmt: skip
    """List versions of terms, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "tier_id": (Tier, tier), "enrolment_id": (Enrolment, enrolment)}
    page, following = take_page(narrow(key, reach(key, Terms).select_related("program"), filters), cursor, limit)
    titles = titles_in(body_of(row) for row in page)
    return TermsPage(data=[terms_out(row, titles) for row in page], next_cursor=following)


@router.post("/terms", auth=WRITE, response={201: TermsOut})
def publish_terms(request: HttpRequest, body: TermsIn) -> TermsOut:
    """Publish a version. What is already earned is never lowered; versions are never edited.

    A start in the past is taken when no order since then would earn less; what is more is booked at once. Else it is
    refused with the orders that would lose (409, would_earn_less). Where somebody would earn less, it begins after the
    program's notice (409, needs_notice). What a budget does not allow waits for approval (409, over_budget). Active
    partners whose terms change are told by mail.
    """
    key, now = asker(request), clock.now()
    program = own_program(key, body.program)
    tier = refer(key, Tier, body.tier, "/tier") if body.tier else None
    enrolment = refer(key, Enrolment, body.enrolment, "/enrolment") if body.enrolment else None
    try:
        terms = publishing.publish_terms(
            program=program, tier=tier, enrolment=enrolment, body=body.body, name=body.name,
            legal_text=body.legal_text, reason=body.reason, starts_at=body.starts_at or now, ends_at=body.ends_at,
            now=now, by=actor(request),
        )  # fmt: skip
        check_named(body.body, program, enrolment)
    except Invalid as error:
        raise Invalid([_inside_body(problem) for problem in error.problems]) from error
    tell_of_terms(terms, now)
    return terms_out(terms)


def _inside_body(problem: Problem) -> Problem:
    inside = problem.pointer == "" or problem.pointer.startswith("/clauses")
    return Problem(f"/body{problem.pointer}" if inside else problem.pointer, problem.message, problem.code)


@router.get("/terms/{terms_id}", auth=READ, response=TermsOut)
def read_terms(request: HttpRequest, terms_id: str) -> TermsOut:
    """Read one version, with its clauses as sentences."""
    return terms_out(find(asker(request), Terms, terms_id, "program"))


@router.get("/agreements", auth=READ, response=AgreementPage)
def list_agreements(
    request: HttpRequest, enrolment: str = "", terms: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> AgreementPage:
    """List agreements, the newest first."""
    key = asker(request)
    filters = {"enrolment_id": (Enrolment, enrolment), "terms_id": (Terms, terms)}
    page, following = take_page(narrow(key, reach(key, Agreement), filters), cursor, limit)
    return AgreementPage(data=[agreement_out(row) for row in page], next_cursor=following)


@router.post("/agreements", auth=WRITE, response={201: AgreementOut})
def accept_terms(request: HttpRequest, body: AgreementIn) -> AgreementOut:
    """Record that an enrolment accepted a version. Recorded again: the first acceptance is answered."""
    key, now = asker(request), clock.now()
    if body.accepted_at and body.accepted_at > now:
        raise Invalid([Problem("/accepted_at", "This moment has not come yet.", "in_the_future")])
    enrolment = refer(key, Enrolment, body.enrolment, "/enrolment")
    terms = refer(key, Terms, body.terms, "/terms")
    at = body.accepted_at or now
    return agreement_out(enrolments.accept_terms(enrolment, terms, by=body.accepted_by, at=at, evidence=body.evidence))


@router.get("/agreements/{agreement_id}", auth=READ, response=AgreementOut)
def read_agreement(request: HttpRequest, agreement_id: str) -> AgreementOut:
    """Read one agreement."""
    return agreement_out(find(asker(request), Agreement, agreement_id))
