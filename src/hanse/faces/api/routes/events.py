"""Events: use of the product, pieces and whatever else partners do; told by other systems."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import narrow, own_program, reach, refer_all
from hanse.faces.api.values import Input, Instant, Output, Page, Text
from hanse.insight.events.actions import MOST_AT_ONCE, take_events
from hanse.insight.events.models import PartnerEvent
from hanse.insight.events.types import GivenEvent
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Events"])
_KIND = Field(
    pattern=r"^[a-z][a-z0-9_]{0,39}$",
    description="product_use, piece, or a name of your own. portal_login is written by the portal itself.",
)


class EventIn(Input):
    """One thing that a partner did. Told again with the same content it changes nothing."""

    enrolment: Text
    kind: Annotated[str, _KIND]
    external_id: Annotated[Text, Field(min_length=1, max_length=200, description="Your own id, once a kind.")]
    occurred_at: Instant
    detail: dict[Annotated[Text, Field(max_length=40)], Annotated[Text, Field(max_length=500)]] = Field(
        default_factory=dict, max_length=20, description="What else is worth keeping."
    )


class EventsIn(Input):
    """Up to a thousand events of one program."""

    program: Text | None = None
    events: Annotated[list[EventIn], Field(min_length=1, max_length=MOST_AT_ONCE)]


class EventOut(Output):
    """An event as it is kept."""

    id: str
    program: str
    enrolment: str
    kind: str
    external_id: str
    occurred_at: Instant
    detail: dict[str, str]


class TakenOut(Output):
    """How many events are new, and how many were known already."""

    new: int
    known: int


class EventPage(Page):
    """A page of events."""

    data: list[EventOut]


@router.post("/events", auth=WRITE, response=TakenOut)
def take_partner_events(request: HttpRequest, body: EventsIn) -> TakenOut:
    """Take what partners did outside clicks and sales. All of them, or none: a refusal names each place.

    Use of the product and pieces are signals of silence; any kind can be a condition of an audience.
    """
    key = asker(request)
    program = own_program(key, body.program)
    pointers = {f"/events/{place}/enrolment": one.enrolment for place, one in enumerate(body.events)}
    found = refer_all(key, Enrolment, pointers)
    other = [pointer for pointer, text in pointers.items() if found[text].program_id != program.pk]
    if other:
        message = _("This enrolment belongs to another program.")
        raise Invalid([Problem(pointer, message, "not_found") for pointer in other[:50]])
    given = [
        GivenEvent(found[one.enrolment].pk, one.kind, one.external_id, one.occurred_at, dict(one.detail))
        for one in body.events
    ]
    taken = take_events(program, given, now=clock.now())
    new = sum(is_new for _row, is_new in taken)
    return TakenOut(new=new, known=len(taken) - new)


@router.get("/events", auth=READ, response=EventPage)
def list_events(
    request: HttpRequest, program: str = "", enrolment: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> EventPage:
    """List events, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    page, following = take_page(narrow(key, reach(key, PartnerEvent), filters), cursor, limit)
    return EventPage(data=[_out(row) for row in page], next_cursor=following)


def _out(row: PartnerEvent) -> EventOut:
    return EventOut(
        id=text_id("evt", row.pk), program=text_id("prg", row.program_id), enrolment=text_id("enr", row.enrolment_id),
        kind=row.kind, external_id=row.external_id, occurred_at=row.occurred_at, detail=row.detail,
    )  # fmt: skip
