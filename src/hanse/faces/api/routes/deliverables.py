"""Deliverables: briefs with a date, drafts, comments, acceptance and the fee that follows."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, refer
from hanse.faces.api.routes import deliverable_shapes as shapes
from hanse.faces.api.routes.days import day_of
from hanse.faces.api.values import shown_id
from hanse.growth.deliverables import actions, deciding, working
from hanse.growth.deliverables.fees import promised_fees
from hanse.growth.deliverables.models import Deliverable, DeliverableComment, DeliverableDraft
from hanse.growth.deliverables.rules import mark_of, waits
from hanse.growth.deliverables.types import Promised
from hanse.growth.resources.files.models import StoredFile
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Deliverables"])
_WITH = ("program", "enrolment__partner", "enrolment__program")
_DAYS = ("due_on", "live_on", "usage_until")


@router.get("/deliverables", auth=READ, response=shapes.DeliverablePage)
def list_deliverables(
    request: HttpRequest, program: str = "", enrolment: str = "", state: shapes.DeliverableState | None = None,
    cursor: Cursor = "", limit: Limit = PAGE,
) -> shapes.DeliverablePage:  # fmt: skip
    """List deliverables, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, Deliverable).select_related(*_WITH), filters)
    page, following = take_page(rows.filter(state=state) if state else rows, cursor, limit)
    fees = promised_fees(page, clock.now())
    return shapes.DeliverablePage(data=[_shown(row, fees[row.pk]) for row in page], next_cursor=following)


@router.post("/deliverables", auth=WRITE, response={201: shapes.DeliverableOut})
def ask_for_deliverable(request: HttpRequest, body: shapes.DeliverableIn) -> Status[shapes.DeliverableOut]:
    """Ask a partner for a deliverable. They are told by mail and answer in the portal. A fee beyond a budget passes, or
    waits for approval (409, over_budget)."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "program", "partner")
    given = {name: value for name, value in body.model_dump().items() if name not in ("enrolment", "agreed")}
    row = actions.ask_for(enrolment, now=clock.now(), by=actor(request), is_agreed=body.agreed, **_fields(given))
    return Status(201, _out(row))


@router.get("/deliverables/{deliverable_id}", auth=READ, response=shapes.DeliverableOut)
def read_deliverable(request: HttpRequest, deliverable_id: str) -> shapes.DeliverableOut:
    """Read one deliverable."""
    return _out(_found(request, deliverable_id))


@router.patch("/deliverables/{deliverable_id}", auth=WRITE, response=shapes.DeliverableOut)
def change_deliverable(
    request: HttpRequest, deliverable_id: str, body: shapes.DeliverableChange
) -> shapes.DeliverableOut:  # fmt: skip
    """Better what is asked for, as long as it is not accepted."""
    row = _found(request, deliverable_id)
    return _out(actions.change(row, now=clock.now(), by=actor(request), **_fields(body.given())))


@router.post("/deliverables/{deliverable_id}/agree", auth=WRITE, response=shapes.DeliverableOut)
def agree_to_deliverable(
    request: HttpRequest, deliverable_id: str, body: shapes.WorkAgreeIn | None = None
) -> shapes.DeliverableOut:
    """Say yes to the brief for the partner."""
    row, said = _found(request, deliverable_id), body or shapes.WorkAgreeIn()
    return _out(actions.agree(row, side=said.side, mark=said.mark, now=clock.now(), by=actor(request)))


@router.post("/deliverables/{deliverable_id}/decline", auth=WRITE, response=shapes.DeliverableOut)
def decline_deliverable(request: HttpRequest, deliverable_id: str, body: shapes.WorkNoIn) -> shapes.DeliverableOut:
    """Say no for the partner, with a reason that we read."""
    row = _found(request, deliverable_id)
    return _out(actions.decline(row, reason=body.reason, now=clock.now(), by=actor(request)))


@router.post("/deliverables/{deliverable_id}/cancel", auth=WRITE, response=shapes.DeliverableOut)
def cancel_deliverable(request: HttpRequest, deliverable_id: str, body: shapes.WorkNoIn) -> shapes.DeliverableOut:
    """Call it off, with a reason that the partner reads. Nothing is owed for it."""
    row = _found(request, deliverable_id)
    return _out(actions.cancel(row, reason=body.reason, now=clock.now(), by=actor(request)))


@router.get("/deliverables/{deliverable_id}/drafts", auth=READ, response=shapes.WorkDraftPage)
def list_deliverable_drafts(
    request: HttpRequest, deliverable_id: str, cursor: Cursor = "", limit: Limit = PAGE
) -> shapes.WorkDraftPage:  # fmt: skip
    """List the versions of the work, the newest first."""
    rows = _found(request, deliverable_id).drafts.select_related("file")
    page, following = take_page(rows, cursor, limit)
    return shapes.WorkDraftPage(data=[_draft(one) for one in page], next_cursor=following)


@router.post("/deliverables/{deliverable_id}/drafts", auth=WRITE, response={201: shapes.WorkDraftOut})
def send_deliverable_draft(
    request: HttpRequest, deliverable_id: str, body: shapes.WorkDraftIn
) -> Status[shapes.WorkDraftOut]:
    """Send the next version of the work. The same content again, while it waits, is the same draft."""
    row = _found(request, deliverable_id)
    file = refer(asker(request), StoredFile, body.file, "/file") if body.file else None
    made = working.send_draft(
        row, text=body.text, link=body.link, file=file, side=body.side, now=clock.now(), by=actor(request)
    )
    return Status(201, _draft(made))


@router.get("/deliverables/{deliverable_id}/comments", auth=READ, response=shapes.WorkCommentPage)
def list_deliverable_comments(
    request: HttpRequest, deliverable_id: str, cursor: Cursor = "", limit: Limit = PAGE
) -> shapes.WorkCommentPage:
    """List what both sides said, the newest first."""
    page, following = take_page(_found(request, deliverable_id).comments.all(), cursor, limit)
    return shapes.WorkCommentPage(data=[_comment(one) for one in page], next_cursor=following)


@router.post("/deliverables/{deliverable_id}/comments", auth=WRITE, response={201: shapes.WorkCommentOut})
def comment_on_deliverable(
    request: HttpRequest, deliverable_id: str, body: shapes.WorkCommentIn
) -> Status[shapes.WorkCommentOut]:  # fmt: skip
    """Say something; the other side is told by mail."""
    row = _found(request, deliverable_id)
    made = working.comment(row, text=body.text, side=body.side, now=clock.now(), by=actor(request))
    return Status(201, _comment(made))


@router.post("/deliverables/{deliverable_id}/request-changes", auth=WRITE, response=shapes.DeliverableOut)
def request_deliverable_changes(
    request: HttpRequest, deliverable_id: str, body: shapes.WorkChangesIn
) -> shapes.DeliverableOut:
    """Say what is to change in the draft."""
    row = _found(request, deliverable_id)
    due_on = day_of(body.due_on, "/due_on") if body.due_on else None
    return _out(working.ask_changes(row, text=body.text, due_on=due_on, now=clock.now(), by=actor(request)))


@router.post("/deliverables/{deliverable_id}/accept", auth=WRITE, response=shapes.DeliverableOut)
def accept_deliverable(
    request: HttpRequest, deliverable_id: str, body: shapes.WorkYesIn | None = None
) -> shapes.DeliverableOut:
    """Accept the newest draft: its fee is booked at once. Accepted already, nothing happens: it is never paid twice."""
    row, said = _found(request, deliverable_id), body or shapes.WorkYesIn()
    return _out(deciding.accept(row, draft=said.draft, note=said.note, now=clock.now(), by=actor(request)))


@router.post("/deliverables/{deliverable_id}/withdraw-acceptance", auth=WRITE, response=shapes.DeliverableOut)
def withdraw_acceptance(request: HttpRequest, deliverable_id: str, body: shapes.WorkNoIn) -> shapes.DeliverableOut:
    """Take an acceptance back: the fee is booked back, and changes are asked."""
    row = _found(request, deliverable_id)
    return _out(deciding.withdraw(row, reason=body.reason, now=clock.now(), by=actor(request)))


@router.post("/deliverables/{deliverable_id}/live", auth=WRITE, response=shapes.DeliverableOut)
def note_live_piece(request: HttpRequest, deliverable_id: str, body: shapes.WorkLiveIn) -> shapes.DeliverableOut:
    """Say where the accepted piece is public."""
    row = _found(request, deliverable_id)
    return _out(working.note_live(row, address=body.address, side=body.side, now=clock.now(), by=actor(request)))


def _found(request: HttpRequest, deliverable_id: str) -> Deliverable:
    return find(asker(request), Deliverable, deliverable_id, *_WITH)


def _fields(given: dict[str, Any]) -> Any:
    """Return what was given by the names that the verb knows; a disclosure that nobody named is the usual one."""
    names = {"fee": "fee_minor"}
    found = {names.get(name, name): value for name, value in given.items() if (name, value) != ("disclosure", None)}
    for name in _DAYS:
        if found.get(name) is not None:
            found[name] = day_of(found[name], f"/{name}")
    return found


def _out(row: Deliverable) -> shapes.DeliverableOut:
    return _shown(row, promised_fees([row], clock.now())[row.pk])


def _shown(row: Deliverable, fee: Promised) -> shapes.DeliverableOut:
    zone = row.program.time_zone
    found = waits(row, local_day(clock.now(), zone), zone)
    return shapes.DeliverableOut(
        id=text_id("dlv", row.pk), program=text_id("prg", row.program_id), enrolment=text_id("enr", row.enrolment_id),
        title=row.title, sort=cast(shapes.DeliverableSort, row.sort), brief=row.brief, channel=row.channel,
        due_on=row.due_on, live_on=row.live_on, answer_days=row.answer_days, fee=fee.own_minor,
        terms_fee=fee.terms_minor, terms=shown_id("trm", fee.terms_id), currency=row.currency, usage=row.usage,
        usage_where=row.usage_where, usage_until=row.usage_until, disclosure=row.disclosure,
        state=cast(shapes.DeliverableState, row.state), state_at=row.state_at,
        waits=shapes.WorkWaitsOut(on=found.on, until=found.until, days_late=found.days_late) if found else None,
        draft=row.draft_number, live_address=row.live_address, reason=row.reason, mark=mark_of(row),
        created_at=row.created_at,
    )  # fmt: skip


def _draft(row: DeliverableDraft) -> shapes.WorkDraftOut:
    return shapes.WorkDraftOut(
        id=text_id("dld", row.pk), deliverable=text_id("dlv", row.deliverable_id), number=row.number, text=row.text,
        link=row.link, file=shown_id("fil", row.file_id), file_name=row.file.name if row.file else "",
        side=cast(shapes.WorkSide, row.side), sent_at=row.sent_at, sent_by=row.sent_by,
    )  # fmt: skip


def _comment(row: DeliverableComment) -> shapes.WorkCommentOut:
    return shapes.WorkCommentOut(
        id=text_id("dlc", row.pk), deliverable=text_id("dlv", row.deliverable_id), side=cast(shapes.WorkSide, row.side),
        what=row.what,  # type: ignore[arg-type]  # one of these words
        draft=row.draft_number, text=row.text, at=row.at, by=row.by,
    )  # fmt: skip
