"""Shapes of files, resources and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from hanse.faces.api.routes.days import Day
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out
from hanse.growth.faq.models import FaqEntry
from hanse.growth.resources.files.addresses import media_href
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.models import Resource, ResourceVersion
from hanse.growth.resources.types import Sold, Usage
from hanse.kernel.ids import text_id
from hanse.spine.outbox.actions import absolute_url

ResourceKind = Literal["logo", "picture", "copy", "demo", "walkthrough", "example", "comparison", "template", "guide"]
UseAct = Literal["shown", "opened", "downloaded", "copied"]
AnswerPlace = Literal["partners", "team"]
Keys = Annotated[list[Annotated[Text, Field(max_length=40)]], Field(max_length=50)]
Language = Annotated[Text, Field(max_length=10, description="A code like en or zh-hant; empty: suits every language.")]
OPEN_DAYS = 1


class StoredFileIn(Input):
    """A file. What it is, is read from its content; a cleaned copy is kept."""

    program: Text = ""
    name: Annotated[Text, Field(max_length=1000)]
    content: Annotated[Text, Field(description="The bytes in base64, together with all else at most 8 MiB.")]


class StoredFileOut(Output):
    """A stored file. `address` opens for whoever has it, for a day or two; `cleaned` says what was taken out."""

    id: str
    name: str
    kind: str
    content_type: str
    size_bytes: int
    width_px: int | None
    height_px: int | None
    sha256: str
    cleaned: list[str]
    address: str
    kept_at: Instant


class ResourceContent(Input):
    """What a version says and holds: at least one of text, address and file."""

    title: Annotated[Text, Field(max_length=140)]
    summary: Annotated[Text, Field(max_length=300)] = ""
    text: Annotated[Text, Field(max_length=20_000)] = ""
    address: Annotated[Text, Field(max_length=500)] = ""
    file: Text | None = None


class ResourceIn(ResourceContent):
    """A resource with its first version. No tiers, types or channels named: it is for everybody."""

    program: Text = ""
    kind: ResourceKind
    tiers: Keys = []
    types: Keys = []
    channels: Keys = []
    language: Language = ""
    expires_on: Day | None = None
    is_pinned: bool = False
    original: Text | None = Field(None, description="The resource that says the same in another language.")


class ResourceChange(Input):
    """What a resource is, for whom, and its last day."""

    kind: ResourceKind = left_out()
    tiers: Keys = left_out()
    types: Keys = left_out()
    channels: Keys = left_out()
    language: Language = left_out()
    expires_on: Day | None = None
    is_pinned: bool = left_out()


class ResourceVersionIn(ResourceContent):
    """The next version of a resource."""

    note: Annotated[Text, Field(max_length=300)] = ""


class ResourceVersionOut(Output):
    """One version of a resource."""

    number: int
    title: str
    summary: str
    text: str
    address: str
    file: StoredFileOut | None
    note: str
    created_at: Instant
    created_by: str


class ResourceVersions(Output):
    """All versions of a resource, the newest first."""

    data: list[ResourceVersionOut]


class ResourceOut(Output):
    """A resource with its newest version."""

    id: str
    program: str
    kind: ResourceKind
    tiers: list[str]
    types: list[str]
    channels: list[str]
    language: str
    expires_on: date | None
    is_pinned: bool
    original: str | None
    version: ResourceVersionOut
    created_at: Instant
    archived_at: Instant | None


class ResourcePage(Page):
    """A page of resources."""

    data: list[ResourceOut]


class OfferedResource(ResourceOut):
    """A resource as one partner sees it; `taken_version` is the one that they took last."""

    taken_version: int | None
    is_new: bool


class OfferedResources(Output):
    """What one partner may take, what suits them best first."""

    data: list[OfferedResource]


class ResourceUseIn(Input):
    """What a partner did with a resource."""

    enrolment: Text
    act: UseAct


class SoldOut(Output):
    """Clicks, sales and their value in a time."""

    clicks: int
    sales: int
    value: int


class ResourceUsage(Output):
    """To how many partners it was shown, who opened and who took it; what those sold in the 30 days before and after,
    of the `watched` ones whose 30 days are over."""

    resource: str
    shown: int
    opened: int
    taken: int
    watched: int
    before: SoldOut
    after: SoldOut


class FaqIn(Input):
    """A question and its answer in Markdown, for partners or for the team only."""

    program: Text = ""
    place: AnswerPlace = "partners"
    topic: Annotated[Text, Field(max_length=60)]
    question: Annotated[Text, Field(max_length=200)]
    answer: Annotated[Text, Field(max_length=20_000)]
    tiers: Keys = []
    types: Keys = []
    channels: Keys = []
    language: Language = ""
    is_pinned: bool = False
    original: Text | None = Field(None, description="The question that asks the same in another language.")


class FaqChange(Input):
    """What is to change of a question."""

    place: AnswerPlace = left_out()
    topic: Annotated[Text, Field(max_length=60)] = left_out()
    question: Annotated[Text, Field(max_length=200)] = left_out()
    answer: Annotated[Text, Field(max_length=20_000)] = left_out()
    tiers: Keys = left_out()
    types: Keys = left_out()
    channels: Keys = left_out()
    language: Language = left_out()
    is_pinned: bool = left_out()


class FaqOut(Output):
    """A question and its answer."""

    id: str
    program: str
    place: AnswerPlace
    topic: str
    question: str
    answer: str
    tiers: list[str]
    types: list[str]
    channels: list[str]
    language: str
    is_pinned: bool
    original: str | None
    changed_at: Instant
    archived_at: Instant | None


class FaqPage(Page):
    """A page of questions."""

    data: list[FaqOut]


class FaqFound(Output):
    """What answers a search, the best first."""

    data: list[FaqOut]


def file_out(row: StoredFile) -> StoredFileOut:
    """Return a file as it is answered."""
    return StoredFileOut(
        id=text_id("fil", row.pk), name=row.name, kind=row.kind, content_type=row.content_type,
        size_bytes=row.size_bytes, width_px=row.width_px, height_px=row.height_px, sha256=row.sha256,
        cleaned=list(row.mended), address=absolute_url(media_href(row, for_days=OPEN_DAYS)), kept_at=row.kept_at,
    )  # fmt: skip


def version_out(row: ResourceVersion) -> ResourceVersionOut:
    """Return a version as it is answered."""
    return ResourceVersionOut(
        number=row.number, title=row.title, summary=row.summary, text=row.body, address=row.address,
        file=file_out(row.file) if row.file else None, note=row.note, created_at=row.created_at,
        created_by=row.created_by,
    )  # fmt: skip


def resource_fields(row: Resource) -> dict[str, Any]:
    """Return a resource's values, for its shapes."""
    return {
        "id": text_id("res", row.pk), "program": text_id("prg", row.program_id), "kind": row.kind, "tiers": row.tiers,
        "types": row.types, "channels": row.channels, "language": row.language, "expires_on": row.expires_on,
        "is_pinned": row.is_pinned, "original": text_id("res", row.original_id) if row.original_id else None,
        "version": version_out(row.now), "created_at": row.created_at, "archived_at": row.archived_at,
    }  # fmt: skip


def usage_out(resource_id: str, usage: Usage) -> ResourceUsage:
    """Return what became of a resource."""

    def sold(one: Sold) -> SoldOut:
        return SoldOut(clicks=one.clicks, sales=one.sales, value=one.value_minor)

    return ResourceUsage(
        resource=resource_id, shown=usage.shown, opened=usage.opened, taken=usage.taken, watched=usage.whole,
        before=sold(usage.before), after=sold(usage.after),
    )  # fmt: skip


def faq_out(row: FaqEntry) -> FaqOut:
    """Return a question as it is answered."""
    return FaqOut(
        id=text_id("faq", row.pk), program=text_id("prg", row.program_id), place=row.place,  # type: ignore[arg-type]  # the model's choices
        topic=row.topic, question=row.question, answer=row.answer, tiers=row.tiers, types=row.types,
        channels=row.channels, language=row.language, is_pinned=row.is_pinned,
        original=text_id("faq", row.original_id) if row.original_id else None, changed_at=row.changed_at,
        archived_at=row.archived_at,
    )  # fmt: skip
