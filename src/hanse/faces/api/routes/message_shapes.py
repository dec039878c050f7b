"""The shapes of messages, audiences and incidents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from hanse.faces.api.values import Input, Instant, Output, Page, SignedMinor, Text, left_out

LetterKindName = Literal[
    "welcome", "newsletter", "insight", "ideas", "comeback", "thanks", "invitation", "honesty", "transactional"
]
Condition = Annotated[
    dict[str, Any] | None, Field(description="A condition over partners: all, any, field, op, value. null: everybody.")
]


class ContentIn(Input):
    """One language of a letter: Liquid over the documented context, prose with a little markup or MJML."""

    subject: Annotated[Text, Field(max_length=200)]
    body: Annotated[Text, Field(max_length=20_000)]
    preview: Annotated[Text, Field(max_length=200)] = ""
    kicker: Annotated[Text, Field(max_length=100)] = ""


_BY_LANGUAGE = "By language, like en, pl or zh-hant; the first is read by those of other languages."
_RIGHT_RATE = "The right rate, like 10%, where a wrong one was booked."
Contents = Annotated[
    dict[Annotated[Text, Field(max_length=20)], ContentIn], Field(max_length=12, description=_BY_LANGUAGE)
]


class NewMessageIn(Input):
    """A letter to keep."""

    program: Text | None = None
    name: Annotated[Text, Field(max_length=100)]
    kind: LetterKindName
    contents: Contents


class MessageChange(Input):
    """A new version of a letter."""

    name: Annotated[Text, Field(max_length=100)] = left_out()
    kind: LetterKindName = left_out()
    contents: Contents = left_out()


class ContentsIn(Input):
    """Texts to check."""

    contents: Contents


class TextPlaceOut(Output):
    """One thing that is wrong in a text."""

    language: str
    field: str
    line: int
    column: int
    code: str
    message: str


class TextCheckOut(Output):
    """What is wrong with texts; empty where they may be kept."""

    problems: list[TextPlaceOut]


class MessageOut(Output):
    """A letter with the number of its newest version."""

    id: str
    program: str
    name: str
    kind: LetterKindName
    version: int
    languages: list[str]
    library_key: str
    created_at: Instant
    archived_at: Instant | None


class MessageDetail(MessageOut):
    """A letter with its texts."""

    contents: dict[str, dict[str, str]]


class MessagePage(Page):
    """Letters."""

    data: list[MessageOut]


class LetterPreviewIn(Input):
    """Who reads along, and in which language (left out: their own)."""

    enrolment: Text
    language: Annotated[Text, Field(max_length=20)] = ""


class ToldFactOut(Output):
    """One fact that the letter tells."""

    kind: str
    n: int
    period_from: str
    period_to: str
    page: str


class LetterPreviewOut(Output):
    """A letter as one partner would get it. `is_empty`: all its facts drop, so it would not be sent."""

    subject: str
    text: str
    html: str
    language: str
    is_empty: bool
    told: list[ToldFactOut]
    left_out: list[str]


class OccasionIn(Input):
    """What a letter is about: a promotion, a call, a webinar."""

    title: Annotated[Text, Field(max_length=120)]
    text: Annotated[Text, Field(max_length=500)]
    on: Annotated[Text, Field(max_length=10, description="A day, like 2026-12-24.")]
    page: Annotated[Text, Field(max_length=300, description="Where to read more or say yes.")]


class LetterSendIn(Input):
    """To whom a letter goes (left out: every active partner), not before when, and what it is about."""

    audience: Text | None = None
    due_at: Instant | None = None
    occasion: OccasionIn | None = None


class ShippedOut(Output):
    """One letter of the library."""

    key: str
    name: str
    kind: LetterKindName
    tiers: list[str]
    when: str
    contents: dict[str, dict[str, str]]


class LibraryOut(Output):
    """The shipped library."""

    data: list[ShippedOut]


class AudienceIn(Input):
    """An audience to keep."""

    program: Text | None = None
    name: Annotated[Text, Field(max_length=100)]
    condition: Condition = None


class AudienceChange(Input):
    """What to change of an audience."""

    name: Annotated[Text, Field(max_length=100)] = left_out()
    condition: Condition = left_out()


class AudienceAskIn(Input):
    """A condition to ask now."""

    program: Text | None = None
    condition: Condition = None


class MeantOut(Output):
    """Whom a condition means now: how many of how many, and an even sample of enrolments."""

    count: int
    of: int
    sample: list[str]


class AudienceOut(Output):
    """A saved audience."""

    id: str
    program: str
    name: str
    condition: dict[str, Any] | None
    created_at: Instant
    archived_at: Instant | None


class AudienceDetail(AudienceOut):
    """An audience with whom it means now."""

    now: MeantOut


class AudiencePage(Page):
    """Audiences."""

    data: list[AudienceOut]


class IncidentIn(Input):
    """A fault on our side in a span that is over."""

    program: Text | None = None
    kind: Literal["tracking_down", "wrong_rate"]
    title: Annotated[Text, Field(max_length=120, description="In a few words: clicks were not counted.")]
    cause: Annotated[Text, Field(max_length=500, description="Why it happened. Partners read it.")]
    starts_at: Instant
    ends_at: Instant
    rate: Annotated[Text, Field(max_length=12, description=_RIGHT_RATE)] = ""
    offer: Text | None = None


class IncidentOut(Output):
    """An incident with what it did, added up. An estimate where something was not counted, exact for a wrong rate.

    The last three kinds are found by watch and go on until they are mended or heal: `ends_at` is null so long.
    """

    id: str
    program: str
    kind: Literal["tracking_down", "wrong_rate", "token_lost", "link_broken", "link_sales_stopped"]
    title: str
    cause: str
    starts_at: Instant
    ends_at: Instant | None
    partners: int
    orders: int
    value: SignedMinor
    commission: SignedMinor
    currency: str
    is_estimate: bool
    notice: Annotated[str | None, Field(description="The letter's id, msg_…; change it before telling.")]
    told_at: Instant | None
    mended_at: Instant | None
    mending_at: Annotated[Instant | None, Field(description="When its repair began; orders are looked at again.")]
    closed_at: Instant | None
    closed_as: Annotated[Literal["", "mended", "healed", "no_fault"], Field(description='"" while it is open.')]
    how: Annotated[str, Field(description="How it was mended or healed.")]
    repair: Annotated[
        Literal["", "add_host", "lead_elsewhere"],
        Field(description='What `POST …/repair` would do; "" where a person has to mend it.'),
    ]
    about: Annotated[dict[str, Any], Field(description="What it concerns: host, addresses, link numbers.")]
    evidence: Annotated[dict[str, Any], Field(description="The numbers that show it, with how likely they are.")]


class TouchedOut(Output):
    """What an incident did to one partner."""

    enrolment: str
    clicks: int
    orders: int
    value: SignedMinor
    commission: SignedMinor


class IncidentDetail(IncidentOut):
    """An incident with whom it touched, most commission first, at most 500."""

    touched: list[TouchedOut]


class IncidentPage(Page):
    """Incidents."""

    data: list[IncidentOut]


class MendIn(Input):
    """How a fault was mended."""

    how: Annotated[Text, Field(max_length=500)]


class NoFaultIn(Input):
    """Why an incident is none."""

    why: Annotated[Text, Field(max_length=500)]


class RepairOut(Output):
    """What a repair began: orders that are looked at again, or links that lead elsewhere now."""

    repair: Literal["add_host", "lead_elsewhere"]
    count: int


class ToldOut(Output):
    """How many get a letter."""

    letters: int
