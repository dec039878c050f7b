"""The shapes of deliverables, their drafts and comments."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hanse.faces.api.routes.days import Day
from hanse.faces.api.values import Input, Instant, Minor, Output, Page, Text, left_out

DeliverableSort = Literal["content", "newsletter_slot", "integration", "other"]
DeliverableState = Literal["asked", "agreed", "review", "changes", "accepted", "live", "declined", "cancelled"]
WorkSide = Literal["team", "partner"]
AnswerDays = Annotated[int, Field(ge=1, le=30, description="Within how many days we answer a draft.")]
Title = Annotated[Text, Field(min_length=1, max_length=120)]
Brief = Annotated[Text, Field(min_length=1, max_length=8000)]
Channel = Annotated[Text, Field(max_length=80)]
Usage = Annotated[Text, Field(max_length=2000, description="What we may do with it.")]
Where = Annotated[Text, Field(max_length=200, description="Where we may use it.")]
Disclosure = Annotated[Text, Field(max_length=200, description="How it is marked as advertising.")]
SaidText = Annotated[Text, Field(min_length=1, max_length=4000)]
Because = Annotated[Text, Field(min_length=1, max_length=2000)]
Fee = Annotated[Minor, Field(description="An own sum, in the minor unit of the program's currency. Terms may pay too.")]


class DeliverableIn(Input):
    """What is asked of a partner. `agreed`: they said yes already. Left out, `disclosure` is the usual mark of their
    country."""

    enrolment: Text
    title: Title
    sort: DeliverableSort = "content"
    brief: Brief
    channel: Channel = ""
    due_on: Day
    live_on: Day | None = None
    answer_days: AnswerDays = 3
    fee: Fee = 0
    usage: Usage = ""
    usage_where: Where = ""
    usage_until: Day | None = None
    disclosure: Disclosure | None = None
    agreed: bool = False


class DeliverableChange(Input):
    """What is to change. Once it is agreed the fee may only grow and the day only move out."""

    title: Title = left_out()
    sort: DeliverableSort = left_out()
    brief: Brief = left_out()
    channel: Channel = left_out()
    due_on: Day = left_out()
    live_on: Day | None = None
    answer_days: AnswerDays = left_out()
    fee: Fee = left_out()
    usage: Usage = left_out()
    usage_where: Where = left_out()
    usage_until: Day | None = None
    disclosure: Disclosure = left_out()


class WorkWaitsOut(Output):
    """On whom it waits, until the end of which day, and how many days that has passed."""

    on: WorkSide
    until: date
    days_late: int


class DeliverableOut(Output):
    """A deliverable. `fee` is its own sum; `terms_fee` what terms promise for it (`terms` says which version). `mark`
    changes with every word, sum and day of what is asked."""

    id: str
    program: str
    enrolment: str
    title: str
    sort: DeliverableSort
    brief: str
    channel: str
    due_on: date
    live_on: date | None
    answer_days: int
    fee: int
    terms_fee: int
    terms: str | None
    currency: str
    usage: str
    usage_where: str
    usage_until: date | None
    disclosure: str
    state: DeliverableState
    state_at: Instant
    waits: WorkWaitsOut | None
    draft: int
    live_address: str
    reason: str
    mark: str
    created_at: Instant


class DeliverablePage(Page):
    """A page of deliverables."""

    data: list[DeliverableOut]


class WorkDraftIn(Input):
    """The next version of the work: a text, a link, a file that was kept (its id), or several of these."""

    text: Annotated[Text, Field(max_length=50_000)] = ""
    link: Annotated[Text, Field(max_length=500)] = ""
    file: Text | None = None
    side: WorkSide = "partner"


class WorkDraftOut(Output):
    """One version of the work."""

    id: str
    deliverable: str
    number: int
    text: str
    link: str
    file: str | None
    file_name: str
    side: WorkSide
    sent_at: Instant
    sent_by: str


class WorkDraftPage(Page):
    """A page of drafts."""

    data: list[WorkDraftOut]


class WorkCommentIn(Input):
    """What a side says."""

    text: SaidText
    side: WorkSide = "team"


class WorkCommentOut(Output):
    """What a side said; `what` names the decision that it came with."""

    id: str
    deliverable: str
    side: WorkSide
    what: Literal["", "changes", "accepted", "withdrawn", "declined", "cancelled"]
    draft: int
    text: str
    at: Instant
    by: str


class WorkCommentPage(Page):
    """A page of comments."""

    data: list[WorkCommentOut]


class WorkChangesIn(Input):
    """What is to change in the draft, and until when if not by itself."""

    text: SaidText
    due_on: Day | None = None


class WorkYesIn(Input):
    """A yes to a draft. With its number it is refused when a newer one has come since."""

    draft: Annotated[int, Field(ge=1)] | None = None
    note: Annotated[Text, Field(max_length=4000)] = ""


class WorkNoIn(Input):
    """Why not, for the other side to read."""

    reason: Because


class WorkLiveIn(Input):
    """Where the accepted piece is public."""

    address: Annotated[Text, Field(min_length=1, max_length=500)]
    side: WorkSide = "partner"


class WorkAgreeIn(Input):
    """Who says yes; `team`: the partner said so in another way. With the `mark` of what they read, a yes to what was
    changed since is refused (409, changed)."""

    side: WorkSide = "partner"
    mark: Annotated[Text, Field(max_length=40)] = ""
