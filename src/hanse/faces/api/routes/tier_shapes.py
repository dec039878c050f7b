"""The shapes of tier rules, standings, decisions, reviews, locks and promises."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from hanse.faces.api.values import Input, Instant, Output, Page, SignedMinor, Text

_DAY = r"^\d{4}-\d{2}-\d{2}$"
Rules = Annotated[dict[str, Any] | None, Field(description="As in the dry run of tiers; null for the default ones.")]


class TierRulesIn(Input):
    """Rules to publish. `names` are those of tiers by key; keys that the program does not have yet are made."""

    program: Text | None = None
    rules: Rules = None
    names: dict[str, Text] = Field(default_factory=dict, max_length=20)
    starts_on: Annotated[str | None, Field(pattern=_DAY, description="A local day, today or later.")] = None
    note: Annotated[Text, Field(max_length=1000)] = ""


class TierRulesOut(Output):
    """A version of rules; `number` and `starts_on` are null for the default ones."""

    program: str
    number: int | None
    rules: dict[str, Any]
    starts_on: str | None
    note: str


class TierBacktestIn(Input):
    """Rules to try on the past; null or left out: those in force."""

    program: Text | None = None
    rules: Rules = None
    months: Annotated[int, Field(ge=1, le=24)] = 6


class TierSizeOut(Output):
    """How many are in each tier on a day."""

    on: str
    tiers: dict[str, int]


class TierSpanOut(Output):
    """From one day to the next: who rose, who fell, and what the tiers' terms cost more than the program's."""

    after: str
    until: str
    rose: int
    fell: int
    cost: SignedMinor | None


class TierBacktestOut(Output):
    """`flaps` are moves back within 90 days; `cost` is null where there are too many orders to price at once."""

    sizes: list[TierSizeOut]
    spans: list[TierSpanOut]
    rose: int
    fell: int
    flaps: int
    cost: SignedMinor | None
    currency: str
    every_days: Annotated[int, Field(description="The field was looked at every so many days; 1: daily.")]


class TierLackOut(Output):
    """What is missing: `more` to come to `mark` of `field`; `pass` moves as others sell; `of` months looked at."""

    kind: Literal["pass", "at_least", "at_most", "months"]
    field: str
    mark: int
    more: int
    of: int = 0
    by: Instant | None = None


class TierStandingOut(Output):
    """Where an enrolment stood at its last evaluation. `given` is the tier without patience, lock or review."""

    enrolment: str
    on: str
    tier: str
    given: str
    rank: int
    field: Annotated[int, Field(description="How many were in the field.")]
    value: SignedMinor
    conversions: int
    below_exit: int
    since: Instant | None
    is_strategic: bool
    is_locked: bool
    next_tier: str | None
    needed: list[TierLackOut]


class TierStandingPage(Page):
    """A page of standings."""

    data: list[TierStandingOut]


class TierDecisionOut(Output):
    """One decision. `sentence` is what the partner reads, in `language`; `by` is null for an evaluation."""

    id: str
    enrolment: str
    at: Instant
    on: str
    kind: Literal[
        "placed", "up", "down", "left_new", "warned", "cleared", "waits", "moved", "locked", "unlocked", "kept"
    ]
    before: str | None
    after: str
    given: str | None
    numbers: dict[str, Any]
    sentence: str
    language: str
    reason: str
    by: str | None
    rules: str | None


class TierDecisionPage(Page):
    """A page of decisions."""

    data: list[TierDecisionOut]


class TierReviewOut(Output):
    """A move that waits: by the rules (`review`) or because a case is open."""

    id: str
    enrolment: str
    before: str
    after: str
    direction: Literal["up", "down"]
    cause: Literal["review", "case"]
    asked_at: Instant
    numbers: dict[str, Any]
    verdict: Literal["moved", "kept", "withdrawn"] | None
    reason: str


class TierReviewPage(Page):
    """A page of moves that wait."""

    data: list[TierReviewOut]


class TierReviewIn(Input):
    """What a person decided. Leaving somebody needs a reason; it is asked again in 30 days at the earliest."""

    verdict: Literal["moved", "kept"]
    reason: Text = ""


class TierLockIn(Input):
    """Why an enrolment keeps its tier, and until which local day (left out: until it is let go)."""

    reason: Text
    until: Annotated[str | None, Field(pattern=_DAY)] = None


class TierUnlockIn(Input):
    """Why it is let go."""

    reason: Text = ""


class TierLockOut(Output):
    """Whether an enrolment is locked in its tier."""

    enrolment: str
    is_locked: bool
    reason: str
    until: str | None
    locked_by: str | None


class TierPromiseOut(Output):
    """One promise of ours, and how often it was kept in time, late, or is overdue."""

    tier: str
    kind: Literal["answer", "call", "briefing", "own"]
    number: int
    words: str
    in_time: int
    late: int
    overdue: int
    open: int


class TierPromisesOut(Output):
    """All promises of a program."""

    days: int
    data: list[TierPromiseOut]
