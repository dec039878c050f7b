"""Shapes of sequences, newsletters and sends."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from hanse.faces.api.routes.message_shapes import Condition
from hanse.faces.api.values import Input, Instant, Output, Page, Text

Action = Literal["", "sale", "click", "link", "login", "reply"]
Ppm = Annotated[int, Field(ge=0, le=500_000, description="In parts per million; 100000 is 10 %.")]
Days = Annotated[int, Field(ge=1, le=90, description="Days within which the action counts.")]
SendState = Literal["planned", "queued", "sent", "dropped", "held_out"]


class SequenceStepIn(Input):
    """One letter of a sequence: `wait_days` after the one before; `condition` as of audiences."""

    message: Text
    wait_days: Annotated[int, Field(ge=0, le=365)] = 0
    condition: Condition = None


class SequenceIn(Input):
    """A sequence. `trigger` is what begins it, like {"kind": "enrolled_for", "days": 14}."""

    program: Text | None = None
    name: Annotated[Text, Field(min_length=1, max_length=120)]
    trigger: dict[str, Any]
    steps: Annotated[list[SequenceStepIn], Field(min_length=1, max_length=20)]
    condition: Condition = None
    stop_when: Annotated[list[Text], Field(max_length=20)] = []
    holdout_ppm: Ppm = 0
    action: Action = ""
    action_days: Days = 14


class SequenceStepOut(Output):
    """One letter of a sequence with what came of it."""

    message: str
    name: str
    wait_days: int
    condition: Any
    sent: int
    opened: int
    clicked: int
    replied: int
    acted: int


class LiftOut(Output):
    """A comparison with those held out, in parts per million; null while an arm has fewer than 30 people."""

    written_people: int
    written_acted: int
    held_out_people: int
    held_out_acted: int
    difference_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None


class SequenceOut(Output):
    """A sequence with how far people came."""

    id: str
    program: str
    name: str
    state: Literal["draft", "running", "paused", "ended"]
    trigger: dict[str, Any]
    condition: Any
    stop_when: list[str]
    holdout_ppm: int
    action: str
    action_days: int
    started_at: Instant | None
    ended_at: Instant | None


class SequencePage(Page):
    """A page of sequences."""

    data: list[SequenceOut]


class SequenceDetail(SequenceOut):
    """A sequence with its letters and what it brings."""

    steps: list[SequenceStepOut]
    entered: int
    on_the_way: int
    stopped: int
    done: int
    held_out: int
    lift: LiftOut | None


class WouldOut(Output):
    """One letter that would have gone; `step` counts from 1."""

    enrolment: str
    at: Instant
    step: int


class SimulationOut(Output):
    """What a sequence would have sent. `dropped` counts what would not have gone, by why."""

    since: Instant
    until: Instant
    named: int
    entered: int
    held_out: int
    people: int
    count: int
    letters: list[WouldOut]
    dropped: dict[str, int]


class NewsletterSectionIn(Input):
    """One section; `tiers` are keys of tiers that read it (none: everybody)."""

    text: Annotated[Text, Field(min_length=1, max_length=10_000)]
    heading: Annotated[Text, Field(max_length=200)] = ""
    tiers: Annotated[list[Text], Field(max_length=20)] = []


class NewsletterIn(Input):
    """A newsletter as a draft."""

    program: Text | None = None
    name: Annotated[Text, Field(min_length=1, max_length=90)]
    subject: Annotated[Text, Field(min_length=1, max_length=200)]
    sections: Annotated[list[NewsletterSectionIn], Field(min_length=1, max_length=12)]
    audience: Text | None = None
    holdout_ppm: Ppm = 0
    action: Action = ""
    action_days: Days = 14


class ScheduleIn(Input):
    """When a newsletter goes; null: now."""

    send_at: Instant | None = None


class NewsletterSectionOut(Output):
    """One section."""

    text: str
    heading: str
    tiers: list[str]


class NewsletterOut(Output):
    """A newsletter."""

    id: str
    program: str
    name: str
    subject: str
    audience: str | None
    state: Literal["draft", "scheduled", "sending", "sent", "cancelled"]
    send_at: Instant | None
    holdout_ppm: int
    action: str
    action_days: int
    planned_count: int


class NewsletterPage(Page):
    """A page of newsletters."""

    data: list[NewsletterOut]


class NewsletterDetail(NewsletterOut):
    """A newsletter with its sections and what came of it. `opened` is unreliable."""

    sections: list[NewsletterSectionOut]
    sent: int
    delivered: int
    opened: int
    clicked: int
    replied: int
    acted: int
    unsubscribed: int
    dropped: int
    lift: LiftOut | None


class SendOut(Output):
    """One letter for one enrolment. `opened_at` is unreliable; `letter` stands in its Message-ID."""

    id: str
    enrolment: str
    kind: str
    subject: str
    state: SendState
    letter: str | None
    planned_at: Instant
    due_at: Instant
    queued_at: Instant | None
    delivered_at: Instant | None
    opened_at: Instant | None
    clicked_at: Instant | None
    replied_at: Instant | None
    bounced_at: Instant | None
    unsubscribed_at: Instant | None
    acted_at: Instant | None
    dropped_why: str


class SendPage(Page):
    """A page of sends."""

    data: list[SendOut]


class LetterNoteIn(Input):
    """A colleague's own words to one partner."""

    enrolment: Text
    subject: Annotated[Text, Field(min_length=1, max_length=200)]
    text: Annotated[Text, Field(min_length=1, max_length=20_000)]


class LetterChoicesIn(Input):
    """The kinds that a partner wants to get; every other that can be stopped is stopped."""

    kinds: Annotated[list[Text], Field(max_length=20)]


class LetterChoicesOut(Output):
    """Each kind that can be stopped, with whether it comes."""

    kinds: dict[str, bool]
    address_closed: Literal["", "bounce", "complaint"]
