"""Incidents: a fault noted, measured, told, mended and told again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.message_shapes import (
    IncidentDetail,
    IncidentIn,
    IncidentOut,
    IncidentPage,
    MendIn,
    NoFaultIn,
    RepairOut,
    ToldOut,
    TouchedOut,
)
from hanse.faces.api.values import shown_id
from hanse.growth.incidents.actions import delete_incident, is_estimate, mend_incident, note_incident, tell_touched
from hanse.growth.incidents.models import Incident
from hanse.growth.incidents.queries import incident_by_id, sums_of, touched_by
from hanse.growth.watch.actions import say_no_fault
from hanse.growth.watch.mending import repair, repair_of
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.kernel.money import parse_rate_ppm
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program

router = Router(tags=["Messages"])


@router.post("/incidents", auth=WRITE, response={201: IncidentDetail})
def create_incident(request: HttpRequest, body: IncidentIn) -> Status[IncidentDetail]:
    """Note a fault; whom it touched is found at once and the letter is drafted. Nobody is told yet."""
    key = asker(request)
    program = own_program(key, body.program)
    offer = refer(key, Offer, body.offer, "/offer") if body.offer else None
    row = note_incident(
        program, kind=body.kind, title=body.title, cause=body.cause, starts_at=body.starts_at, ends_at=body.ends_at,
        rate_ppm=_rate(body.rate), offer=offer, now=clock.now(), by=actor(request),
    )  # fmt: skip
    return Status(201, _detail(row))


@router.get("/incidents", auth=READ, response=IncidentPage)
def list_incidents(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> IncidentPage:
    """List incidents, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Incident), {"program_id": (Program, program)})
    page, following = take_page(rows.select_related("program", "notice"), cursor, limit)
    sums = sums_of([row.pk for row in page])
    return IncidentPage(data=[IncidentOut(**_shown(row, sums[row.pk])) for row in page], next_cursor=following)


@router.get("/incidents/{incident_id}", auth=READ, response=IncidentDetail)
def read_incident(request: HttpRequest, incident_id: str) -> IncidentDetail:
    """Read an incident with whom it touched."""
    return _detail(find(asker(request), Incident, incident_id))


@router.post("/incidents/{incident_id}/tell", auth=WRITE, response=ToldOut)
def tell_incident(request: HttpRequest, incident_id: str) -> ToldOut:
    """Send the letter to everybody whom it touched and who has none yet, before every other kind of letter."""
    row = find(asker(request), Incident, incident_id, "program", "notice")
    return ToldOut(letters=tell_touched(row, now=clock.now(), by=actor(request)))


@router.post("/incidents/{incident_id}/mend", auth=WRITE, response=ToldOut)
def mend_an_incident(request: HttpRequest, incident_id: str, body: MendIn) -> ToldOut:
    """Note how it was mended; who was told of the fault is told of this, too."""
    row = find(asker(request), Incident, incident_id, "program")
    return ToldOut(letters=mend_incident(row, body.how, now=clock.now(), by=actor(request)))


@router.post("/incidents/{incident_id}/repair", auth=WRITE, response=RepairOut)
def repair_an_incident(request: HttpRequest, incident_id: str) -> RepairOut:
    """Mend a fault that watch found: its host is listed and its orders are looked at again, or its links lead
    elsewhere. It closes by itself once that is done, and the partners get a letter with what was found."""
    row = find(asker(request), Incident, incident_id, "program", "notice")
    kind = repair_of(row)
    return RepairOut(repair=kind, count=repair(row, now=clock.now(), by=actor(request)))  # type: ignore[arg-type]  # a kind without a repair is refused


@router.post("/incidents/{incident_id}/no-fault", auth=WRITE, response=IncidentDetail)
def say_it_is_no_fault(request: HttpRequest, incident_id: str, body: NoFaultIn) -> IncidentDetail:
    """Close what watch found and is none: the same does not open again (a link’s not for 90 days)."""
    row = find(asker(request), Incident, incident_id, "program", "notice")
    say_no_fault(row, body.why, now=clock.now(), by=actor(request))
    return _detail(row)


@router.post("/incidents/{incident_id}/delete", auth=WRITE, response={204: None})
def delete_an_incident(request: HttpRequest, incident_id: str) -> Status[None]:
    """Delete an incident that was noted by mistake; one that partners were told of stays."""
    delete_incident(find(asker(request), Incident, incident_id), now=clock.now(), by=actor(request))
    return Status(204, None)


def _rate(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return parse_rate_ppm(text)
    except Invalid as error:
        raise Invalid([Problem("/rate", str(error), "bad_rate")]) from error


def _shown(row: Incident, sums: tuple[int, int, int, int]) -> dict[str, Any]:
    partners, orders, value_minor, commission_minor = sums
    return {
        "id": text_id("ict", row.pk), "program": text_id("prg", row.program_id), "kind": row.kind, "title": row.title,
        "cause": row.cause, "starts_at": row.starts_at, "ends_at": row.ends_at, "partners": partners, "orders": orders,
        "value": value_minor, "commission": commission_minor, "currency": row.program.currency,
        "is_estimate": is_estimate(row),
        "notice": shown_id("msg", row.notice.template_id) if row.notice else None, "told_at": row.told_at,
        "mended_at": row.mended_at, "mending_at": row.mending_at, "closed_at": row.closed_at,
        "closed_as": row.closed_as, "how": row.mended_how, "repair": repair_of(row) if row.fault_key else "",
        "about": row.about, "evidence": row.evidence,
    }  # fmt: skip


def _detail(found: Incident) -> IncidentDetail:
    row = incident_by_id(found.program_id, found.pk)
    touched = [
        TouchedOut(
            enrolment=text_id("enr", one.enrolment_id), clicks=one.clicks, orders=one.orders, value=one.value_minor,
            commission=one.commission_minor,
        )
        for one in touched_by(row)[:500]
    ]  # fmt: skip
    return IncidentDetail(**_shown(row, sums_of([row.pk])[row.pk]), touched=touched)
