"""Challenges: goals with a deadline and a prize, who is how far, proof and its review."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.days import Day, day_of
from hanse.faces.api.values import Input, Instant, Minor, Output, Page, Text, left_out
from hanse.growth.challenges import actions, deciding
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.growth.challenges.queries import Mine, challenges_for
from hanse.growth.challenges.rules import stage_of
from hanse.growth.challenges.types import Stage, Standing
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Challenges"])
ChallengeMetric = Literal["value", "conversions", "new_customers", "clicks", "proof"]
EntryState = Literal["reached", "waiting", "won", "declined", "lapsed", "taken_back"]
Target = Annotated[int, Field(ge=1, le=10**15, description="In the metric's unit; value in the minor unit.")]
Winners = Annotated[int, Field(ge=1, le=1_000_000)]
_LONG = Field(max_length=4000)


class ChallengeIn(Input):
    """A challenge, kept as a draft. With a `gift` the prize is what that is worth about, and owed in kind."""

    program: Text = ""
    name: Annotated[Text, Field(max_length=120)]
    text: Annotated[Text, _LONG] = ""
    metric: ChallengeMetric
    target: Target = 1
    starts_on: Day
    ends_on: Day
    audience: dict[str, Any] | None = Field(None, description="A condition over partners; null: everybody active.")
    reviewed: bool = False
    most_winners: Winners | None = None
    prize: Minor
    gift: Annotated[Text, Field(max_length=200)] = ""


class ChallengeChange(Input):
    """What is to change. Once it is open, what was promised stays: the prize may only grow, the end only move out."""

    name: Annotated[Text, Field(max_length=120)] = left_out()
    text: Annotated[Text, _LONG] = left_out()
    metric: ChallengeMetric = left_out()
    target: Target = left_out()
    starts_on: Day = left_out()
    ends_on: Day = left_out()
    audience: dict[str, Any] | None = None
    reviewed: bool = left_out()
    most_winners: Winners | None = None
    prize: Minor = left_out()
    gift: Annotated[Text, Field(max_length=200)] = left_out()


class ChallengeOut(Output):
    """A challenge."""

    id: str
    program: str
    name: str
    text: str
    metric: ChallengeMetric
    target: int
    starts_on: date
    ends_on: date
    stage: Stage
    audience: dict[str, Any] | None
    reviewed: bool
    most_winners: int | None
    prize: int
    currency: str
    gift: str
    opened_at: Instant | None
    cancelled_at: Instant | None
    reason: str


class ChallengePage(Page):
    """A page of challenges."""

    data: list[ChallengeOut]


class ChallengeEnd(Input):
    """Why it ends early, for partners to read."""

    reason: Annotated[Text, Field(max_length=2000)] = ""


class StandingOut(Output):
    """How far one partner is in one challenge."""

    challenge: str
    name: str
    stage: Stage
    amount: int
    target: int
    standing: Standing
    settles_at: Instant | None
    reason: str


class StandingsOut(Output):
    """A partner's challenges, what runs first."""

    data: list[StandingOut]


class ProofIn(Input):
    """What shows that a partner did it: a link, a text, or both."""

    enrolment: Text
    link: Annotated[Text, Field(max_length=500)] = ""
    text: Annotated[Text, _LONG] = ""


class EntryOut(Output):
    """One partner's way through a challenge, from the moment the goal was reached or proof was sent."""

    id: str
    challenge: str
    enrolment: str
    state: EntryState
    amount: int
    reached_on: date | None
    settles_at: Instant | None
    proof_link: str
    proof_text: str
    decided_at: Instant | None
    reason: str
    prize: int


class EntryPage(Page):
    """A page of entries."""

    data: list[EntryOut]


class EntryNote(Input):
    """A word, if one likes."""

    note: Annotated[Text, Field(max_length=2000)] = ""


class EntryRefusal(Input):
    """Why not, for the partner to read."""

    reason: Annotated[Text, Field(max_length=2000)]


@router.get("/challenges", auth=READ, response=ChallengePage)
def list_challenges(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> ChallengePage:
    """List challenges, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Challenge).select_related("program"), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    return ChallengePage(data=[_challenge(row) for row in page], next_cursor=following)


@router.post("/challenges", auth=WRITE, response={201: ChallengeOut})
def create_challenge(request: HttpRequest, body: ChallengeIn) -> Status[ChallengeOut]:
    """Write a challenge down as a draft."""
    program = own_program(asker(request), body.program)
    row = actions.keep_challenge(program, now=clock.now(), by=actor(request), **_fields(body.model_dump()))
    return Status(201, _challenge(row))


@router.get("/challenges/{challenge_id}", auth=READ, response=ChallengeOut)
def read_challenge(request: HttpRequest, challenge_id: str) -> ChallengeOut:
    """Read one challenge."""
    return _challenge(find(asker(request), Challenge, challenge_id, "program"))


@router.patch("/challenges/{challenge_id}", auth=WRITE, response=ChallengeOut)
def change_challenge(request: HttpRequest, challenge_id: str, body: ChallengeChange) -> ChallengeOut:
    """Change a draft, or better what is open."""
    row = find(asker(request), Challenge, challenge_id, "program")
    actions.keep_challenge(
        row.program, now=clock.now(), by=actor(request), instead_of=row, **_fields(body.given())
    )  # fmt: skip
    return _challenge(row)


@router.post("/challenges/{challenge_id}/open", auth=WRITE, response=ChallengeOut)
def open_challenge(request: HttpRequest, challenge_id: str) -> ChallengeOut:
    """Show a challenge to its audience."""
    row = find(asker(request), Challenge, challenge_id, "program")
    return _challenge(actions.open_challenge(row, now=clock.now(), by=actor(request)))


@router.post("/challenges/{challenge_id}/end", auth=WRITE, response=ChallengeOut)
def end_challenge(request: HttpRequest, challenge_id: str, body: ChallengeEnd | None = None) -> ChallengeOut:
    """End a challenge early. Who had reached it is still paid."""
    row = find(asker(request), Challenge, challenge_id, "program")
    reason = body.reason if body else ""
    return _challenge(actions.cancel_challenge(row, reason=reason, now=clock.now(), by=actor(request)))


@router.get("/enrolments/{enrolment_id}/challenges", auth=READ, response=StandingsOut)
def list_standings(request: HttpRequest, enrolment_id: str) -> StandingsOut:
    """List the challenges that a partner can take part in or took part in, and how far they are."""
    row = find(asker(request), Enrolment, enrolment_id, "program", "partner")
    return StandingsOut(data=[_standing(one) for one in challenges_for(row, clock.now())])


@router.get("/challenges/{challenge_id}/entries", auth=READ, response=EntryPage)
def list_entries(request: HttpRequest, challenge_id: str, cursor: Cursor = "", limit: Limit = PAGE) -> EntryPage:
    """List who reached a challenge's goal or sent proof, the newest first."""
    key = asker(request)
    row = find(key, Challenge, challenge_id)
    page, following = take_page(reach(key, ChallengeEntry).filter(challenge=row), cursor, limit)
    return EntryPage(data=[_entry(one) for one in page], next_cursor=following)


@router.post("/challenges/{challenge_id}/proof", auth=WRITE, response=EntryOut)
def send_proof(request: HttpRequest, challenge_id: str, body: ProofIn) -> EntryOut:
    """Send a partner's proof, to be looked at by a person."""
    key = asker(request)
    row = find(key, Challenge, challenge_id, "program")
    enrolment = refer(key, Enrolment, body.enrolment, "/enrolment", "partner", "program")
    made = deciding.send_proof(
        row, enrolment, link=body.link, text=body.text, now=clock.now(), by=actor(request)
    )  # fmt: skip
    return _entry(made)


@router.post("/challenge-entries/{challenge_entry_id}/accept", auth=WRITE, response=EntryOut)
def accept_entry(request: HttpRequest, challenge_entry_id: str, body: EntryNote | None = None) -> EntryOut:
    """Say yes to an entry that waits: the prize is booked, or owed in kind."""
    row = find(asker(request), ChallengeEntry, challenge_entry_id)
    return _entry(deciding.accept_entry(row, note=body.note if body else "", now=clock.now(), by=actor(request)))


@router.post("/challenge-entries/{challenge_entry_id}/decline", auth=WRITE, response=EntryOut)
def decline_entry(request: HttpRequest, challenge_entry_id: str, body: EntryRefusal) -> EntryOut:
    """Say no to an entry that waits. The partner reads the reason."""
    row = find(asker(request), ChallengeEntry, challenge_entry_id)
    return _entry(deciding.decline_entry(row, reason=body.reason, now=clock.now(), by=actor(request)))


@router.post("/challenge-entries/{challenge_entry_id}/take-back", auth=WRITE, response=EntryOut)
def take_entry_back(request: HttpRequest, challenge_entry_id: str, body: EntryRefusal) -> EntryOut:
    """Take a prize back by a second booking."""
    row = find(asker(request), ChallengeEntry, challenge_entry_id)
    return _entry(deciding.take_prize_back(row, reason=body.reason, now=clock.now(), by=actor(request)))


def _fields(given: dict[str, Any]) -> Any:
    """Return what was given by the names that the verb knows."""
    names = {"reviewed": "is_reviewed", "prize": "prize_minor"}
    found = {names.get(name, name): value for name, value in given.items() if name != "program"}
    for name in ("starts_on", "ends_on"):
        if name in found:
            found[name] = day_of(found[name], f"/{name}")
    return found


def _challenge(row: Challenge) -> ChallengeOut:
    today = local_day(clock.now(), row.program.time_zone)
    return ChallengeOut(
        id=text_id("chl", row.pk), program=text_id("prg", row.program_id), name=row.name, text=row.text,
        metric=cast(ChallengeMetric, row.metric), target=row.target, starts_on=row.starts_on, ends_on=row.ends_on,
        stage=stage_of(row, today, row.program.hold_days), audience=row.audience, reviewed=row.is_reviewed,
        most_winners=row.most_winners, prize=row.prize_minor, currency=row.currency, gift=row.gift,
        opened_at=row.opened_at, cancelled_at=row.cancelled_at, reason=row.cancel_reason,
    )  # fmt: skip


def _standing(one: Mine) -> StandingOut:
    found = one.progress
    return StandingOut(
        challenge=text_id("chl", one.challenge.pk), name=one.challenge.name, stage=one.stage, amount=found.amount,
        target=found.target, standing=found.standing, settles_at=found.settles_at, reason=found.reason,
    )  # fmt: skip


def _entry(row: ChallengeEntry) -> EntryOut:
    return EntryOut(
        id=text_id("che", row.pk), challenge=text_id("chl", row.challenge_id),
        enrolment=text_id("enr", row.enrolment_id), state=cast(EntryState, row.state), amount=row.amount,
        reached_on=row.reached_on,
        settles_at=row.settles_at, proof_link=row.proof_link, proof_text=row.proof_text, decided_at=row.decided_at,
        reason=row.reason, prize=row.prize_minor,
    )  # fmt: skip
