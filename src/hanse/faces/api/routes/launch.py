"""First wins, the launch check and pilots."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer_all
from hanse.faces.api.routes.launch_shapes import (
    AddIn,
    DecideIn,
    FirstWinOut,
    FirstWinPage,
    FirstWinSendIn,
    LaunchCheckOut,
    LaunchIn,
    LaunchOut,
    MemberOut,
    OpenIn,
    PilotIn,
    PilotOut,
    PilotPage,
    VerdictOut,
)
from hanse.faces.api.routes.onboarding import day_of
from hanse.growth.firstwins import actions as wins
from hanse.growth.firstwins.models import FirstWin
from hanse.growth.launch import actions
from hanse.growth.launch.models import Pilot
from hanse.growth.launch.queries import checks_of, launch_of, verdict_of
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Launch"])


@router.get("/first-wins", auth=READ, response=FirstWinPage)
def list_first_wins(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> FirstWinPage:
    """List the notes about first sales, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, FirstWin), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    return FirstWinPage(data=[_win(row) for row in page], next_cursor=following)


@router.post("/first-wins/{first_win_id}/send", auth=WRITE, response=FirstWinOut)
def send_first_win(request: HttpRequest, first_win_id: str, body: FirstWinSendIn) -> FirstWinOut:
    """Send the note, as drafted or in other words."""
    row = find(asker(request), FirstWin, first_win_id, "enrolment__partner")
    return _win(
        wins.send_win(
            row, subject=body.subject or row.subject, text=body.text or row.body, now=clock.now(), by=actor(request)
        )
    )


@router.post("/first-wins/{first_win_id}/drop", auth=WRITE, response=FirstWinOut)
def drop_first_win(request: HttpRequest, first_win_id: str) -> FirstWinOut:
    """Let the note be; nothing is sent."""
    row = find(asker(request), FirstWin, first_win_id)
    return _win(wins.drop_win(row, now=clock.now(), by=actor(request)))


@router.get("/launch", auth=READ, response=LaunchOut)
def read_launch(request: HttpRequest, program: str = "") -> LaunchOut:
    """Read what a program needs before it opens, found now."""
    return _launch(own_program(asker(request), program or None, "/query/program"))


@router.put("/launch", auth=WRITE, response=LaunchOut)
def put_launch(request: HttpRequest, body: LaunchIn) -> LaunchOut:
    """Keep what only people can say."""
    program = own_program(asker(request), body.program)
    actions.prepare_launch(
        program, asset_pack=body.asset_pack, playbook=body.playbook, aim_metric=body.aim_metric,
        aim_number=body.aim_number, aim_on=day_of(body.aim_on, "/aim_on"), now=clock.now(), by=actor(request),
    )  # fmt: skip
    return _launch(program)


@router.post("/launch/open", auth=WRITE, response=LaunchOut)
def open_launch(request: HttpRequest, body: OpenIn) -> LaunchOut:
    """Open a program; while something is missing only with a reason, which is kept."""
    program = own_program(asker(request), body.program)
    actions.open_program(program, why=body.why, now=clock.now(), by=actor(request))
    return _launch(program)


@router.get("/pilots", auth=READ, response=PilotPage)
def list_pilots(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> PilotPage:
    """List pilots, the newest first."""
    key = asker(request)
    page, following = take_page(narrow(key, reach(key, Pilot), {"program_id": (Program, program)}), cursor, limit)
    return PilotPage(data=[PilotOut(**_pilot(row)) for row in page], next_cursor=following)


@router.post("/pilots", auth=WRITE, response={201: PilotOut})
def create_pilot(request: HttpRequest, body: PilotIn) -> Status[PilotOut]:
    """Plan a pilot."""
    program = own_program(asker(request), body.program)
    starts_on, ends_on = day_of(body.starts_on, "/starts_on"), day_of(body.ends_on, "/ends_on")
    assert starts_on is not None
    assert ends_on is not None
    row = actions.start_pilot(
        program, name=body.name, size=body.size, aim_days=body.aim_days, starts_on=starts_on, ends_on=ends_on,
        fills_itself=body.fills_itself, now=clock.now(), by=actor(request),
    )  # fmt: skip
    return Status(201, PilotOut(**_pilot(row)))


@router.get("/pilots/{pilot_id}", auth=READ, response=VerdictOut)
def read_pilot(request: HttpRequest, pilot_id: str) -> VerdictOut:
    """Read a pilot with what it shows and suggests."""
    return _verdict(find(asker(request), Pilot, pilot_id, "program"))


@router.post("/pilots/{pilot_id}/partners", auth=WRITE, response=VerdictOut)
def add_to_pilot(request: HttpRequest, pilot_id: str, body: AddIn) -> VerdictOut:
    """Let partners take part."""
    key = asker(request)
    row = find(key, Pilot, pilot_id, "program")
    named = refer_all(key, Enrolment, {f"/enrolments/{place}": text for place, text in enumerate(body.enrolments)})
    chosen = {one.pk: one for one in named.values()}
    actions.add_to_pilot(row, list(chosen.values()), now=clock.now(), by=actor(request))
    return _verdict(row)


@router.post("/pilots/{pilot_id}/decision", auth=WRITE, response=VerdictOut)
def decide_pilot(request: HttpRequest, pilot_id: str, body: DecideIn) -> VerdictOut:
    """Decide a pilot: scale, change or stop."""
    row = find(asker(request), Pilot, pilot_id, "program")
    return _verdict(actions.decide_pilot(row, body.decision, why=body.why, now=clock.now(), by=actor(request)))


def _win(row: FirstWin) -> FirstWinOut:
    state = "sent" if row.sent_at else "copied" if row.copied_at else "dropped" if row.dropped_at else "drafted"
    return FirstWinOut(
        id=text_id("fwn", row.pk), enrolment=text_id("enr", row.enrolment_id),
        commission=text_id("com", row.commission_id), sold_at=row.sold_at, language=row.language, subject=row.subject,
        text=row.body, state=state,  # type: ignore[arg-type]
    )  # fmt: skip


def _launch(program: Program) -> LaunchOut:
    program.refresh_from_db()
    checks, row = checks_of(program, clock.now()), launch_of(program)
    return LaunchOut(
        ready=all(one.passed for one in checks),
        checks=[LaunchCheckOut(key=one.key, passed=one.passed, missing=list(one.missing)) for one in checks],
        asset_pack=row.asset_pack, playbook=row.playbook, aim_metric=row.aim_metric,  # type: ignore[arg-type]
        aim_number=row.aim_number, aim_on=row.aim_on, opened_at=row.opened_at, opened_without=row.opened_without,
        opened_why=row.opened_why,
    )  # fmt: skip


def _pilot(row: Pilot) -> dict[str, Any]:
    columns = (
        "name", "size", "aim_days", "starts_on", "ends_on", "fills_itself", "decision", "decision_why",
    )  # fmt: skip
    ids = {"id": text_id("plt", row.pk), "program": text_id("prg", row.program_id)}
    return {**ids, **{name: getattr(row, name) for name in columns}}


def _verdict(row: Pilot) -> VerdictOut:
    found = verdict_of(row, local_day(clock.now(), row.program.time_zone))
    members = [
        MemberOut(enrolment=text_id("enr", one.enrolment_id), since=one.since, sold_on=one.sold_on, days=one.days)
        for one in found.members
    ]
    return VerdictOut(
        **_pilot(row), members=members, share=found.share, low=found.low, high=found.high,
        median=found.curve.median, over=found.is_over, suggested=found.suggested,
    )  # fmt: skip
