"""The roadmap: previews, embargoes and who accepted them, who saw what, and features that are switched on."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.training_shapes import Address, Keys, Long, Title
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out
from hanse.growth.roadmap import actions
from hanse.growth.roadmap.models import EmbargoAcceptance, Preview, PreviewSight
from hanse.growth.roadmap.queries import features_on, preview_for, previews_for
from hanse.growth.roadmap.types import Shown
from hanse.kernel import clock
from hanse.kernel.errors import Conflict, NotFound
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Roadmap"])
Teaser = Annotated[Text, Field(max_length=200)]
Words = Annotated[list[Annotated[Text, Field(max_length=80)]], Field(max_length=20)]
Feature = Annotated[Text, Field(max_length=60)]
EmbargoText = Annotated[Text, Field(max_length=2_000)]


class PreviewIn(Input):
    """A preview, kept as a draft. With `embargo_until` its `words` are blocked in letters and it is accepted first."""

    program: Text = ""
    teaser: Teaser
    title: Title
    text: Long
    address: Address = ""
    tiers: Keys = []
    types: Keys = []
    embargo_until: Instant | None = None
    embargo_text: EmbargoText = ""
    words: Words = []
    feature: Feature = ""
    feature_from: Instant | None = None
    feature_until: Instant | None = None


class PreviewChange(Input):
    """What is to change. Another teaser, text or later day of the embargo is accepted anew."""

    teaser: Teaser = left_out()
    title: Title = left_out()
    text: Long = left_out()
    address: Address = left_out()
    tiers: Keys = left_out()
    types: Keys = left_out()
    embargo_until: Instant | None = None
    embargo_text: EmbargoText = left_out()
    words: Words = left_out()
    feature: Feature = left_out()
    feature_from: Instant | None = None
    feature_until: Instant | None = None


class PreviewOut(Output):
    """A preview as the team has it."""

    id: str
    program: str
    version: int
    teaser: str
    title: str
    text: str
    address: str
    tiers: list[str]
    types: list[str]
    embargo_until: Instant | None
    embargo_text: str
    embargo_digest: str
    words: list[str]
    feature: str
    feature_from: Instant | None
    feature_until: Instant | None
    published_at: Instant | None
    withdrawn_at: Instant | None


class PreviewPage(Page):
    """A page of previews."""

    data: list[PreviewOut]


class ShownOut(Output):
    """A preview as one partner may see it now: title, text and address are null until the embargo is accepted."""

    preview: str
    version: int
    teaser: str
    embargo_until: Instant | None
    embargo_text: str
    digest: str
    accepted_at: Instant | None
    title: str | None
    text: str | None
    address: str | None
    feature: str
    feature_on: bool


class ShownListOut(Output):
    """What is there for a partner."""

    data: list[ShownOut]


class AcceptanceIn(Input):
    """A partner's yes: `digest` names the embargo that they read, `by` is the person who said it."""

    enrolment: Text
    digest: Annotated[Text, Field(min_length=64, max_length=64)]
    by: Annotated[Text, Field(min_length=1, max_length=150)]


class SightIn(Input):
    """That a person of a partner saw a preview elsewhere, as in your own portal."""

    enrolment: Text
    by: Annotated[Text, Field(min_length=1, max_length=150)]


class AcceptanceOut(Output):
    """A yes to an embargo: who, when, to which words, and the hash of the version that stood there."""

    id: str
    preview: str
    enrolment: str
    accepted_at: Instant
    by: str
    version: int
    version_digest: str
    embargo_digest: str
    text: str
    until: Instant


class AcceptancePage(Page):
    """A page of acceptances."""

    data: list[AcceptanceOut]


class SightOut(Output):
    """Who saw which version of a preview: first, last, how often."""

    id: str
    preview: str
    enrolment: str
    version: int
    by: str
    first_at: Instant
    last_at: Instant
    times: int


class SightPage(Page):
    """A page of sights."""

    data: list[SightOut]


class FeaturesOut(Output):
    """The features that are switched on for a partner now."""

    data: list[str]


@router.get("/previews", auth=READ, response=PreviewPage)
def list_previews(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> PreviewPage:
    """List previews, the newest first."""
    key = asker(request)
    page, following = take_page(narrow(key, reach(key, Preview), {"program_id": (Program, program)}), cursor, limit)
    return PreviewPage(data=[_preview(row) for row in page], next_cursor=following)


@router.post("/previews", auth=WRITE, response={201: PreviewOut})
def create_preview(request: HttpRequest, body: PreviewIn) -> Status[PreviewOut]:
    """Write a preview down as a draft."""
    fields: Any = body.model_dump(exclude={"program"})
    program = own_program(asker(request), body.program)
    return Status(201, _preview(actions.keep_preview(program, now=clock.now(), by=actor(request), **fields)))


@router.get("/previews/{preview_id}", auth=READ, response=PreviewOut)
def read_preview(request: HttpRequest, preview_id: str) -> PreviewOut:
    """Read one preview, as the team has it: show nobody outside what `GET /enrolments/…/previews` keeps back."""
    return _preview(find(asker(request), Preview, preview_id))


@router.patch("/previews/{preview_id}", auth=WRITE, response=PreviewOut)
def change_preview(request: HttpRequest, preview_id: str, body: PreviewChange) -> PreviewOut:
    """Change a preview; each change is a version."""
    row, fields = find(asker(request), Preview, preview_id, "program"), dict[str, Any](body.given())
    changed: Any = fields
    return _preview(actions.keep_preview(row.program, instead_of=row, now=clock.now(), by=actor(request), **changed))


@router.post("/previews/{preview_id}/publish", auth=WRITE, response=PreviewOut)
def publish_preview(request: HttpRequest, preview_id: str) -> PreviewOut:
    """Show a preview to those it is meant for; under an embargo its teaser."""
    row = find(asker(request), Preview, preview_id)
    return _preview(actions.publish_preview(row, now=clock.now(), by=actor(request)))


@router.post("/previews/{preview_id}/withdraw", auth=WRITE, response=PreviewOut)
def withdraw_preview(request: HttpRequest, preview_id: str) -> PreviewOut:
    """Take a preview away; its embargo stays."""
    row = find(asker(request), Preview, preview_id)
    return _preview(actions.withdraw_preview(row, now=clock.now(), by=actor(request)))


@router.post("/previews/{preview_id}/lift", auth=WRITE, response=PreviewOut)
def lift_embargo(request: HttpRequest, preview_id: str) -> PreviewOut:
    """End an embargo now."""
    row = find(asker(request), Preview, preview_id)
    return _preview(actions.lift_embargo(row, now=clock.now(), by=actor(request)))


@router.post("/previews/{preview_id}/accept", auth=WRITE, response=AcceptanceOut)
def accept_embargo(request: HttpRequest, preview_id: str, body: AcceptanceIn) -> AcceptanceOut:
    """Keep a partner's yes to an embargo that they read in your own portal; once."""
    row, enrolment = _both(request, preview_id, body.enrolment)
    made = actions.accept_embargo(
        row, enrolment, digest=body.digest, now=clock.now(), by=f"{body.by} ({actor(request)})"
    )  # fmt: skip
    return _acceptance(made)


@router.post("/previews/{preview_id}/seen", auth=WRITE, response=ShownOut)
def note_preview_seen(request: HttpRequest, preview_id: str, body: SightIn) -> ShownOut:
    """Note that a person of a partner saw a preview, and return it. Refused while an embargo is not accepted."""
    row, enrolment = _both(request, preview_id, body.enrolment)
    shown = preview_for(enrolment, row.pk, clock.now())
    if shown is None:
        raise NotFound("preview")
    if shown.content is None:
        raise Conflict("The embargo is not accepted.", digest=shown.digest)
    by = f"{body.by} ({actor(request)})"
    actions.note_sight(row, enrolment, number=shown.number, now=clock.now(), by=by)
    return _shown(shown)


@router.get("/previews/{preview_id}/acceptances", auth=READ, response=AcceptancePage)
def list_acceptances(request: HttpRequest, preview_id: str, cursor: Cursor = "", limit: Limit = PAGE) -> AcceptancePage:
    """List who accepted a preview's embargoes, the newest first."""
    key = asker(request)
    row = find(key, Preview, preview_id)
    page, following = take_page(reach(key, EmbargoAcceptance).filter(preview=row), cursor, limit)
    return AcceptancePage(data=[_acceptance(one) for one in page], next_cursor=following)


@router.get("/previews/{preview_id}/sights", auth=READ, response=SightPage)
def list_sights(request: HttpRequest, preview_id: str, cursor: Cursor = "", limit: Limit = PAGE) -> SightPage:
    """List who saw which version of a preview, the newest first."""
    key = asker(request)
    row = find(key, Preview, preview_id)
    page, following = take_page(reach(key, PreviewSight).filter(preview=row), cursor, limit)
    return SightPage(data=[_sight(one) for one in page], next_cursor=following)


@router.get("/enrolments/{enrolment_id}/previews", auth=READ, response=ShownListOut)
def list_partner_previews(request: HttpRequest, enrolment_id: str) -> ShownListOut:
    """List what a partner may see of the roadmap now; what is under an embargo only after they accepted it."""
    row = find(asker(request), Enrolment, enrolment_id, "partner", "tier")
    return ShownListOut(data=[_shown(one) for one in previews_for(row, clock.now())])


@router.get("/enrolments/{enrolment_id}/features", auth=READ, response=FeaturesOut)
def list_features(request: HttpRequest, enrolment_id: str) -> FeaturesOut:
    """List the features that are switched on for a partner now."""
    row = find(asker(request), Enrolment, enrolment_id, "partner", "tier")
    return FeaturesOut(data=features_on(row, clock.now()))


def _both(request: HttpRequest, preview_id: str, enrolment: str) -> tuple[Preview, Enrolment]:
    key = asker(request)
    return find(key, Preview, preview_id), refer(key, Enrolment, enrolment, "/enrolment", "partner", "tier")


def _preview(row: Preview) -> PreviewOut:
    return PreviewOut(
        id=text_id("prv", row.pk), program=text_id("prg", row.program_id), version=row.number, teaser=row.teaser,
        title=row.title, text=row.text, address=row.address, tiers=row.tiers, types=row.types,
        embargo_until=row.embargo_until, embargo_text=row.embargo_text, embargo_digest=row.embargo_digest,
        words=row.words, feature=row.feature, feature_from=row.feature_from, feature_until=row.feature_until,
        published_at=row.published_at, withdrawn_at=row.withdrawn_at,
    )  # fmt: skip


def _shown(one: Shown) -> ShownOut:
    content = one.content
    return ShownOut(
        preview=text_id("prv", one.preview_id), version=one.number, teaser=one.teaser,
        embargo_until=one.embargo_until, embargo_text=one.embargo_text, digest=one.digest,
        accepted_at=one.accepted_at, title=content.title if content else None, text=content.text if content else None,
        address=content.address if content else None, feature=one.feature, feature_on=one.has_feature,
    )  # fmt: skip


def _acceptance(row: EmbargoAcceptance) -> AcceptanceOut:
    return AcceptanceOut(
        id=text_id("emb", row.pk), preview=text_id("prv", row.preview_id), enrolment=text_id("enr", row.enrolment_id),
        accepted_at=row.accepted_at, by=row.by, version=row.number, version_digest=row.version_digest,
        embargo_digest=row.embargo_digest, text=row.text, until=row.until,
    )  # fmt: skip


def _sight(row: PreviewSight) -> SightOut:
    return SightOut(
        id=text_id("sgt", row.pk), preview=text_id("prv", row.preview_id), enrolment=text_id("enr", row.enrolment_id),
        version=row.number, by=row.by, first_at=row.first_at, last_at=row.last_at, times=row.times,
    )  # fmt: skip
