"""The shapes of first wins, the launch check and pilots over the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hanse.faces.api.routes.onboarding_shapes import Day, Note, Share
from hanse.faces.api.values import Input, Instant, Output, Page, Text


class FirstWinOut(Output):
    """The note to a partner about the first sale."""

    id: str
    enrolment: str
    commission: str
    sold_at: Instant
    language: str
    subject: str
    text: str
    state: Literal["drafted", "sent", "copied", "dropped"]


class FirstWinPage(Page):
    """Notes."""

    data: list[FirstWinOut]


class FirstWinSendIn(Input):
    """What goes out; left empty, the draft as it is."""

    subject: Annotated[Text, Field(max_length=200)] = ""
    text: Annotated[Text, Field(max_length=20_000)] = ""


class LaunchCheckOut(Output):
    """One thing that a program needs before it opens; `missing` names what lacks."""

    key: Literal["terms", "assets", "test_sale", "payout", "playbook", "aim"]
    passed: bool
    missing: list[str]


class LaunchOut(Output):
    """The launch check."""

    ready: bool
    checks: list[LaunchCheckOut]
    asset_pack: str
    playbook: str
    aim_metric: Literal["", "partners", "sales", "value"]
    aim_number: int | None
    aim_on: date | None
    opened_at: Instant | None
    opened_without: list[str]
    opened_why: str


class LaunchIn(Input):
    """What only people can say; `aim_number` is in the minor unit where success is counted in value."""

    program: Text | None = None
    asset_pack: Note = ""
    playbook: Annotated[Text, Field(max_length=50_000)] = ""
    aim_metric: Literal["", "partners", "sales", "value"] = ""
    aim_number: Annotated[int, Field(ge=1, le=10**15)] | None = None
    aim_on: Day | None = None


class OpenIn(Input):
    """Why it opens without what is missing; needed only then."""

    program: Text | None = None
    why: Note = ""


class PilotIn(Input):
    """So many partners, one aim (half sell within `aim_days`), an end."""

    program: Text | None = None
    name: Annotated[Text, Field(min_length=1, max_length=120)]
    size: Annotated[int, Field(ge=1, le=500)]
    aim_days: Annotated[int, Field(ge=1, le=365)]
    starts_on: Day
    ends_on: Day
    fills_itself: bool = False


class PilotOut(Output):
    """A pilot."""

    id: str
    program: str
    name: str
    size: int
    aim_days: int
    starts_on: date
    ends_on: date
    fills_itself: bool
    decision: Literal["", "scale", "change", "stop"]
    decision_why: str


class PilotPage(Page):
    """Pilots."""

    data: list[PilotOut]


class MemberOut(Output):
    """One partner of a pilot, watched for `days` or until the first sale."""

    enrolment: str
    since: date
    sold_on: date | None
    days: int


class VerdictOut(PilotOut):
    """A pilot and what it shows: `share` sold within the aim's days."""

    members: list[MemberOut]
    share: Share
    low: Share | None
    high: Share | None
    median: int | None
    over: bool
    suggested: Literal["scale", "change", "stop", "early"]


class AddIn(Input):
    """Who takes part."""

    enrolments: Annotated[list[Text], Field(min_length=1, max_length=500)]


class DecideIn(Input):
    """The decision with its reason."""

    decision: Literal["scale", "change", "stop"]
    why: Annotated[Text, Field(min_length=1, max_length=1000)]
