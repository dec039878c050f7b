"""The pipeline: prospects, their steps, what was written, the letters, and what an ideal partner is like."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.prospect_shapes import (
    DraftOut,
    JudgementIn,
    LetterIn,
    LetterOut,
    LettersOut,
    MovedOut,
    MoveIn,
    OutreachIn,
    PipelineOut,
    ProfileIn,
    ProfileOut,
    ProspectChange,
    ProspectDetail,
    ProspectIn,
    ProspectOut,
    ProspectPage,
    ReasonOut,
    RemarkIn,
    RemarkOut,
    Stage,
    StageChangeOut,
    StageOut,
    UndoIn,
    UndoneOut,
)
from hanse.faces.api.values import shown_id
from hanse.growth.mentions.models import Candidate
from hanse.growth.profile.actions import forget_judgement, judge, set_profile
from hanse.growth.profile.queries import back_test_of, scores_of, weighing_of
from hanse.growth.profile.types import Score
from hanse.growth.prospects import actions, letters, queries
from hanse.growth.prospects.models import LetterTemplate, Prospect
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.people.partners.models import Partner
from hanse.programs.programs.models import Program

router = Router(tags=["Prospects"])


@router.post("/prospects", auth=WRITE, response={201: ProspectOut})
def create_prospect(request: HttpRequest, body: ProspectIn) -> Status[ProspectOut]:
    """Put somebody into the pipeline: a candidate by its id, or anybody by name."""
    key, now, by = asker(request), clock.now(), actor(request)
    if body.candidate:
        row = actions.add_from_candidate(refer(key, Candidate, body.candidate, "/candidate"), now=now, by=by)
        return Status(201, ProspectOut(**_shown([row])[0]))
    referrer = refer(key, Partner, body.referrer, "/referrer") if body.referrer else None
    row = actions.add_prospect(
        own_program(key, body.program), name=body.name, email=body.email, website=body.website, content=body.content,
        referrer=referrer, now=now, by=by,
    )  # fmt: skip
    return Status(201, ProspectOut(**_shown([row])[0]))


@router.get("/prospects", auth=READ, response=ProspectPage)
def list_prospects(
    request: HttpRequest, program: str = "", stage: Stage | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> ProspectPage:
    """List prospects, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Prospect), {"program_id": (Program, program)})
    page, following = take_page(rows.filter(stage=stage) if stage else rows, cursor, limit)
    return ProspectPage(data=[ProspectOut(**one) for one in _shown(page)], next_cursor=following)


@router.get("/prospects/report", auth=READ, response=PipelineOut)
def report_prospects(request: HttpRequest, program: str = "") -> PipelineOut:
    """Show conversion and median time of each stage."""
    found = queries.report_of(own_program(asker(request), program, "/query/program").pk)
    stages = [
        StageOut(
            stage=one.stage, there_now=one.here, came_this_far=one.reached, went_further=one.went_on, stays=one.stays,
            median_seconds=int(one.median.total_seconds()) if one.median is not None else None,
        )
        for one in found.stages
    ]  # fmt: skip
    return PipelineOut(came=found.came, closed=found.closed, stages=stages)


@router.post("/prospects/undo", auth=WRITE, response=UndoneOut)
def undo_prospects(request: HttpRequest, body: UndoIn) -> UndoneOut:
    """Take a move back, by its `act`."""
    program = own_program(asker(request), body.program)
    try:
        act = UUID(body.act)
    except ValueError:
        act = UUID(int=0)
    return UndoneOut(moved_back=actions.undo_move(program.pk, act, now=clock.now(), by=actor(request)))


@router.get("/prospects/{prospect_id}", auth=READ, response=ProspectDetail)
def read_prospect(request: HttpRequest, prospect_id: str) -> ProspectDetail:
    """Read one prospect with its score's reasons and its steps."""
    return _detail(find(asker(request), Prospect, prospect_id))


@router.patch("/prospects/{prospect_id}", auth=WRITE, response=ProspectDetail)
def change_prospect(request: HttpRequest, prospect_id: str, body: ProspectChange) -> ProspectDetail:
    """Change what is known of a prospect, or the next step."""
    row, given = find(asker(request), Prospect, prospect_id), body.given()
    if given.get("next_on"):
        given["next_on"] = _day(given["next_on"])
    return _detail(actions.change_prospect(row, now=clock.now(), by=actor(request), **given))


@router.post("/prospects/{prospect_id}/move", auth=WRITE, response=MovedOut)
def move_prospect(request: HttpRequest, prospect_id: str, body: MoveIn) -> MovedOut:
    """Move a prospect into a stage."""
    row = find(asker(request), Prospect, prospect_id)
    act, _moved = actions.move_prospects([row], body.stage, reason=body.reason, now=clock.now(), by=actor(request))
    row.refresh_from_db()
    return MovedOut(act=str(act), **_shown([row])[0])


@router.post("/prospects/{prospect_id}/remarks", auth=WRITE, response={201: RemarkOut})
def add_remark(request: HttpRequest, prospect_id: str, body: RemarkIn) -> Status[RemarkOut]:
    """Write a note or a reply onto a prospect's timeline."""
    row = find(asker(request), Prospect, prospect_id)
    made = actions.add_remark(row, kind=body.kind, text=body.text, now=clock.now(), by=actor(request))
    return Status(201, RemarkOut(kind=made.kind, text=made.text, at=made.at))


@router.post("/prospects/{prospect_id}/judgement", auth=WRITE, response=ProspectDetail)
def judge_prospect(request: HttpRequest, prospect_id: str, body: JudgementIn) -> ProspectDetail:
    """Say what a person knows of a prospect on one criterion."""
    row, now, by = find(asker(request), Prospect, prospect_id), clock.now(), actor(request)
    if body.value is None:
        forget_judgement(row, body.criterion, now=now, by=by)
    else:
        judge(row, body.criterion, value=body.value, note=body.note, now=now, by=by)
    return _detail(row)


@router.post("/prospects/{prospect_id}/outreach", auth=WRITE, response=DraftOut)
def write_to_prospect(request: HttpRequest, prospect_id: str, body: OutreachIn) -> DraftOut:
    """Fill a letter from a prospect's evidence; send it, note it as sent, or only look. Empty slots keep it here."""
    key, now = asker(request), clock.now()
    row = find(key, Prospect, prospect_id, "program", "referrer")
    letter = refer(key, LetterTemplate, body.letter, "/letter")
    if letter.program_id != row.program_id or letter.archived_at is not None:
        raise Invalid([Problem("/letter", "There is no such letter in this program.", "not_found")])
    draft = letters.draft_letter(row, letter, sender=body.sender, own_text=body.own_text, now=now)
    if body.way != "preview":
        is_mailed = body.way == "mail"
        letters.send_draft(
            row, letter, sender=body.sender, own_text=body.own_text, is_mailed=is_mailed, now=now, by=actor(request)
        )
    missing = list(draft.missing)
    return DraftOut(subject=draft.subject, text=draft.text, missing=missing, sent=body.way != "preview")


@router.get("/letters", auth=READ, response=LettersOut)
def list_letters(request: HttpRequest, program: str = "") -> LettersOut:
    """List the letters for prospects."""
    rows = queries.templates_of(own_program(asker(request), program, "/query/program").pk)
    return LettersOut(data=[_letter(row) for row in rows])


@router.post("/letters", auth=WRITE, response={201: LetterOut})
def create_letter(request: HttpRequest, body: LetterIn) -> Status[LetterOut]:
    """Keep a letter with slots."""
    program = own_program(asker(request), body.program)
    row = letters.keep_template(
        program, name=body.name, subject=body.subject, body=body.body, now=clock.now(), by=actor(request)
    )
    return Status(201, _letter(row))


@router.get("/ideal-partner", auth=READ, response=ProfileOut)
def read_profile(request: HttpRequest, program: str = "") -> ProfileOut:
    """Show what counts, and the test of it on the program's own partners."""
    return _profile(own_program(asker(request), program, "/query/program"))


@router.put("/ideal-partner", auth=WRITE, response=ProfileOut)
def put_profile(request: HttpRequest, body: ProfileIn) -> ProfileOut:
    """Say what counts how much."""
    program = own_program(asker(request), body.program)
    weights: dict[str, int] = {str(name): weight for name, weight in body.weights.items()}
    set_profile(
        program, weights=weights, reach_cap=body.reach_cap, qualify_at=body.qualify_at, now=clock.now(),
        by=actor(request),
    )  # fmt: skip
    return _profile(program)


def _day(text: str) -> date:
    """Read a day. Raises Invalid for one that the calendar does not have."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid([Problem("/next_on", "This day does not exist.", "bad_date")]) from error


def _letter(row: LetterTemplate) -> LetterOut:
    return LetterOut(id=text_id("ltr", row.pk), name=row.name, subject=row.subject, body=row.body)


def _profile(program: Program) -> ProfileOut:
    weighing, test = weighing_of(program.pk), back_test_of(program.pk)
    return ProfileOut(
        weights=dict(weighing.weights), reach_cap=weighing.reach_cap, qualify_at=weighing.qualify_at, n=test.n,
        known=test.known, found_in_best_tenth=test.found, best_tenth=len(test.best), correlation=test.correlation,
    )  # fmt: skip


def _scores(rows: list[Prospect]) -> dict[UUID, Score]:
    """Return the scores of prospects, which a key without a program may have of several."""
    found: dict[UUID, Score] = {}
    for program_id in {row.program_id for row in rows}:
        found |= scores_of(program_id, [row for row in rows if row.program_id == program_id])
    return found


def _shown(rows: list[Prospect]) -> list[dict[str, Any]]:
    scores = _scores(rows)
    return [
        {
            "id": text_id("pst", row.pk), "program": text_id("prg", row.program_id), "name": row.name,
            "email": row.email, "website": row.website, "content": row.content, "source": row.source,
            "referrer": shown_id("prt", row.referrer_id), "candidate": shown_id("cnd", row.candidate_id),
            "partner": shown_id("prt", row.partner_id), "stage": row.stage, "closed_reason": row.closed_why,
            "next_step": row.next_step, "next_on": row.next_on, "points": scores[row.pk].points,
            "entered_at": row.entered_at, "changed_at": row.changed_at, "created_at": row.created_at,
        }
        for row in rows
    ]  # fmt: skip


def _detail(row: Prospect) -> ProspectDetail:
    row.refresh_from_db()
    reasons = [
        ReasonOut(
            criterion=one.criterion, weight=one.weight, value=one.known.value if one.known else None,
            points=one.tenths / 10, note=one.known.note if one.known else "", capped=one.is_capped,
        )
        for one in _scores([row])[row.pk].reasons
    ]  # fmt: skip
    steps = [
        StageChangeOut(
            act=str(one.act), from_stage=one.from_stage, to_stage=one.to_stage, reason=one.reason, at=one.at,
            by=one.by, undone_at=one.undone_at,
        )
        for one in row.changes.order_by("at", "pk")
    ]  # fmt: skip
    return ProspectDetail(reasons=reasons, steps=steps, **_shown([row])[0])
