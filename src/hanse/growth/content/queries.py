"""Reads of content: pieces by partner, the best ones, those worth a refresh, feeds that need a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet

from hanse.growth.content.counting import SHARED
from hanse.growth.content.models import Feed, Piece
from hanse.insight.facts.material import PieceOf
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program

OLD_DAYS = 120  # younger pieces are still new
STILL_CLICKS = 10  # clicks of the last 90 days from which an old piece is worth a refresh
REFRESHED_DAYS = 120  # for so long a refreshed piece leaves the list
BEST_SALES = 1


def shown_pieces() -> QuerySet[Piece]:
    """Return the pieces that count: those hidden by hand and those that surely speak of something else are left out."""
    return Piece.objects.filter(hidden_at=None).exclude(about=Piece.About.OTHER)


def pieces_of(enrolment_ids: Collection[UUID]) -> QuerySet[Piece]:
    """Return the pieces of enrolments that count, the newest first."""
    mine = shown_pieces().filter(enrolment_id__in=list(enrolment_ids))
    return mine.select_related("enrolment__partner").order_by("-published_at", "-id")


def pieces_in(program_id: UUID) -> QuerySet[Piece]:
    """Return all pieces of a program that were not hidden, with their partners, the newest first."""
    rows = Piece.objects.filter(program_id=program_id, hidden_at=None)
    return rows.select_related("enrolment__partner", "feed").order_by("-published_at", "-id")


def best_pieces(program_id: UUID, limit: int = 5) -> list[Piece]:
    """Return the pieces that brought most value, with at least one sale each; whole websites are none. One query."""
    rows = shown_pieces().filter(program_id=program_id, sales__gte=BEST_SALES).select_related("enrolment__partner")
    rows = rows.exclude(source=Piece.Source.REFERRER)
    return list(rows.order_by("-value_minor", "-sales", "id")[:limit])


def worth_a_refresh(now: datetime) -> QuerySet[Piece]:
    """Return pieces older than 120 days that still bring clicks and were not refreshed lately, most clicks first."""
    rows = shown_pieces().filter(
        Q(refreshed_at=None) | Q(refreshed_at__lt=now - timedelta(days=REFRESHED_DAYS)),
        published_at__lt=now - timedelta(days=OLD_DAYS), clicks_90d__gte=STILL_CLICKS,
    )  # fmt: skip
    return rows.exclude(source=Piece.Source.REFERRER).order_by("-clicks_90d", "-sales_90d", "id")


def feeds_in(program_id: UUID) -> QuerySet[Feed]:
    """Return a program's feeds with their partners and how many pieces each gave, those with a problem first."""
    rows = Feed.objects.filter(program_id=program_id, removed_at=None).select_related("enrolment__partner")
    counted = rows.annotate(
        piece_count=Count("pieces", filter=Q(pieces__hidden_at=None)), last_piece_at=Max("pieces__published_at")
    )
    return counted.order_by(F("off_at").desc(nulls_last=True), "-failures", "enrolment__partner__name", "id")


def feeds_off(program_id: UUID) -> QuerySet[Feed]:
    """Return feeds that are not looked at any more because they did not answer, the latest first."""
    rows = Feed.objects.filter(program_id=program_id, removed_at=None, off_at__isnull=False)
    return rows.select_related("enrolment__partner").order_by("-off_at", "id")


def piece_sums(program: Program, enrolment_ids: Collection[UUID]) -> dict[UUID, list[PieceOf]]:
    """Return what the pieces of enrolments are known to have brought, as facts read it. One query."""
    rows = shown_pieces().filter(enrolment_id__in=list(enrolment_ids)).exclude(source=Piece.Source.REFERRER)
    rows = rows.filter(Q(clicks_90d__gt=0) | Q(sales__gt=0))
    columns = ("enrolment_id", "title", "published_at", "sales", "value_minor", "clicks_90d", "ways")
    found: dict[UUID, list[PieceOf]] = defaultdict(list)
    for who, title, at, sales, value, clicks, ways in rows.values_list(*columns):
        known = sales - ways.get(SHARED, [0, 0])[1]
        found[who].append(
            PieceOf(title, local_day(at, program.time_zone), known, value if known == sales else 0, clicks)
        )
    return found
