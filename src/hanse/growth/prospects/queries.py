"""Reads of the pipeline: chosen prospects, the board, the timeline, the numbers of the stages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from hanse.growth.mentions.models import Mention
from hanse.growth.prospects.models import LetterTemplate, Prospect, Remark, StageChange
from hanse.growth.prospects.rules import STALE_DAYS, report
from hanse.growth.prospects.types import PipelineReport, Step
from hanse.people.partners.models import Partner

_OVER = ("active", "closed")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which prospects are wanted; empty means any. `owner` is a person's id or "nobody"."""

    owner: str = ""
    stage: str = ""
    source: str = ""
    search: str = ""
    is_stale: bool = False
    is_due: bool = False


def prospects_of(program_id: UUID) -> QuerySet[Prospect]:
    """Return a program's prospects with owner, referrer, candidate and partner."""
    rows = Prospect.objects.filter(program_id=program_id)
    return rows.select_related("owner", "referrer", "candidate", "partner")


def chosen(rows: QuerySet[Prospect], choice: Choice, now: datetime, today: date) -> QuerySet[Prospect]:
    """Keep the prospects that a choice wants."""
    if choice.owner:
        rows = rows.filter(owner=None) if choice.owner == "nobody" else rows.filter(owner_id=UUID(choice.owner))
    rows = rows.filter(stage=choice.stage) if choice.stage else rows
    rows = rows.filter(source=choice.source) if choice.source else rows
    if choice.search:
        rows = rows.filter(Q(name__icontains=choice.search) | Q(email__icontains=choice.search))
    rows = rows.filter(stale_ones(now)) if choice.is_stale else rows
    return rows.filter(due_ones(today)) if choice.is_due else rows


def stale_ones(now: datetime) -> Q:
    """Return the condition of stale prospects, as `rules.is_stale` says."""
    condition = Q(pk=None)
    for stage, days in STALE_DAYS.items():
        condition |= Q(stage=stage, changed_at__lte=now - timedelta(days=days))
    return condition


def due_ones(today: date) -> Q:
    """Return the condition of prospects whose next step is due."""
    return Q(next_on__lte=today) & ~Q(stage__in=_OVER)


def board(rows: QuerySet[Prospect], most: int) -> dict[str, list[Prospect]]:
    """Return the first prospects of each stage: those with the nearest next step, then the freshest. One query."""
    order = [F("next_on").asc(nulls_last=True), F("changed_at").desc(), F("pk").asc()]
    placed = rows.annotate(place=Window(RowNumber(), partition_by="stage", order_by=order)).filter(place__lte=most)
    found: dict[str, list[Prospect]] = {}
    for row in placed.order_by("stage", "place"):
        found.setdefault(row.stage, []).append(row)
    return found


def stage_counts(rows: QuerySet[Prospect]) -> dict[str, int]:
    """Return how many stand in each stage."""
    return dict(rows.order_by().values_list("stage").annotate(n=Count("pk")))


def report_of(program_id: UUID) -> PipelineReport:
    """Return a program's stages in numbers; what was taken back never happened. One query."""
    steps = StageChange.objects.filter(prospect__program_id=program_id, undone_at=None).order_by("at", "id")
    histories: dict[UUID, list[Step]] = {}
    for prospect_id, to_stage, at in steps.values_list("prospect_id", "to_stage", "at"):
        histories.setdefault(prospect_id, []).append(Step(to_stage, at))
    return report(histories.values())


def timeline_of(prospect_id: UUID) -> list[StageChange | Remark]:
    """Return what happened to a prospect, the latest first. Two queries."""
    rows: Iterable[StageChange | Remark] = [
        *StageChange.objects.filter(prospect_id=prospect_id), *Remark.objects.filter(prospect_id=prospect_id)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.at, row.pk), reverse=True)


def templates_of(program_id: UUID) -> QuerySet[LetterTemplate]:
    """Return the letters that can be written, by name."""
    return LetterTemplate.objects.filter(program_id=program_id, archived_at=None).order_by("name", "pk")


def first_place(candidate_id: UUID) -> str:
    """Return where a candidate was seen last, if anybody said so."""
    rows = Mention.objects.filter(candidate_id=candidate_id).exclude(answer__place="").order_by("-named_at", "-pk")
    return rows.values_list("answer__place", flat=True).first() or ""


def referrer_of(program_id: UUID, email: str) -> Partner | None:
    """Return the partner who brought the prospect with this address."""
    rows = Prospect.objects.filter(program_id=program_id, email=email.lower()).exclude(email="")
    row = rows.select_related("referrer").first()
    return row.referrer if row else None


def prospects_by_candidate(candidate_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the prospects made from candidates, by candidate."""
    return dict(Prospect.objects.filter(candidate_id__in=candidate_ids).values_list("candidate_id", "pk"))
