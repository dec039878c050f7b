"""Invitations: asking people to apply, many at once, and what became of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text, shown_id
from hanse.growth.invitations import actions
from hanse.growth.invitations.asking import MOST_ROWS
from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.queries import invitations_of
from hanse.growth.invitations.secret import invitation_path
from hanse.growth.invitations.types import NewInvitation
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.spine.outbox.actions import absolute_url

router = Router(tags=["Invitations"])
State = Literal["sent", "opened", "applied", "joined", "declined", "withdrawn"]
_COPIED = (
    "email", "name", "company", "website", "channels", "country", "language", "note", "is_mailed", "sent_at",
    "opened_at", "accepted_at", "declined_at", "withdrawn_at",
)  # fmt: skip


class InviteeIn(Input):
    """Somebody to invite, with what is known; `tier` is a tier's key."""

    email: Annotated[Text, Field(min_length=1, max_length=254)]
    name: Annotated[Text, Field(max_length=200)] = ""
    company: Annotated[Text, Field(max_length=200)] = ""
    website: Annotated[Text, Field(max_length=300)] = ""
    channels: Annotated[list[Text], Field(max_length=20)] = []
    country: Annotated[Text, Field(max_length=2)] = ""
    language: Annotated[Text, Field(max_length=10)] = ""
    note: Annotated[Text, Field(max_length=5000)] = ""
    tier: Annotated[Text, Field(max_length=40, description="A tier’s key, like growth.")] = ""
    answers: dict[str, Annotated[Text, Field(max_length=5000)]] = Field(
        default={}, description="Filled in for them: answers by the keys of the form’s questions."
    )


class InvitationsIn(Input):
    """People to invite: all of them or, where one row is refused, nobody. `mail` false: you pass the links on."""

    program: Text | None = None
    invitations: Annotated[list[InviteeIn], Field(min_length=1, max_length=MOST_ROWS)]
    note: Annotated[Text, Field(max_length=5000, description="Said to those whose row has no note.")] = ""
    sender: Annotated[Text, Field(max_length=200)] = ""
    mail: bool = True


class LeftAloneOut(Output):
    """A row (from 0) that changes nothing, and why."""

    row: int
    email: str
    why: Literal["invited", "said_no", "partner", "applied", "unreachable", "twice"]


class InvitedLink(Output):
    """Who is invited, with the address of their page."""

    id: str
    email: str
    link: str


class InvitationsOut(Output):
    """What came of it; bringing the same list in again changes nothing."""

    new: int
    invited: list[InvitedLink]
    left_alone: list[LeftAloneOut]


class InvitationOut(Output):
    """An invitation; `opened_at` is when its page was first looked at, perhaps by a mail scanner."""

    id: str
    program: str
    prospect: str | None
    tier: str | None
    email: str
    name: str
    company: str
    website: str
    channels: list[str]
    country: str
    language: str
    note: str
    is_mailed: bool
    sent_at: Instant
    opened_at: Instant | None
    accepted_at: Instant | None
    declined_at: Instant | None
    withdrawn_at: Instant | None


class InvitationPage(Page):
    """A page of invitations."""

    data: list[InvitationOut]


@router.get("/invitations", auth=READ, response=InvitationPage)
def list_invitations(
    request: HttpRequest, program: str = "", state: State | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> InvitationPage:
    """List invitations, the newest first."""
    key = asker(request)
    rows: Any = invitations_of(None, narrow(key, reach(key, Invitation), {"program_id": (Program, program)}))
    rows = rows.filter(state=state) if state else rows
    page, following = take_page(rows, cursor, limit)
    return InvitationPage(data=[_shown(row) for row in page], next_cursor=following)


@router.post("/invitations", auth=WRITE, response={201: InvitationsOut})
def invite_people(request: HttpRequest, body: InvitationsIn) -> Status[InvitationsOut]:
    """Ask people to apply, by mail or with links that you pass on."""
    program, now = own_program(asker(request), body.program), clock.now()
    given = [
        NewInvitation(**{**one.model_dump(), "channels": tuple(one.channels), "answers": tuple(one.answers.items())})
        for one in body.invitations
    ]
    done = actions.invite(
        program, given, note=body.note, sender=body.sender, is_mailed=body.mail, now=now, by=actor(request)
    )
    alone = [LeftAloneOut(row=one.row, email=one.email, why=one.why) for one in done.left_alone]  # type: ignore[arg-type]
    rows = Invitation.objects.filter(program=program, batch=done.batch) if done.batch else Invitation.objects.none()
    made = [
        InvitedLink(
            id=text_id("ivt", row.pk), email=row.email, link=absolute_url(invitation_path(program.slug, row.pk))
        )
        for row in rows.order_by("pk")
    ]
    return Status(201, InvitationsOut(new=done.new, invited=made, left_alone=alone))


@router.get("/invitations/{invitation_id}", auth=READ, response=InvitationOut)
def read_invitation(request: HttpRequest, invitation_id: str) -> InvitationOut:
    """Read one invitation."""
    return _shown(find(asker(request), Invitation, invitation_id))


@router.post("/invitations/{invitation_id}/withdraw", auth=WRITE, response=InvitationOut)
def withdraw_invitation(request: HttpRequest, invitation_id: str) -> InvitationOut:
    """Take an invitation back: its page leads nowhere from then on."""
    row = find(asker(request), Invitation, invitation_id)
    return _shown(actions.withdraw_invitation(row, now=clock.now(), by=actor(request)))


@router.post("/invitations/{invitation_id}/again", auth=WRITE, response=InvitationOut)
def invite_again(request: HttpRequest, invitation_id: str) -> InvitationOut:
    """Write to somebody once more, at most once a day."""
    row = find(asker(request), Invitation, invitation_id)
    return _shown(actions.invite_again(row, now=clock.now(), by=actor(request)))


def _shown(row: Invitation) -> InvitationOut:
    values: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
    return InvitationOut(
        id=text_id("ivt", row.pk), program=text_id("prg", row.program_id), prospect=shown_id("pst", row.prospect_id),
        tier=shown_id("tie", row.tier_id), **values,
    )  # fmt: skip
