"""Verbs of events."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hanse.insight.events.models import PartnerEvent
from hanse.insight.events.types import LOGIN, GivenEvent
from hanse.kernel.errors import Conflict, Invalid, Problem
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.bulk import insert_many

MOST_AT_ONCE = 1_000
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_AHEAD = timedelta(minutes=5)
_MAX_ID, _MAX_DETAIL = 200, 4_000


def take_events(program: Program, given: Sequence[GivenEvent], *, now: datetime) -> list[tuple[PartnerEvent, bool]]:
    """Store events; return each with whether it is new. The same one told again is known already and changes nothing.

    Raises Invalid with pointers for kinds, ids and moments that cannot be, enrolments of other programs, and more than
    1,000 at once; Conflict where an outside id is known with other content. Nothing is stored then. Three queries.
    """
    problems = [*_problems(program, given, now)]
    if problems:
        raise Invalid(problems)
    keys = {(one.kind, one.external_id) for one in given}
    rows = PartnerEvent.objects.filter(
        program_id=program.pk, kind__in={kind for kind, _id in keys}, external_id__in={key for _kind, key in keys}
    )
    known = {(row.kind, row.external_id): row for row in rows}
    taken, new = list[tuple[PartnerEvent, bool]](), list[PartnerEvent]()
    for one in given:
        digest, row = _digest(one), known.get((one.kind, one.external_id))
        if row is not None and row.content_hash != digest:
            raise Conflict(
                f"The event {one.kind} {one.external_id} is known with other content.", known=row.content_hash,
                sent=digest,
            )  # fmt: skip
        is_new = row is None
        if row is None:
            row = PartnerEvent(
                id=new_id(now), program_id=program.pk, enrolment_id=one.enrolment_id, kind=one.kind,
                external_id=one.external_id, occurred_at=one.occurred_at, detail=one.detail, content_hash=digest,
            )  # fmt: skip
            known[one.kind, one.external_id] = row
            new.append(row)
        taken.append((row, is_new))
    insert_many(PartnerEvent, [_columns(row) for row in new])
    return taken


def note_visit(partner_id: UUID, now: datetime) -> int:
    """Write down that a partner's person signed in to the portal: once a day (UTC) for each open enrolment."""
    rows = Enrolment.objects.filter(partner_id=partner_id).exclude(
        status__in=(Enrolment.Status.ENDED, Enrolment.Status.PENDING)
    )
    day = now.astimezone(UTC).date().isoformat()
    visits = [
        _columns(
            PartnerEvent(
                id=new_id(now), program_id=program_id, enrolment_id=key, kind=LOGIN,
                external_id=f"{key}:{day}", occurred_at=now, detail={}, content_hash="",
            )
        )
        for key, program_id in rows.values_list("id", "program_id")
    ]  # fmt: skip
    insert_many(PartnerEvent, visits, ignore_known=True)
    return len(visits)


def take_back_events(program: Program, kind: str, external_ids: Collection[str]) -> int:
    """Forget events that turned out not to have happened; return how many."""
    rows = PartnerEvent.objects.filter(program_id=program.pk, kind=kind, external_id__in=list(external_ids))
    return rows.delete()[0]


def _columns(row: PartnerEvent) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in PartnerEvent._meta.concrete_fields}


def _digest(one: GivenEvent) -> str:
    content = [str(one.enrolment_id), one.occurred_at.astimezone(UTC).isoformat(), sorted(one.detail.items())]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]


def _problems(program: Program, given: Sequence[GivenEvent], now: datetime) -> list[Problem]:
    if len(given) > MOST_AT_ONCE:
        return [Problem("", f"At most {MOST_AT_ONCE} events are taken at once.", "too_many")]
    ids = {one.enrolment_id for one in given}
    mine = set(Enrolment.objects.filter(program=program, id__in=ids).values_list("id", flat=True))
    found = []
    for place, one in enumerate(given):
        where = f"/events/{place}"
        if not _KIND.match(one.kind) or one.kind == LOGIN:
            text = "A kind has small letters, digits and underscores, at most 40; visits to the portal are our own."
            found.append(Problem(f"{where}/kind", text))
        if not one.external_id.strip() or len(one.external_id) > _MAX_ID or not one.external_id.isprintable():
            found.append(Problem(f"{where}/external_id", "An outside id has 1 to 200 printable characters."))
        if one.enrolment_id not in mine:
            found.append(Problem(f"{where}/enrolment", "There is no such enrolment in this program.", "not_found"))
        if one.occurred_at > now + _AHEAD:
            found.append(Problem(f"{where}/occurred_at", "An event lies in the past."))
        if len(json.dumps(one.detail)) > _MAX_DETAIL:
            found.append(Problem(f"{where}/detail", "The detail is too long."))
    return found
