"""Partners: people and companies that promote."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, find_own_partner, own_program, reach, refer
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out, shown_id
from hanse.kernel import clock
from hanse.kernel.errors import Refused
from hanse.kernel.ids import text_id
from hanse.money.referrals.actions import follow_recruit
from hanse.people.access.models import ApiKey
from hanse.people.partners import actions
from hanse.people.partners.models import Partner
from hanse.people.partners.queries import partner_by_email
from hanse.programs.enrolments.actions import enrol
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.enrolments.queries import has_open_enrolments

router = Router(tags=["Partners"])
Words = Annotated[list[Text], Field(max_length=50)]
_COPIED = (
    "name", "email", "contact_name", "phone", "company", "website", "channels", "country", "language", "time_zone",
    "types", "tags", "is_extension", "source", "created_at", "archived_at",
)  # fmt: skip


class PartnerOut(Output):
    """A partner: one record across programs."""

    id: str
    name: str
    email: str
    contact_name: str
    phone: str
    company: str
    website: str
    channels: list[str]
    country: str
    language: str
    time_zone: str
    types: list[str]
    tags: list[str]
    is_extension: bool
    source: str
    recruited_by: str | None
    created_at: Instant
    archived_at: Instant | None


class PartnerPage(Page):
    """A page of partners."""

    data: list[PartnerOut]


class PartnerChange(Input):
    """What can be changed of a partner; fields left out stay as they are."""

    name: Text = left_out(max_length=200)
    email: Text = left_out(max_length=254)
    contact_name: Text = left_out(max_length=200)
    phone: Text = left_out(max_length=40)
    company: Text = left_out(max_length=200)
    website: Text = left_out(max_length=300)
    channels: Words = left_out()
    country: Text = left_out(description="Two letters, or empty.")
    language: Text = left_out()
    time_zone: Text = left_out()
    types: Words = left_out()
    tags: Words = left_out()
    is_extension: bool = left_out()
    source: Text = left_out(max_length=60)
    recruited_by: Text | None = left_out()


class PartnerIn(PartnerChange):
    """A partner to make known. With `program` they are enrolled there at once; a restricted key implies its own."""

    name: Annotated[Text, Field(max_length=200)]
    email: Annotated[Text, Field(max_length=254)]
    program: Text | None = None


def partner_out(partner: Partner) -> PartnerOut:
    """Show a partner."""
    values: dict[str, Any] = {name: getattr(partner, name) for name in _COPIED}
    recruiter = shown_id("prt", partner.recruited_by_id)
    return PartnerOut(id=text_id("prt", partner.pk), recruited_by=recruiter, **values)


def _fields(key: ApiKey, body: PartnerChange) -> dict[str, Any]:
    given = {name: value for name, value in body.given().items() if name != "program"}
    if given.get("recruited_by"):
        given["recruited_by"] = refer(key, Partner, given["recruited_by"], "/recruited_by")
    return given


@router.get("/partners", auth=READ, response=PartnerPage)
def list_partners(
    request: HttpRequest, email: str = "", archived: bool | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> PartnerPage:
    """List partners, the newest first; by address, or only archived or only current ones."""
    rows = reach(asker(request), Partner)
    if email:
        rows = rows.filter(email=email.strip().lower().replace("\0", ""))
    if archived is not None:
        rows = rows.filter(archived_at__isnull=not archived)
    page, following = take_page(rows, cursor, limit)
    return PartnerPage(data=[partner_out(row) for row in page], next_cursor=following)


@router.post("/partners", auth=WRITE, response={201: PartnerOut})
def create_partner(request: HttpRequest, body: PartnerIn) -> PartnerOut:
    """Make a partner known, and enrol them where a program is named or the key is restricted to one."""
    key, now, by = asker(request), clock.now(), actor(request)
    program = own_program(key, body.program) if body.program or key.program_id else None
    zone = {"time_zone": program.time_zone} if program is not None else {}
    _keep_strangers_names(key, body.email)
    partner = actions.create_partner(**{**zone, **_fields(key, body)}, now=now, by=by)
    if program is not None:
        enrol(partner, program, enrolled_at=now, now=now, by=by)
    return partner_out(partner)


def _keep_strangers_names(key: ApiKey, email: str) -> None:
    """Refuse an address of a partner out of the key's reach without saying whose it is."""
    known = partner_by_email(email)
    if known is not None and not reach(key, Partner).filter(pk=known.pk).exists():
        raise Refused("email_in_use", _("Somebody already signs in with %(email)s.") % {"email": known.email})


@router.get("/partners/{partner_id}", auth=READ, response=PartnerOut)
def read_partner(request: HttpRequest, partner_id: str) -> PartnerOut:
    """Read one partner."""
    return partner_out(find(asker(request), Partner, partner_id))


@router.patch("/partners/{partner_id}", auth=WRITE, response=PartnerOut)
def change_partner(request: HttpRequest, partner_id: str, body: PartnerChange) -> PartnerOut:
    """Change what is known of a partner. A restricted key cannot change one who is in other programs too."""
    key = asker(request)
    partner = find_own_partner(key, partner_id)
    if "email" in body.given():
        _keep_strangers_names(key, body.email)
    changed = actions.change_partner(partner, now=clock.now(), by=actor(request), **_fields(key, body))
    if "recruited_by" in body.given():
        follow_recruit(list(Enrolment.objects.filter(partner=changed).values_list("id", flat=True)), clock.now())
    return partner_out(changed)


@router.post("/partners/{partner_id}/archive", auth=WRITE, response=PartnerOut)
def archive_partner(request: HttpRequest, partner_id: str) -> PartnerOut:
    """Take a partner out of the lists. Their enrolments must be ended first, so that nothing ends silently."""
    partner = find_own_partner(asker(request), partner_id)
    if has_open_enrolments(partner.pk):
        raise Refused("still_enrolled", _("End this partner's enrolments first, with a reason they can read."))
    actions.archive_partner(partner, now=clock.now(), by=actor(request))
    return partner_out(partner)


@router.post("/partners/{partner_id}/restore", auth=WRITE, response=PartnerOut)
def restore_partner(request: HttpRequest, partner_id: str) -> PartnerOut:
    """Put an archived partner back into the lists."""
    partner = find_own_partner(asker(request), partner_id)
    actions.restore_partner(partner, now=clock.now(), by=actor(request))
    return partner_out(partner)
