"""Reads of deliverables: lists, one with all that was said, what is late on either side."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from hanse.growth.deliverables import rules
from hanse.growth.deliverables.models import Deliverable, DeliverableComment, DeliverableDraft
from hanse.growth.deliverables.types import Waits
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.money.promises.models import Acceptance
from hanse.programs.programs.models import Program
from hanse.programs.terms.rules import deliverables_in
from hanse.programs.terms.types import TermsBody


@dataclass(frozen=True, slots=True)
class Late:
    """A deliverable that waits on somebody, with on whom and since when."""

    row: Deliverable
    waits: Waits


def deliverables_of(program_id: UUID) -> QuerySet[Deliverable]:
    """Return a program's deliverables with their partners, what is due first on top."""
    rows = Deliverable.objects.filter(program_id=program_id)
    return rows.select_related("program", "enrolment__partner", "enrolment__program").order_by("due_on", "id")


def unfinished(rows: QuerySet[Deliverable]) -> QuerySet[Deliverable]:
    """Leave those on which either side has something to do: open ones, and accepted ones to go public or to be
    answered."""
    accepted = Q(state="accepted") & (Q(live_on__isnull=False) | Q(unanswered_at__isnull=False))
    return rows.filter(Q(state__in=rules.OPEN) | accepted)


def deliverables_with(enrolment_ids: Collection[UUID]) -> QuerySet[Deliverable]:
    """Return the deliverables of enrolments, what is due first on top."""
    rows = Deliverable.objects.filter(enrolment_id__in=enrolment_ids)
    return rows.select_related("program", "enrolment__partner", "enrolment__program").order_by("due_on", "id")


def drafts_of(deliverable: Deliverable) -> list[DeliverableDraft]:
    """Return the versions of the work, the newest first."""
    return list(deliverable.drafts.select_related("file").order_by("-number"))


def comments_of(deliverable: Deliverable) -> list[DeliverableComment]:
    """Return what was said about a deliverable, in order."""
    return list(deliverable.comments.order_by("at", "id"))


def acceptances_of(deliverable: Deliverable) -> list[Acceptance]:
    """Return when it was accepted and taken back, in order."""
    return list(Acceptance.objects.filter(deliverable=deliverable.pk).order_by("accepted_at", "id"))


def waiting_in(program: Program, now: datetime) -> list[Late]:
    """Return the deliverables that wait on us, or are late on the partner's side, the longest first; who has left is
    not waited for. One query."""
    zone, today = program.time_zone, local_day(now, program.time_zone)
    rows = deliverables_of(program.pk).filter(state__in=(*rules.OPEN, "accepted"), enrolment__is_test=False)
    found = []
    for row in rows:
        said, has_left = rules.waits(row, today, zone), row.enrolment.status == "ended"
        if said is not None and (said.on == "team" or (said.days_late and not has_left)):
            found.append(Late(row, said))
    return sorted(found, key=lambda one: (one.waits.until, one.row.pk))


def titles_in(bodies: Iterable[TermsBody]) -> dict[UUID, str]:
    """Return what the deliverables are called that terms name, for their sentences. One query, or none."""
    named = {id for body in bodies for id in deliverables_in(body)}
    return dict(Deliverable.objects.filter(pk__in=named).values_list("pk", "title")) if named else {}


def works_to_name(program_id: UUID, enrolment_id: UUID | None, limit: int = 200) -> list[tuple[str, str]]:
    """Return the deliverables that terms could promise a fee for, as (text id, title and partner): open ones of the
    partner, or of the program, that promise no sum of their own. One query."""
    rows = deliverables_of(program_id).filter(state__in=rules.OPEN, fee_minor=0)
    if enrolment_id is not None:
        rows = rows.filter(enrolment_id=enrolment_id)
    return [(text_id("dlv", row.pk), f"{row.title} ({row.enrolment.partner.name})") for row in rows[:limit]]
