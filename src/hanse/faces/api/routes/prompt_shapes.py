"""Shapes of prompts, calendars and proven examples."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hanse.faces.api.routes.days import Day
from hanse.faces.api.routes.kit_shapes import LONG, TIERS, TYPES, Keys
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out
from hanse.growth.prompts.types import Kind
from hanse.growth.prompts.types import Stage as PromptStage

LeadDays = Annotated[int, Field(ge=0, le=180)]
Leads = Annotated[
    dict[Annotated[Text, Field(max_length=40)], LeadDays],
    Field(max_length=50, description="Days ahead by the key of a tier."),
]  # fmt: skip


class PromptIn(Input):
    """A prompt, kept as a draft. `day` is an upcoming day whose promised briefings it keeps."""

    program: Text = ""
    kind: Kind
    title: Annotated[Text, Field(max_length=120)]
    hook: Annotated[Text, Field(max_length=300)]
    why_now: Annotated[Text, Field(max_length=2000)] = ""
    how: Annotated[Text, LONG] = ""
    sample: Annotated[Text, LONG] = ""
    language: Annotated[Text, Field(max_length=10)] = ""
    tiers: Keys = TIERS
    types: Keys = TYPES
    leads: Leads = Field(default_factory=dict)
    on: Day
    ends_on: Day | None = None
    deadline_on: Day | None = None
    offer: Text | None = None
    kit: Text | None = None
    day: Text | None = None
    tells_by_mail: bool = False


class PromptChange(Input):
    """What is to change."""

    kind: Kind = left_out()
    title: Annotated[Text, Field(max_length=120)] = left_out()
    hook: Annotated[Text, Field(max_length=300)] = left_out()
    why_now: Annotated[Text, Field(max_length=2000)] = left_out()
    how: Annotated[Text, LONG] = left_out()
    sample: Annotated[Text, LONG] = left_out()
    language: Annotated[Text, Field(max_length=10)] = left_out()
    tiers: Keys = left_out()
    types: Keys = left_out()
    leads: Leads = left_out()
    on: Day = left_out()
    ends_on: Day | None = None
    deadline_on: Day | None = None
    offer: Text | None = None
    kit: Text | None = None
    day: Text | None = None
    tells_by_mail: bool = left_out()


class SeenOut(Output):
    """From when on a tier sees a prompt."""

    tier: str
    lead_days: int
    from_on: date


class PromptOut(Output):
    """A prompt."""

    id: str
    program: str
    kind: Kind
    title: str
    hook: str
    why_now: str
    how: str
    sample: str
    language: str
    tiers: list[str]
    types: list[str]
    leads: dict[str, int]
    on: date
    ends_on: date | None
    deadline_on: date | None
    offer: str | None
    kit: str | None
    day: str | None
    tells_by_mail: bool
    stage: PromptStage
    seen: list[SeenOut]
    published_at: Instant | None
    withdrawn_at: Instant | None


class PromptPage(Page):
    """A page of prompts."""

    data: list[PromptOut]


class SeenPrompt(Output):
    """A prompt as one partner sees it now, with their own link inside; `link` is empty where they have none yet."""

    id: str
    kind: Kind
    title: str
    hook: str
    why_now: str
    how: str
    sample: str
    link: str
    kit: str | None
    on: date
    ends_on: date | None
    deadline_on: date | None


class SeenPrompts(Output):
    """What a partner sees now, the nearest first."""

    data: list[SeenPrompt]


class LeadsIn(Input):
    """How many days ahead tiers hear of what comes."""

    program: Text = ""
    leads: Leads


class LeadsOut(Output):
    """How many days ahead each tier hears of what comes, by key."""

    program: str
    leads: dict[str, int]


class UpcomingDayIn(Input):
    """A day that upper tiers hear of early."""

    program: Text = ""
    name: Annotated[Text, Field(max_length=120)]
    on: Day


class UpcomingDayOut(Output):
    """A day that upper tiers hear of early; `has_prompt`: a prompt tells about it."""

    id: str
    program: str
    name: str
    on: date
    has_prompt: bool


class UpcomingDayPage(Page):
    """A page of upcoming days."""

    data: list[UpcomingDayOut]


class CalendarOut(Output):
    """The secret address of a partner's calendar, for calendar programs; null: none was made yet."""

    enrolment: str
    address: str | None


class ExampleIn(Input):
    """A piece whose author is asked, and what we like about it: the author reads that, later the others."""

    piece: Text
    why: Annotated[Text, Field(max_length=500)]
    prompt: Text | None = None


class ExampleAnswer(Input):
    """What the author said, and how: it is kept beside the consent."""

    agreed: bool
    shown_name: Annotated[Text, Field(max_length=80)] = ""
    shows_numbers: bool = False
    evidence: Annotated[Text, Field(min_length=1, max_length=500)]


class ExampleOut(Output):
    """A piece that we asked for; shown to others while its author agrees and we did not end it."""

    id: str
    program: str
    enrolment: str
    piece: str
    prompt: str | None
    why: str
    state: Literal["asked", "agreed", "declined", "withdrawn"]
    shown: bool
    shown_name: str
    shows_numbers: bool
    asked_at: Instant
    answered_at: Instant | None
    ended_at: Instant | None


class ExamplePage(Page):
    """A page of examples."""

    data: list[ExampleOut]
