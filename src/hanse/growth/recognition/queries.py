"""Reads of recognition."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum

from hanse.growth.recognition import rules
from hanse.growth.recognition.models import Board, BoardConsent, Occasion, Thanks, Tip
from hanse.growth.recognition.rules import Place
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program

RECENT = timedelta(days=21)  # for so long an occasion is worth a word


def occasions_waiting(program: Program, now: datetime) -> QuerySet[Occasion]:
    """Return what is worth a word and was not said yet, the latest first."""
    since = local_day(now - RECENT, program.time_zone)
    rows = Occasion.objects.filter(program=program, thanked_at=None, found_on__gte=since)
    return rows.select_related("enrolment__partner", "enrolment__tier").order_by("-found_on", "-number", "id")


def thanks_of(enrolment_id: UUID) -> QuerySet[Thanks]:
    """Return what a partner was thanked for, the latest first."""
    return Thanks.objects.filter(enrolment_id=enrolment_id).order_by("-given_at", "-id")


def thanks_in(program_id: UUID) -> QuerySet[Thanks]:
    """Return a program's thanks, the latest first."""
    return Thanks.objects.filter(program_id=program_id).select_related("enrolment__partner").order_by("-given_at")


def shared_tips(program_id: UUID) -> QuerySet[Tip]:
    """Return what partners share with each other, the latest first."""
    rows = Tip.objects.filter(program_id=program_id, published_at__isnull=False, withdrawn_at=None)
    return rows.order_by("-published_at", "id")


def offered_tips(program_id: UUID) -> QuerySet[Tip]:
    """Return tips that nobody has published yet, the oldest first."""
    rows = Tip.objects.filter(program_id=program_id, published_at=None, withdrawn_at=None)
    return rows.select_related("enrolment__partner").order_by("offered_at", "id")


def board_of(program: Program, now: datetime, own: UUID | None = None) -> tuple[Board | None, list[Place]]:
    """Return a program's board and its places by sales, of those who agreed. Three queries; one while it is off."""
    row = Board.objects.filter(program=program, is_on=True).first()
    if row is None:
        return None, []
    agreed = BoardConsent.objects.filter(enrolment__program=program, enrolment__status="active")
    names = dict(agreed.values_list("enrolment_id", "shown_name"))
    since = local_day(now, program.time_zone) - timedelta(days=row.window_days - 1)  # today is one of them
    days = EnrolmentDay.objects.filter(program_id=program.pk, enrolment_id__in=list(names), day__gte=since)
    sold = dict(days.order_by().values_list("enrolment_id").annotate(n=Sum("conversions")))
    return row, rules.board([(pk, name, sold.get(pk, 0)) for pk, name in names.items()], row.places, own)
