"""The page with one question for customers, its answers, and the addresses of the log form."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text
from hanse.growth.mentions.models import Answer
from hanse.growth.surveys import actions, queries
from hanse.growth.surveys.models import LogDoor
from hanse.growth.surveys.secret import log_path
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.spine.outbox.actions import absolute_url

router = Router(tags=["Surveys"])
Heard = Literal["survey", "support", "community", "referral"]


class SurveyIn(Input):
    """The question from now on, and whether its page takes answers."""

    program: Text | None = None
    question: Annotated[Text, Field(min_length=1, max_length=300)]
    hint: Annotated[Text, Field(max_length=300)] = ""
    thanks: Annotated[Text, Field(max_length=1000)] = ""
    is_open: bool = True


class SurveyOut(Output):
    """The page: its address and what it asks; `version` 0 asks nothing yet."""

    program: str
    address: str
    is_open: bool
    version: int
    question: str
    hint: str
    thanks: str


class GivenAnswerOut(Output):
    """What one person said; `status` unclear waits for a reader."""

    id: str
    program: str
    text: str
    question: str
    source: str
    person: str
    place: str
    note: str
    logged_by: str
    status: Literal["read", "unclear", "nobody"]
    named_at: Instant


class GivenAnswerPage(Page):
    """A page of answers."""

    data: list[GivenAnswerOut]


class LogDoorIn(Input):
    """A team that logs names without an account."""

    program: Text | None = None
    team: Annotated[Text, Field(min_length=1, max_length=80)]
    source: Heard = "support"


class LogDoorOut(Output):
    """A team's address of the log form; the secret address itself is told when it is made or renewed."""

    id: str
    program: str
    team: str
    source: str
    times_used: int
    used_at: Instant | None
    made_at: Instant
    closed_at: Instant | None


class LogDoorMade(LogDoorOut):
    """An address with its secret."""

    address: str


class LogDoorPage(Page):
    """A page of addresses."""

    data: list[LogDoorOut]


@router.get("/survey", auth=READ, response=SurveyOut)
def read_survey(request: HttpRequest, program: str = "") -> SurveyOut:
    """Show the page with one question."""
    return _survey(own_program(asker(request), program, "/query/program"))


@router.put("/survey", auth=WRITE, response=SurveyOut)
def put_survey(request: HttpRequest, body: SurveyIn) -> SurveyOut:
    """Ask a question from now on; answers from before keep theirs."""
    program, now, by = own_program(asker(request), body.program), clock.now(), actor(request)
    actions.ask_question(program, text=body.question, hint=body.hint, thanks=body.thanks, now=now, by=by)
    actions.switch_survey(program, is_open=body.is_open, now=now, by=by)
    return _survey(program)


@router.get("/answers", auth=READ, response=GivenAnswerPage)
def list_answers(
    request: HttpRequest, program: str = "", source: Heard | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> GivenAnswerPage:
    """List what people answered, from wherever it came, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Answer), {"program_id": (Program, program)})
    page, following = take_page(rows.filter(source=source) if source else rows, cursor, limit)
    return GivenAnswerPage(data=[_answer(row) for row in page], next_cursor=following)


@router.get("/log-doors", auth=READ, response=LogDoorPage)
def list_log_doors(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> LogDoorPage:
    """List the addresses of the log form, closed ones too."""
    key = asker(request)
    rows = narrow(key, reach(key, LogDoor), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    return LogDoorPage(data=[_door(row) for row in page], next_cursor=following)


@router.post("/log-doors", auth=WRITE, response={201: LogDoorMade})
def make_log_door(request: HttpRequest, body: LogDoorIn) -> Status[LogDoorMade]:
    """Make a secret address for a team."""
    program = own_program(asker(request), body.program)
    row = actions.make_door(program, team=body.team, source=body.source, now=clock.now(), by=actor(request))
    return Status(201, _made(row))


@router.post("/log-doors/{log_door_id}/renew", auth=WRITE, response=LogDoorMade)
def renew_log_door(request: HttpRequest, log_door_id: str) -> LogDoorMade:
    """Give a team another address; the old one leads nowhere from then on."""
    row = find(asker(request), LogDoor, log_door_id, "program")
    return _made(actions.renew_door(row, now=clock.now(), by=actor(request)))


@router.post("/log-doors/{log_door_id}/close", auth=WRITE, response=LogDoorOut)
def close_log_door(request: HttpRequest, log_door_id: str) -> LogDoorOut:
    """Close an address; what was logged there stays."""
    row = find(asker(request), LogDoor, log_door_id)
    return _door(actions.close_door(row, now=clock.now(), by=actor(request)))


def _survey(program: Program) -> SurveyOut:
    row = queries.question_of(program.pk)
    return SurveyOut(
        program=text_id("prg", program.pk), address=absolute_url(f"/ask/{program.slug}"),
        is_open=queries.is_open(program.pk), version=row.number if row else 0, question=row.text if row else "",
        hint=row.hint if row else "", thanks=row.thanks if row else "",
    )  # fmt: skip


def _answer(row: Answer) -> GivenAnswerOut:
    copied = ("text", "question", "source", "person", "place", "note", "logged_by", "status", "named_at")
    values = {name: getattr(row, name) for name in copied}
    return GivenAnswerOut(id=text_id("ans", row.pk), program=text_id("prg", row.program_id), **values)


def _door(row: LogDoor) -> LogDoorOut:
    copied = ("team", "source", "times_used", "used_at", "made_at", "closed_at")
    values = {name: getattr(row, name) for name in copied}
    return LogDoorOut(id=text_id("ldr", row.pk), program=text_id("prg", row.program_id), **values)


def _made(row: LogDoor) -> LogDoorMade:
    return LogDoorMade(**_door(row).model_dump(), address=absolute_url(log_path(row.pk)))
