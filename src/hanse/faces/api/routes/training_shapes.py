"""Shapes of lessons, live sessions and the effect on first sales."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from hanse.faces.api.routes.conversation_shapes import InvitedAnswer
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out

Keys = Annotated[list[Annotated[Text, Field(max_length=80)]], Field(max_length=50)]
SessionKind = Literal["onboarding", "webinar", "office_hours", "call"]
Title = Annotated[Text, Field(max_length=120)]
Long = Annotated[Text, Field(max_length=20_000)]
Address = Annotated[Text, Field(max_length=500)]
Seats = Annotated[int, Field(ge=1, le=5_000)]
Choice = Annotated[int, Field(ge=0, le=4)]


class CheckQuestionIn(Input):
    """One question: two to five options, `right` counts them from 0; `why` is read by whoever got it right."""

    text: Annotated[Text, Field(max_length=300)]
    options: Annotated[list[Annotated[Text, Field(max_length=200)]], Field(min_length=2, max_length=5)]
    right: Choice
    why: Annotated[Text, Field(max_length=500)] = ""


Questions = Annotated[list[CheckQuestionIn], Field(min_length=1, max_length=5)]


class LessonIn(Input):
    """A lesson, kept as a draft. `text` is Markdown without HTML; no `tiers` or `types` means everybody."""

    program: Text = ""
    key: Annotated[Text, Field(max_length=40)] = ""
    title: Title
    summary: Annotated[Text, Field(max_length=300)] = ""
    text: Long
    minutes: Annotated[int, Field(ge=1, le=240)] = 5
    video_address: Address = ""
    questions: Questions
    tiers: Keys = []
    types: Keys = []
    language: Annotated[Text, Field(max_length=10)] = "en"
    position: Annotated[int, Field(ge=0, le=10_000)] = left_out()
    is_basic: bool = False


class LessonChange(Input):
    """What is to change; other words make a new version."""

    title: Title = left_out()
    summary: Annotated[Text, Field(max_length=300)] = left_out()
    text: Long = left_out()
    minutes: Annotated[int, Field(ge=1, le=240)] = left_out()
    video_address: Address = left_out()
    questions: Questions = left_out()
    tiers: Keys = left_out()
    types: Keys = left_out()
    language: Annotated[Text, Field(max_length=10)] = left_out()
    position: Annotated[int, Field(ge=0, le=10_000)] = left_out()
    is_basic: bool = left_out()


class LessonOut(Output):
    """A lesson as the team has it, with the right answers."""

    id: str
    program: str
    key: str
    version: int
    title: str
    summary: str
    text: str
    minutes: int
    video_address: str
    questions: list[dict[str, Any]]
    tiers: list[str]
    types: list[str]
    language: str
    position: int
    is_basic: bool
    published_at: Instant | None
    archived_at: Instant | None


class LessonPage(Page):
    """A page of lessons."""

    data: list[LessonOut]


class AskedOut(Output):
    """One question as partners read it: which option is right is not told."""

    text: str
    options: list[str]


class PartnerLessonOut(Output):
    """One lesson as a partner has it."""

    lesson: str
    key: str
    version: int
    title: str
    summary: str
    text: str
    minutes: int
    video_address: str
    language: str
    questions: list[AskedOut]
    begun_at: Instant | None
    tries: int
    right: int
    done_at: Instant | None


class PartnerLessonsOut(Output):
    """The lessons that are meant for a partner, in order."""

    data: list[PartnerLessonOut]


class AnswersIn(Input):
    """A partner's answers to the questions of a version: one option each, counted from 0."""

    enrolment: Text
    version: Annotated[int, Field(ge=1, le=100_000)]
    answers: Annotated[list[Choice], Field(max_length=5)]


class LearnedIn(Input):
    """That a partner did a lesson elsewhere."""

    enrolment: Text
    done_at: Instant | None = None


class ProgressOut(Output):
    """How far one partner is in one lesson."""

    id: str
    lesson: str
    enrolment: str
    version: int
    begun_at: Instant
    tries: int
    right: int
    done_at: Instant | None
    way: str


class ProgressPage(Page):
    """A page of progress."""

    data: list[ProgressOut]


class SessionIn(Input):
    """A live session with seats; partners of its tiers and types take them by themselves while it is open."""

    program: Text = ""
    kind: SessionKind = "webinar"
    title: Annotated[Text, Field(min_length=1, max_length=200)]
    starts_at: Instant
    minutes: Annotated[int, Field(ge=5, le=1440)]
    place: Annotated[Text, Field(max_length=300)] = ""
    agenda: Annotated[Text, Field(max_length=5_000)] = ""
    seats: Seats
    open: bool = True
    tiers: Keys = []
    types: Keys = []
    lesson: Text = ""


class SessionChange(Input):
    """What is to change about its seats. More seats go to those in line."""

    seats: Seats = left_out()
    open: bool = left_out()
    tiers: Keys = left_out()
    types: Keys = left_out()
    lesson: Text = left_out()


class SeatIn(Input):
    """Whose seat."""

    enrolment: Text


class SeatOut(Output):
    """One partner's answer to a session: `accepted` has a seat, `waiting` stands in line since `asked_at`."""

    enrolment: str
    answer: InvitedAnswer
    asked_at: Instant | None
    was_there: bool | None


class SessionOut(Output):
    """A live session with how many seats are taken and how many wait."""

    id: str
    program: str
    kind: SessionKind
    title: str
    agenda: str
    place: str
    starts_at: Instant
    minutes: int
    seats: int
    taken: int
    waiting: int
    came: int
    open: bool
    tiers: list[str]
    types: list[str]
    lesson: str | None
    recording: str
    cancelled_at: Instant | None
    held_at: Instant | None


class SessionDetail(SessionOut):
    """A session with its seats and its line."""

    seated: list[SeatOut]


class SessionPage(Page):
    """A page of sessions."""

    data: list[SessionOut]


class RecordingIn(Input):
    """Where a session can be watched; empty takes it away."""

    recording: Address


class ShareOut(Output):
    """A share with its 95 % interval, of `n` who were watched."""

    share: float
    low: float
    high: float
    n: int


class ArmOut(Output):
    """One group: how many, how many sold since the landmark, and the share by the horizon."""

    partners: int
    sold: int
    by_horizon: ShareOut | None


class EffectMonthOut(Output):
    """Those who joined in one month."""

    month: date
    done: int
    done_sold: int
    others: int
    others_sold: int


class TrainingEffectOut(Output):
    """Training and the first sale, from a landmark on; the comparison is null while a group has fewer than 10."""

    landmark_days: int
    horizon_days: int
    done: ArmOut
    others: ArmOut
    difference: dict[str, float] | None
    times_as_fast: dict[str, float] | None
    months: list[EffectMonthOut]
    left_out: dict[str, int]
