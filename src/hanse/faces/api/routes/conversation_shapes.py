"""Shapes of conversations, meetings and recognition."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out

Topic = Literal["support", "product", "founder"]
State = Literal["open", "answered", "closed"]
MeetingKind = Literal["call", "office_hours", "onboarding", "webinar"]
InvitedAnswer = Literal["none", "accepted", "tentative", "declined", "waiting"]


class SaidOut(Output):
    """One thing said. `direction`: in (them), out (one of us), note (between colleagues)."""

    id: str
    direction: Literal["in", "out", "note"]
    channel: str
    author_name: str
    author_email: str
    text: str
    at: Instant
    is_automatic: bool
    is_cut: bool
    attachments: list[dict[str, Any]]


class ConversationOut(Output):
    """One thread; `promised_at` is until when an answer is promised, `waiting_since` when the first unanswered came."""

    id: str
    program: str
    partner: str | None
    enrolment: str | None
    sender_name: str
    sender_email: str
    subject: str
    channel: str
    status: State
    topic: Topic
    is_urgent: bool
    assignee: str | None
    opened_at: Instant
    changed_at: Instant
    waiting_since: Instant | None
    promised_at: Instant | None


class ConversationDetail(ConversationOut):
    """One thread with what was said, the oldest first."""

    entries: list[SaidOut]


class ConversationPage(Page):
    """A page of conversations."""

    data: list[ConversationOut]


class MessageIn(Input):
    """A message of a partner that came in some other way than by mail."""

    enrolment: Text
    subject: Annotated[Text, Field(max_length=200)] = ""
    text: Annotated[Text, Field(min_length=1, max_length=20_000)]


class AnswerIn(Input):
    """An answer in the name of a member of the team; without `by_mail` it stands in the portal only."""

    text: Annotated[Text, Field(min_length=1, max_length=20_000)]
    member: Annotated[Text, Field(max_length=254, description="The e-mail address of the member who answers.")]
    by_mail: bool = True


class ConversationChange(Input):
    """What can be changed; `assignee` is a member's e-mail address, null for nobody."""

    assignee: Text | None = left_out()
    topic: Topic = left_out()
    status: State = left_out()
    is_urgent: bool = left_out()


class TalkIn(Input):
    """One of us spoke with a partner elsewhere."""

    enrolment: Text
    how: Literal["call", "meeting", "email"]
    text: Annotated[Text, Field(min_length=1, max_length=5_000)]
    member: Annotated[Text, Field(max_length=254)]
    at: Instant | None = None


class AnswerTimesOut(Output):
    """How fast a tier got its first answers: `asked` are those whose promise is over or was kept."""

    tier: str
    promised_hours: int
    asked: int
    kept: int
    median_minutes: int | None
    waiting: int


class AnswerTimesList(Output):
    """Each tier, the highest first."""

    days: int
    data: list[AnswerTimesOut]


class OurSilenceOut(Output):
    """A partner with whom none of us spoke within the tier's limit; `spoken_at` null: never since they joined."""

    enrolment: str
    partner: str
    name: str
    tier: str
    spoken_at: Instant | None
    days: int
    limit_days: int
    value_at_stake: int


class OurSilenceList(Output):
    """With whom we are silent, most value at stake first; at most 500."""

    data: list[OurSilenceOut]


class InvitedOut(Output):
    """One partner who is invited, with the answer; `was_there` null: not noted."""

    id: str
    enrolment: str
    answer: InvitedAnswer
    answered_at: Instant | None
    was_there: bool | None


class MeetingOut(Output):
    """A call or office hours."""

    id: str
    program: str
    kind: MeetingKind
    title: str
    agenda: str
    place: str
    starts_at: Instant
    minutes: int
    cancelled_at: Instant | None
    held_at: Instant | None
    notes: str


class MeetingDetail(MeetingOut):
    """A meeting with those invited."""

    invited: list[InvitedOut]


class MeetingPage(Page):
    """A page of meetings."""

    data: list[MeetingOut]


class MeetingIn(Input):
    """A meeting to plan; those named are invited by mail with a calendar entry."""

    program: Text | None = None
    kind: MeetingKind
    title: Annotated[Text, Field(min_length=1, max_length=200)]
    starts_at: Instant
    minutes: Annotated[int, Field(ge=5, le=1440)]
    place: Annotated[Text, Field(max_length=300)] = ""
    agenda: Annotated[Text, Field(max_length=5_000)] = ""
    enrolments: Annotated[list[Text], Field(max_length=500)] = []


class ThanksIn(Input):
    """A thank-you, perhaps with a gift that is owed as a benefit. `gift_worth` in the minor unit."""

    enrolment: Text
    kind: Literal["advice", "content", "help", "record", "anniversary"]
    text: Annotated[Text, Field(min_length=1, max_length=2_000)]
    gift: Annotated[Text, Field(max_length=200)] = ""
    gift_worth: Annotated[int, Field(ge=0, le=10**12)] = 0
    by_mail: bool = True
    member: Annotated[Text, Field(max_length=254)]


class ThanksOut(Output):
    """A thank-you."""

    id: str
    enrolment: str
    kind: str
    text: str
    gift: str
    given_at: Instant
