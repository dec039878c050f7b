"""The shapes of prospects, letters and the ideal partner over the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out

Stage = Literal["prospect", "qualified", "contacted", "talks", "signed", "onboarding", "active", "closed"]
Criterion = Literal["audience", "relevance", "trust", "evidence", "fit", "reach"]
Weight = Annotated[int, Field(ge=0, le=100)]
Reason = Annotated[Text, Field(max_length=300)]


class ProspectIn(Input):
    """Somebody for the pipeline: a candidate, or a name; `referrer` is the partner who brought them, kept for life."""

    program: Text | None = None
    candidate: Text | None = None
    name: Annotated[Text, Field(max_length=200)] = ""
    email: Annotated[Text, Field(max_length=254)] = ""
    website: Annotated[Text, Field(max_length=300)] = ""
    content: Annotated[Text, Field(max_length=500)] = ""
    referrer: Text | None = None


class ProspectChange(Input):
    """What can be changed."""

    name: Text = left_out(min_length=1, max_length=200)
    email: Text = left_out(max_length=254)
    website: Text = left_out(max_length=300)
    content: Text = left_out(max_length=500)
    next_step: Text = left_out(max_length=300)
    next_on: Text | None = left_out(pattern=r"^\d{4}-\d{2}-\d{2}$")


class MoveIn(Input):
    """Where a prospect goes; closing needs a reason."""

    stage: Stage
    reason: Reason = ""


class UndoIn(Input):
    """The `act` that a move answered with."""

    program: Text | None = None
    act: Annotated[Text, Field(max_length=36)]


class RemarkIn(Input):
    """A note, or a reply that came."""

    kind: Literal["note", "reply"] = "note"
    text: Annotated[Text, Field(min_length=1, max_length=10_000)]


class JudgementIn(Input):
    """What a person knows: 0 to 10 with a note; null lets the numbers speak again."""

    criterion: Criterion
    value: Annotated[int, Field(ge=0, le=10)] | None
    note: Annotated[Text, Field(max_length=500)] = ""


class LetterIn(Input):
    """A letter with slots like {{name}} or {{quote}}."""

    program: Text | None = None
    name: Annotated[Text, Field(min_length=1, max_length=100)]
    subject: Annotated[Text, Field(min_length=1, max_length=200)]
    body: Annotated[Text, Field(min_length=1, max_length=10_000)]


class OutreachIn(Input):
    """Which letter, and how: mailed by us, or `noted` as sent elsewhere; `preview` sends nothing."""

    letter: Text
    own_text: Annotated[Text, Field(max_length=2_000)] = ""
    sender: Annotated[Text, Field(max_length=200)] = ""
    way: Literal["preview", "mail", "noted"] = "preview"


class ProfileIn(Input):
    """What counts how much; criteria left out count nothing."""

    program: Text | None = None
    weights: dict[Criterion, Weight]
    reach_cap: Weight = 10
    qualify_at: Annotated[int, Field(ge=1, le=100)] = 50


class ReasonOut(Output):
    """What a criterion gives; `value` null: nothing is known."""

    criterion: str
    weight: int
    value: int | None
    points: float
    note: str
    capped: bool


class ProspectOut(Output):
    """A prospect with its score of 100."""

    id: str
    program: str
    name: str
    email: str
    website: str
    content: str
    source: str
    referrer: str | None
    candidate: str | None
    partner: str | None
    stage: str
    closed_reason: str
    next_step: str
    next_on: date | None
    points: int
    entered_at: Instant
    changed_at: Instant
    created_at: Instant


class StageChangeOut(Output):
    """One step: who moved it, when; `undone_at` where it was taken back."""

    act: str
    from_stage: str
    to_stage: str
    reason: str
    at: Instant
    by: str
    undone_at: Instant | None


class ProspectDetail(ProspectOut):
    """A prospect with the reasons of its score and its steps."""

    reasons: list[ReasonOut]
    steps: list[StageChangeOut]


class ProspectPage(Page):
    """A page of prospects."""

    data: list[ProspectOut]


class MovedOut(ProspectOut):
    """A prospect that moved; `act` takes it back."""

    act: str


class UndoneOut(Output):
    """How many went back."""

    moved_back: int


class LetterOut(Output):
    """A letter."""

    id: str
    name: str
    subject: str
    body: str


class LettersOut(Output):
    """All letters of a program."""

    data: list[LetterOut]


class DraftOut(Output):
    """A letter filled in; `missing` names the slots that nothing fills."""

    subject: str
    text: str
    missing: list[str]
    sent: bool


class RemarkOut(Output):
    """What was written down."""

    kind: str
    text: str
    at: Instant


class StageOut(Output):
    """A stage in numbers; the median is of stays that ended (`stays` of them)."""

    stage: str
    there_now: int
    came_this_far: int
    went_further: int
    stays: int
    median_seconds: int | None


class PipelineOut(Output):
    """The stages in numbers."""

    came: int
    closed: int
    stages: list[StageOut]


class ProfileOut(Output):
    """What counts, and what it would have said of today's partners; `correlation` is Spearman's, over `n` partners."""

    weights: dict[str, int]
    reach_cap: int
    qualify_at: int
    n: int
    known: int
    found_in_best_tenth: int
    best_tenth: int
    correlation: float | None
