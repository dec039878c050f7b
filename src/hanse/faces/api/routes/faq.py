"""Questions and answers: what partners find, and the playbook of the team."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.library_shapes import AnswerPlace, FaqChange, FaqFound, FaqIn, FaqOut, FaqPage, faq_out
from hanse.growth.faq import actions
from hanse.growth.faq.models import FaqEntry
from hanse.growth.faq.queries import answers_for, entries_of, found
from hanse.growth.resources.types import Target
from hanse.kernel import clock
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Resources"])
_MOST, _LONGEST = 50, 200


@router.get("/faq", auth=READ, response=FaqPage)
def list_faq(
    request: HttpRequest, program: str = "", place: AnswerPlace | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> FaqPage:
    """List questions with their answers, those put away too, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, FaqEntry), {"program_id": (Program, program)})
    page, following = take_page(rows.filter(place=place) if place else rows, cursor, limit)
    return FaqPage(data=[faq_out(row) for row in page], next_cursor=following)


@router.post("/faq", auth=WRITE, response={201: FaqOut})
def create_faq(request: HttpRequest, body: FaqIn) -> Status[FaqOut]:
    """Write a question with its answer."""
    key = asker(request)
    program = own_program(key, body.program)
    original = refer(key, FaqEntry, body.original, "/original") if body.original else None
    row = actions.keep_entry(
        program, body.place, actions.Said(body.question, body.answer, body.topic, body.is_pinned),
        Target(body.tiers, body.types, body.channels, body.language), original=original, now=clock.now(),
        by=actor(request),
    )  # fmt: skip
    return Status(201, faq_out(row))


@router.get("/faq/search", auth=READ, response=FaqFound)
def search_faq(
    request: HttpRequest, q: str = "", program: str = "", place: AnswerPlace = "partners"
) -> FaqFound:  # fmt: skip
    """Search answers by words; slips of the finger are forgiven."""
    one = own_program(asker(request), program, "/query/program")
    rows = found(q[:_LONGEST], entries_of(one.pk, place).filter(archived_at=None)[:2000])
    return FaqFound(data=[faq_out(row) for row in rows[:_MOST]])


@router.get("/faq/{faq_id}", auth=READ, response=FaqOut)
def read_faq(request: HttpRequest, faq_id: str) -> FaqOut:
    """Read one question with its answer."""
    return faq_out(find(asker(request), FaqEntry, faq_id))


@router.patch("/faq/{faq_id}", auth=WRITE, response=FaqOut)
def change_faq(request: HttpRequest, faq_id: str, body: FaqChange) -> FaqOut:
    """Change a question or its answer."""
    row = find(asker(request), FaqEntry, faq_id, "program", "original")
    given: dict[str, Any] = {name: getattr(row, name) for name in FaqChange.model_fields} | body.given()
    said = actions.Said(given["question"], given["answer"], given["topic"], given["is_pinned"])
    target = Target(given["tiers"], given["types"], given["channels"], given["language"])
    actions.keep_entry(
        row.program, given["place"], said, target, instead_of=row, now=clock.now(), by=actor(request)
    )  # fmt: skip
    return faq_out(row)


@router.post("/faq/{faq_id}/archive", auth=WRITE, response=FaqOut)
def archive_faq(request: HttpRequest, faq_id: str) -> FaqOut:
    """Put a question away."""
    row = find(asker(request), FaqEntry, faq_id)
    actions.archive_entry(row, now=clock.now(), by=actor(request))
    return faq_out(row)


@router.get("/enrolments/{enrolment_id}/answers", auth=READ, response=FaqFound)
def list_partner_answers(request: HttpRequest, enrolment_id: str, q: str = "") -> FaqFound:
    """List the answers that a partner sees, or those that answer a search."""
    row = find(asker(request), Enrolment, enrolment_id, "partner", "program", "tier")
    return FaqFound(data=[faq_out(one) for one in answers_for(row, q[:_LONGEST].strip())])
