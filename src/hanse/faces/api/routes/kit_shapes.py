"""Shapes of kits."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from hanse.faces.api.routes.days import Day
from hanse.faces.api.values import Input, Instant, Output, Page, SignedMinor, Text, left_out
from hanse.growth.kits.rules import Stage as KitStage
from hanse.growth.kits.types import Channel, CodeRule

Keys = Annotated[list[Annotated[Text, Field(max_length=40)]], Field(max_length=50)]
Minutes = Annotated[int, Field(ge=1, le=60)]
LONG = Field(max_length=4000)
TIERS: Any = Field(default_factory=list, description="Keys of tiers; none: every tier.")
TYPES: Any = Field(default_factory=list, description="Partner types; none: every type.")


class KitStep(Input):
    """One step of a kit."""

    title: Annotated[Text, Field(max_length=80)]
    text: Annotated[Text, Field(max_length=1000)] = ""
    minutes: Minutes


class KitWords(Input):
    """Words for one channel. `{link} {code} {name} {shop} {until} {ad}` become the partner's own."""

    channel: Channel
    title: Annotated[Text, Field(max_length=200)] = ""
    text: Annotated[Text, Field(max_length=5000)]


class KitIn(Input):
    """A kit, kept as a draft. `key` stands in its links and stays."""

    program: Text = ""
    key: Annotated[Text, Field(max_length=24)]
    name: Annotated[Text, Field(max_length=120)]
    prompt: Annotated[Text, LONG] = ""
    offer: Text
    destination_url: Annotated[Text, Field(max_length=1000)] = ""
    language: Annotated[Text, Field(max_length=10)] = ""
    tiers: Keys = TIERS
    types: Keys = TYPES
    code_rule: CodeRule = "own"
    code_ending: Annotated[Text, Field(max_length=12)] = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    steps: Annotated[list[KitStep], Field(max_length=12)] = Field(default_factory=list)
    copies: Annotated[list[KitWords], Field(max_length=30)] = Field(default_factory=list)


class KitChange(Input):
    """What is to change. Steps and copies, where given, replace all that were there."""

    name: Annotated[Text, Field(max_length=120)] = left_out()
    prompt: Annotated[Text, LONG] = left_out()
    offer: Text = left_out()
    destination_url: Annotated[Text, Field(max_length=1000)] = left_out()
    language: Annotated[Text, Field(max_length=10)] = left_out()
    tiers: Keys = left_out()
    types: Keys = left_out()
    code_rule: CodeRule = left_out()
    code_ending: Annotated[Text, Field(max_length=12)] = left_out()
    starts_on: Day | None = None
    ends_on: Day | None = None
    steps: Annotated[list[KitStep], Field(max_length=12)] = left_out()
    copies: Annotated[list[KitWords], Field(max_length=30)] = left_out()


class KitStepOut(Output):
    """One step of a kit."""

    title: str
    text: str
    minutes: int


class KitWordsOut(Output):
    """Words for one channel, with their slots."""

    channel: Channel
    title: str
    text: str


class KitOut(Output):
    """A kit."""

    id: str
    program: str
    key: str
    name: str
    prompt: str
    offer: str
    leads_to: str
    language: str
    tiers: list[str]
    types: list[str]
    code_rule: CodeRule
    code_ending: str
    starts_on: date | None
    ends_on: date | None
    minutes: int
    stage: KitStage
    steps: list[KitStepOut]
    copies: list[KitWordsOut]
    files: list[str]
    published_at: Instant | None
    withdrawn_at: Instant | None


class KitPage(Page):
    """A page of kits."""

    data: list[KitOut]


class KitNumbers(Output):
    """What came through links of a kit; `value` is what is left after refunds."""

    clicks: int
    sales: int
    value: SignedMinor
    commission: SignedMinor
    currency: str


class KitChannelOut(Output):
    """One channel of a kit: how many partners copied its words, and what came."""

    channel: str
    copied: int
    numbers: KitNumbers


class KitResults(Output):
    """How many partners used a kit and how far they went; what came through its links, and with codes made for it.

    An order may be in both.
    """

    kit: str
    meant: int
    taken: int
    copied: int
    finished: int
    published: int
    numbers: KitNumbers
    by_code: KitNumbers
    channels: list[KitChannelOut]


class FilledWords(Output):
    """Words for one channel with the partner's own inside."""

    channel: Channel
    title: str
    text: str
    link: str
    length: int
    too_long: bool


class FilledKitOut(Output):
    """A kit as one partner has it. `link` is empty where one is made when they take it."""

    kit: str
    name: str
    enrolment: str
    prompt: str
    link: str
    code: str
    makes_code: bool
    taken_at: Instant | None
    finished_at: Instant | None
    published_at: Instant | None
    address: str
    copies: list[FilledWords]


class FilledKits(Output):
    """The kits that a partner may use, those that end first in front."""

    data: list[FilledKitOut]


class KitTaking(Input):
    """Who takes it."""

    enrolment: Text


class KitFileIn(Input):
    """A stored file that goes with a kit, and what it shows."""

    file: Text
    alt: Annotated[Text, Field(max_length=200)] = ""
    channel: Channel | None = None


class KitTapIn(Input):
    """What a partner copied or downloaded."""

    enrolment: Text
    kind: Literal["text", "link", "code", "picture", "zip"]
    place: Annotated[int, Field(ge=0, le=30)] | None = None
    channel: Channel | None = None


class KitOutIn(Input):
    """Where a partner published with it."""

    enrolment: Text
    address: Annotated[Text, Field(max_length=1000)]


def whole_fields(given: dict[str, Any]) -> dict[str, Any]:
    """Return steps and copies as plain values beside the rest."""
    return {
        name: [one.model_dump() for one in value] if name in ("steps", "copies") else value
        for name, value in given.items()
    }
