"""Mentions and candidates: whom customers name, and what a person decides about it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer, refer_all
from hanse.faces.api.routes.prospect_shapes import JudgementIn
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out, shown_id
from hanse.growth.mentions import actions
from hanse.growth.mentions.models import Candidate
from hanse.growth.mentions.queries import candidates_of, spellings_of
from hanse.growth.mentions.rules import person_key
from hanse.growth.mentions.types import LONGEST_ANSWER, GivenAnswer
from hanse.growth.profile.actions import forget_judgement, judge
from hanse.growth.profile.queries import scores_of_candidates
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.partners.models import Partner
from hanse.programs.programs.models import Program
from hanse.spine.checks import Checks

router = Router(tags=["Candidates"])
Source = Literal["survey", "support", "community", "referral"]


class MentionIn(Input):
    """What one person said. `person` tells people apart; an e-mail address is kept as a keyed hash only."""

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST_ANSWER)]
    person: Annotated[Text, Field(max_length=254)] = ""
    source: Source = "survey"
    question: Annotated[Text, Field(max_length=300)] = ""
    place: Annotated[Text, Field(max_length=500, description="Where it was seen: a web address.")] = ""
    note: Annotated[Text, Field(max_length=2000, description="What whoever logged it wrote beside.")] = ""
    named_at: Instant | None = None


class MentionsIn(Input):
    """Answers to take in: all of them or, where one is refused, none."""

    program: Text | None = None
    answers: Annotated[list[MentionIn], Field(min_length=1, max_length=5000)]


class MentionsOut(Output):
    """What came of it; an answer that was known already changes nothing."""

    new: int
    known: int
    mentions: int
    nobody: int
    unclear: int
    candidates: int


class SpellingOut(Output):
    """One spelling: its key, how most people write it, and how often."""

    key: str
    name: str
    times: int


class CandidateOut(Output):
    """A candidate; `weight` counts fresh mentions four times, those of the last year twice.

    `points` of 100 are the score against the program's ideal partner.
    """

    id: str
    program: str
    name: str
    partner: str | None
    times: int
    people: int
    weight: int
    points: int
    first_named_at: Instant | None
    last_named_at: Instant | None
    dismissed_at: Instant | None


class CandidateReasonOut(Output):
    """What one criterion gives to a candidate's score; `value` null: nothing is known."""

    criterion: str
    weight: int
    value: int | None
    points: float
    note: str
    capped: bool


class CandidateDetail(CandidateOut):
    """A candidate with its spellings and the reasons of its score."""

    spellings: list[SpellingOut]
    reasons: list[CandidateReasonOut]


class CandidatePage(Page):
    """A page of candidates."""

    data: list[CandidateOut]


class CandidateChange(Input):
    """What can be changed; `partner` null says that it is none of ours, `dismissed` takes it off the list."""

    name: Text = left_out(min_length=1, max_length=120)
    partner: Text | None = left_out()
    dismissed: bool = left_out()


class MergeIn(Input):
    """The candidates that are the same one."""

    others: Annotated[list[Text], Field(min_length=1, max_length=100)]


class SplitIn(Input):
    """The key of the spelling that is somebody else."""

    spelling: Annotated[Text, Field(min_length=1, max_length=120)]


@router.post("/mentions", auth=WRITE, response={201: MentionsOut})
def take_mentions(request: HttpRequest, body: MentionsIn) -> Status[MentionsOut]:
    """Take in what people answered; the names in it become candidates or are added to them."""
    program, now = own_program(asker(request), body.program), clock.now()
    given = [
        GivenAnswer(
            one.text, one.named_at or now, one.source, one.question, person_key(one.person), one.place, one.note
        )
        for one in body.answers
    ]
    checks = Checks("/answers")
    for place, one in enumerate(given):
        inner = Checks(f"/answers/{place}")
        inner.web_address("place", one.place, 500)
        if one.named_at > now:
            inner.refuse("named_at", "This moment lies ahead.", "future")
        checks.problems += inner.problems
    checks.done()
    taken = actions.take_answers(program, given, now=now, by=actor(request))
    return Status(201, MentionsOut(**{name: getattr(taken, name) for name in MentionsOut.model_fields}))


@router.get("/candidates", auth=READ, response=CandidatePage)
def list_candidates(
    request: HttpRequest, program: str = "", dismissed: bool = False, cursor: Cursor = "", limit: Limit = PAGE
) -> CandidatePage:
    """List candidates, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Candidate), {"program_id": (Program, program)})
    page, following = take_page(rows.filter(dismissed_at__isnull=not dismissed), cursor, limit)
    counted = {row.pk: row for row in candidates_of(None, clock.now()).filter(pk__in=[one.pk for one in page])}
    return CandidatePage(
        data=[CandidateOut(**values) for values in _shown([counted[one.pk] for one in page])], next_cursor=following
    )


@router.get("/candidates/{candidate_id}", auth=READ, response=CandidateDetail)
def read_candidate(request: HttpRequest, candidate_id: str) -> CandidateDetail:
    """Read one candidate with its spellings."""
    return _detail(find(asker(request), Candidate, candidate_id))


@router.patch("/candidates/{candidate_id}", auth=WRITE, response=CandidateDetail)
def change_candidate(request: HttpRequest, candidate_id: str, body: CandidateChange) -> CandidateDetail:
    """Rename a candidate, say which partner it is, take it off the list or put it back."""
    key, now, by = asker(request), clock.now(), actor(request)
    row, given = find(key, Candidate, candidate_id), body.given()
    if "name" in given:
        actions.rename_candidate(row, name=given["name"], now=now, by=by)
    if "partner" in given:
        partner = refer(key, Partner, given["partner"], "/partner") if given["partner"] else None
        actions.match_partner(row, partner, now=now, by=by)
    if "dismissed" in given:
        act = actions.dismiss_candidate if given["dismissed"] else actions.restore_candidate
        act(row, now=now, by=by)
    return _detail(row)


@router.post("/candidates/{candidate_id}/judgement", auth=WRITE, response=CandidateDetail)
def judge_candidate(request: HttpRequest, candidate_id: str, body: JudgementIn) -> CandidateDetail:
    """Say what a person knows of a candidate on one criterion; a `value` of null lets the numbers speak again."""
    row, now, by = find(asker(request), Candidate, candidate_id), clock.now(), actor(request)
    if body.value is None:
        forget_judgement(row, body.criterion, now=now, by=by)
    else:
        judge(row, body.criterion, value=body.value, note=body.note, now=now, by=by)
    return _detail(row)


@router.post("/candidates/{candidate_id}/merge", auth=WRITE, response=CandidateDetail)
def merge_candidates(request: HttpRequest, candidate_id: str, body: MergeIn) -> CandidateDetail:
    """Make candidates one; they stay together in later imports."""
    key = asker(request)
    row = find(key, Candidate, candidate_id)
    others = refer_all(key, Candidate, {f"/others/{place}": text for place, text in enumerate(body.others)})
    return _detail(actions.merge_candidates(row, list(others.values()), now=clock.now(), by=actor(request)))


@router.post("/candidates/{candidate_id}/split", auth=WRITE, response={201: CandidateDetail})
def split_candidate(request: HttpRequest, candidate_id: str, body: SplitIn) -> Status[CandidateDetail]:
    """Make one spelling a candidate of its own, for later imports too; answer with that one."""
    row = find(asker(request), Candidate, candidate_id)
    return Status(201, _detail(actions.split_spelling(row, body.spelling, now=clock.now(), by=actor(request))))


def _detail(row: Candidate) -> CandidateDetail:
    counted = candidates_of(None, clock.now()).get(pk=row.pk)
    spellings = [SpellingOut(key=key, name=name, times=times) for key, name, times in spellings_of(row.pk)]
    score = scores_of_candidates(row.program_id, [row])[row.pk]
    reasons = [
        CandidateReasonOut(
            criterion=one.criterion, weight=one.weight, value=one.known.value if one.known else None,
            points=one.tenths / 10, note=one.known.note if one.known else "", capped=one.is_capped,
        )
        for one in score.reasons
    ]  # fmt: skip
    return CandidateDetail(spellings=spellings, reasons=reasons, **_values(counted, score.points))


def _shown(rows: list[Any]) -> list[dict[str, Any]]:
    """Return what is shown of candidates, which a key without a program may have of several."""
    points: dict[UUID, int] = {}
    for program_id in {row.program_id for row in rows}:
        mine = [row for row in rows if row.program_id == program_id]
        points |= {id_: score.points for id_, score in scores_of_candidates(program_id, mine).items()}
    return [_values(row, points[row.pk]) for row in rows]


def _values(row: Any, points: int) -> dict[str, Any]:
    """Return what is shown of a candidate; the counts are annotated by `candidates_of`."""
    return {
        "id": text_id("cnd", row.pk), "program": text_id("prg", row.program_id), "name": row.name,
        "partner": shown_id("prt", row.partner_id), "times": row.times, "people": row.people, "weight": row.weight,
        "points": points, "first_named_at": row.first_at, "last_named_at": row.last_at,
        "dismissed_at": row.dismissed_at,
    }  # fmt: skip
