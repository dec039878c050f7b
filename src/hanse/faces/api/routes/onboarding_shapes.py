"""The shapes of onboarding over the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hanse.faces.api.values import Input, Output, Page, Text

Day = Annotated[Text, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
StepKind = Literal["terms", "link", "copied", "click", "piece", "sale", "details", "payout", "training", "call", "own"]
Key = Annotated[Text, Field(max_length=40)]
Note = Annotated[Text, Field(max_length=500)]
Share = Annotated[float, Field(ge=0, le=1)]


class PathStepIn(Input):
    """One step. `training`, `call` and `own` need a key; the others complete by themselves and have their kind's."""

    kind: StepKind
    key: Key = ""
    who: Literal["partner", "owner", "us"] = "partner"
    title: Annotated[Text, Field(max_length=120)] = ""
    text: Note = ""
    address: Note = ""
    due_days: Annotated[int, Field(ge=0, le=365)] = 0


class PathIn(Input):
    """Steps for partners of any of the types (none: all) in any of the tiers (none: all)."""

    key: Key
    name: Annotated[Text, Field(max_length=80)]
    types: Annotated[list[Text], Field(max_length=50)] = []
    tiers: Annotated[list[Text], Field(max_length=50)] = []
    steps: Annotated[list[PathStepIn], Field(max_length=20)]


class PathsIn(Input):
    """All paths; the first that fits is taken, and the last is for everybody."""

    program: Text | None = None
    paths: Annotated[list[PathIn], Field(max_length=20)]
    note: Annotated[Text, Field(max_length=300)] = ""


class PathStepOut(Output):
    """One step of a path."""

    key: str
    kind: StepKind
    who: Literal["partner", "owner", "us"]
    title: str
    text: str
    address: str
    due_days: int


class PathOut(Output):
    """One path."""

    key: str
    name: str
    types: list[str]
    tiers: list[str]
    steps: list[PathStepOut]


class PathsOut(Output):
    """The paths in force; `version` 0 is what is shipped."""

    version: int
    paths: list[PathOut]


class OnboardingOut(Output):
    """One partner's way in short. `next_step` is empty where no step of theirs is open."""

    enrolment: str
    path: str
    joined_on: date
    next_step: str
    next_since: date
    completed_on: date | None


class OnboardingPage(Page):
    """Onboardings, the newest first."""

    data: list[OnboardingOut]


class WayStepOut(Output):
    """One step of somebody's way. `implied`: a later step shows that it was passed."""

    key: str
    title: str
    who: Literal["partner", "owner", "us"]
    done_on: date | None
    implied: bool


class WayOut(Output):
    """One partner's way."""

    enrolment: str
    path: str
    next_step: str
    completed_on: date | None
    steps: list[WayStepOut]


class MarkIn(Input):
    """A step that was done, today or on an earlier day; a piece comes with its address."""

    step: Key
    on: Day | None = None
    note: Note = ""
    address: Note = ""


class ReopenIn(Input):
    """A step that was not done after all."""

    step: Key


class PathChoice(Input):
    """The key of a path of the version in force."""

    path: Key


class TaskOut(Output):
    """What one of us does for a partner. `owner` is a colleague's address, or empty."""

    id: str
    enrolment: str
    step: str
    title: str
    owner: str
    due_on: date


class TaskPage(Page):
    """Open tasks."""

    data: list[TaskOut]


class DoneIn(Input):
    """What came of it."""

    note: Note = ""


class GiveIn(Input):
    """Who does it (a colleague's address; null: nobody), and until when."""

    owner: Text | None = None
    due_on: Day


class DropIn(Input):
    """Why it is not needed."""

    reason: Note = ""


class ReachedOut(Output):
    """One step of the funnel; `lost` of the step before did not get here."""

    step: str
    partners: int
    lost: int


class PartOut(Output):
    """So many of so many, with the 95 % interval of the share (Wilson); null of nobody."""

    count: int
    of: int
    share: Share | None
    low: Share | None
    high: Share | None


class MomentOut(Output):
    """One day on which it happened to somebody. `waiting` is the share to whom it has not happened after it."""

    day: int
    at_risk: int
    events: int
    waiting: Share
    standard_error: float
    low: Share | None
    high: Share | None


class CurveOut(Output):
    """A Kaplan–Meier estimate; the median is null while fewer than half are sure to get there."""

    n: int
    events: int
    censored: int
    median: int | None
    median_low: int | None
    median_high: int | None
    last_day: int
    moments: list[MomentOut]


class JoinedGroupOut(Output):
    """One cohort (like 2026-05), type or source. `fresh` joined less than 30 days ago and have not sold yet."""

    key: str
    joined: int
    fresh: int
    steps: list[ReachedOut]
    median_days_to_sale: int | None
    first_month: PartOut


class RetentionOut(Output):
    """Who sold in days 91 to 180: those with a sale in the first 30 days, and those without; `times` as likely."""

    with_win: PartOut
    without: PartOut
    times: float | None
    times_low: float | None
    times_high: float | None


class ReportOut(Output):
    """Onboarding in numbers. `until_engaged`: the first day with five valid clicks; `until_referral`: the first partner
    brought; null where nobody had one."""

    since: date
    joined: int
    fresh: int
    steps: list[ReachedOut]
    terms_accepted: int
    pieces: int
    payout_details: int
    until_click: CurveOut
    until_sale: CurveOut
    until_payout: CurveOut
    until_engaged: CurveOut | None
    until_referral: CurveOut | None
    first_month: PartOut
    retention: RetentionOut
    by: Literal["cohort", "type", "source"]
    groups: list[JoinedGroupOut]


class Watched(Input):
    """`count` things watched for `days`; it happened to them then, or they were lost from sight."""

    days: Annotated[int, Field(ge=0, le=100_000)]
    happened: bool
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class WatchedIn(Input):
    """Times until an event."""

    watched: Annotated[list[Watched], Field(max_length=5_000)]
