"""How money leaves: files of runs, answers read back, the settings of rails, and the schedule."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.reach import find, own_program
from hanse.faces.api.values import Input, Instant, Minor, Output, Text
from hanse.kernel import clock
from hanse.kernel.errors import Refused
from hanse.kernel.ids import text_id
from hanse.money.payouts import actions
from hanse.money.payouts.models import PayoutRules, PayoutRun
from hanse.money.payouts.schedule import payout_rules
from hanse.money.rails.models import RunFile
from hanse.money.rails.registry import RAILS_BY_KEY
from hanse.money.rails.settings import rail_problems, shown_values
from hanse.programs.programs.models import Program

router = Router(tags=["Payouts"])
Rail = Literal["manual", "csv", "paypal_csv", "paypal", "wise", "sepa", "credit"]


class FileOut(Output):
    """A file of an opened run: the same to the byte each time. `content` is null once a payment in it is read back."""

    position: int
    name: str
    media_type: str
    digest: str = Field(description="SHA-256 of the content.")
    message_id: str | None = Field(description="What a bank tells files apart by; never used twice.")
    payouts: list[str]
    made_at: Instant
    content: str | None
    refused: str = Field(description="Why there is no content, or empty.")


class FileList(Output):
    """The files of a run."""

    data: list[FileOut]


class BankAnswerIn(Input):
    """A bank's or payment company's answer as the text of a CSV."""

    content: Annotated[Text, Field(max_length=5_000_000)]


class RefusedRow(Output):
    """A row that was not taken."""

    line: int
    reason: str


class AnswerOut(Output):
    """What reading an answer did."""

    settled: int
    failed: int
    returned: int
    waiting: int
    refused: list[RefusedRow]


class RulesIn(Input):
    """When runs are drafted, and how far a first payout may fall below the minimum."""

    program: Text | None = None
    schedule: Literal["off", "monthly", "weekly"]
    schedule_day: Annotated[int, Field(ge=0, le=28, description="1 to 28 of the month, or 0 (Monday) to 6.")] = 1
    rail: Rail = "csv"
    first_payout_up_to: Minor | None = Field(None, description="In the minor unit; null: never below the minimum.")
    first_hold_days: Annotated[int, Field(ge=0, le=365)] | None = Field(
        None, description="Up to that amount, how many days a first payout is held; null: as long as usual."
    )


class RulesOut(Output):
    """When runs are drafted."""

    program: str
    schedule: str
    schedule_day: int
    rail: str
    first_payout_up_to: int | None
    first_hold_days: int | None


class RulesList(Output):
    """The rules of one program."""

    data: list[RulesOut]


class RailIn(Input):
    """Settings of a rail; what is left out stays as it was."""

    program: Text | None = None
    rail: Rail
    settings: dict[Annotated[Text, Field(max_length=40)], Annotated[Text, Field(max_length=2000)]] = Field(
        description="By the names that the list of rails shows. Secrets are kept encrypted and never shown again."
    )


class RailOut(Output):
    """A way to pay: its settings (secrets as “set”), and what is missing before a run can go out."""

    rail: str
    program: str
    is_ready: bool
    problems: list[str]
    settings: dict[str, str]


class RailList(Output):
    """Every way to pay."""

    data: list[RailOut]


@router.get("/payout-runs/{run_id}/files", auth=WRITE, response=FileList)
def list_run_files(request: HttpRequest, run_id: str, for_records: bool = False) -> FileList:
    """List the files of a run with their content. `for_records`: also of those that are read back.

    They hold every account whole, so a key that only reads does not get them.
    """
    run = find(asker(request), PayoutRun, run_id, "program")
    files = RunFile.objects.filter(run=run).order_by("position")
    return FileList(data=[_file(run, file, as_copy=for_records) for file in files])


def _file(run: PayoutRun, file: RunFile, *, as_copy: bool) -> FileOut:
    content, refused = None, ""
    try:
        content = actions.download(run, file.position, as_copy=as_copy).body
    except Refused as refusal:
        refused = refusal.message
    payouts = [text_id("pay", UUID(one)) for one in file.payout_ids]
    return FileOut(
        position=file.position, name=file.name, media_type=file.media_type, digest=file.digest,
        message_id=file.message_id, payouts=payouts, made_at=file.made_at, content=content, refused=refused,
    )  # fmt: skip


@router.post("/payout-runs/{run_id}/export-again", auth=WRITE, response=FileList)
def export_again(request: HttpRequest, run_id: str) -> FileList:
    """Make new files, under new ids, of what is still on its way. Refused when nothing is."""
    run = find(asker(request), PayoutRun, run_id, "program")
    files = actions.export_again(run, now=clock.now(), by=actor(request))
    return FileList(data=[_file(run, file, as_copy=False) for file in files])


@router.post("/payout-runs/{run_id}/read-back", auth=WRITE, response=AnswerOut)
def read_back_answer(request: HttpRequest, run_id: str, body: BankAnswerIn) -> AnswerOut:
    """Apply a bank's answer: good rows each once; bad rows change nothing and are named."""
    run = find(asker(request), PayoutRun, run_id, "program")
    found = actions.read_back_csv(run, body.content, now=clock.now(), by=actor(request))
    return AnswerOut(
        settled=found.settled, failed=found.failed, returned=found.returned, waiting=found.waiting,
        refused=[RefusedRow(line=line, reason=reason) for line, reason in found.refused],
    )  # fmt: skip


@router.get("/payout-rules", auth=READ, response=RulesList)
def list_payout_rules(request: HttpRequest, program: str = "") -> RulesList:
    """Read when a program drafts runs."""
    found = own_program(asker(request), program or None, "/query/program")
    return RulesList(data=[_rules(payout_rules(found))])


@router.put("/payout-rules", auth=WRITE, response=RulesOut)
def put_payout_rules(request: HttpRequest, body: RulesIn) -> RulesOut:
    """Say when a program drafts runs. They still wait for a person's approval."""
    program = own_program(asker(request), body.program)
    row = actions.set_payout_rules(
        program, schedule=body.schedule, schedule_day=body.schedule_day, rail=body.rail,
        first_payout_up_to_minor=body.first_payout_up_to, first_hold_days=body.first_hold_days,
        now=clock.now(), by=actor(request),
    )  # fmt: skip
    return _rules(row)


def _rules(row: PayoutRules) -> RulesOut:
    return RulesOut(
        program=text_id("prg", row.program_id), schedule=row.schedule, schedule_day=row.schedule_day, rail=row.rail,
        first_payout_up_to=row.first_payout_up_to_minor, first_hold_days=row.first_hold_days,
    )  # fmt: skip


@router.get("/rails", auth=READ, response=RailList)
def list_rails(request: HttpRequest, program: str = "") -> RailList:
    """List the ways to pay with what each still needs."""
    found = own_program(asker(request), program or None, "/query/program")
    return RailList(data=[_rail(found, key) for key in RAILS_BY_KEY])


@router.put("/rails", auth=WRITE, response=RailOut)
def put_rail(request: HttpRequest, body: RailIn) -> RailOut:
    """Keep the settings of a way to pay. A secret that is left empty stays as it was."""
    program = own_program(asker(request), body.program)
    actions.save_rail(program, body.rail, body.settings, now=clock.now(), by=actor(request))
    return _rail(program, body.rail)


def _rail(program: Program, key: str) -> RailOut:
    problems = rail_problems(program, key)
    return RailOut(
        rail=key, program=text_id("prg", program.pk), is_ready=not problems, problems=problems,
        settings=shown_values(program.pk, key),
    )  # fmt: skip
