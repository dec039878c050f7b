"""Our silence: with whom none of us spoke for longer than their tier allows, found anew each day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max, OuterRef, QuerySet, Subquery

from hanse.growth.claims.models import Claim
from hanse.growth.conversations import rules
from hanse.growth.conversations.models import Care, Entry, OwnSilence
from hanse.growth.conversations.queries import own_care
from hanse.growth.conversations.types import OurSilence
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.meetings.queries import met_at
from hanse.growth.sends.models import Send
from hanse.growth.sends.types import NOTE_KIND
from hanse.insight.figures.queries import figures_of
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.bulk import Row, insert_many


def spoken_at(program_id: UUID, enrolment_ids: Collection[UUID] | None = None) -> dict[UUID, datetime]:
    """Return when one of us last spoke with each partner: an answer, a note, a call, a mail of ours. Four queries.

    What went out by itself (newsletters, sequences, receipts) is nobody speaking.
    """
    said = Entry.objects.filter(program_id=program_id, direction=Entry.Direction.OUT)
    notes = Send.objects.filter(program_id=program_id, kind=NOTE_KIND, queued_at__isnull=False)
    claims = Claim.objects.filter(program_id=program_id, answered_at__isnull=False)
    if enrolment_ids is not None:
        ids = list(enrolment_ids)
        said, notes = said.filter(conversation__enrolment__in=ids), notes.filter(enrolment__in=ids)
        claims = claims.filter(enrolment__in=ids)
    return rules.newest(
        _latest(said.exclude(conversation__enrolment=None), "conversation__enrolment_id", "at"),
        _latest(notes, "enrolment_id", "queued_at"), _latest(claims, "enrolment_id", "answered_at"),
        met_at(program_id, enrolment_ids),
    )  # fmt: skip


def _latest(rows: QuerySet[Entry] | QuerySet[Send] | QuerySet[Claim], of: str, at: str) -> dict[UUID, datetime]:
    return dict(rows.order_by().values_list(of).annotate(latest=Max(at)))


def look_for_our_silence(program: Program, as_of: datetime) -> list[Row]:
    """Return with whom we are silent by a moment, as rows to keep. Fifteen queries, whatever the number of partners."""
    own, spoken = own_care(program.pk), spoken_at(program.pk)
    active = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE, is_test=False)
    found = {}
    for id_, enrolled_at, tier in active.values_list("id", "enrolled_at", "tier__key"):
        limit = rules.care_of(tier or "", own).silence_days
        since = max(spoken.get(id_, enrolled_at), enrolled_at)
        if rules.days_between(since, as_of) > limit:
            found[id_] = (spoken.get(id_), since, limit)
    figures = figures_of(program.pk, list(found), as_of) if found else {}
    day = local_day(as_of, program.time_zone)
    return [
        {"enrolment_id": id_, "program_id": program.pk, "spoken_at": at, "quiet_since": since, "limit_days": limit,
         "value_at_stake_minor": max(0, figures[id_].value_180d_minor) if id_ in figures else 0, "found_on": day}
        for id_, (at, since, limit) in found.items()
    ]  # fmt: skip


def keep_our_silence(program_id: UUID, found: Sequence[Row]) -> None:
    """Let the rows that were found take the place of the program's old ones; the same again changes nothing."""
    OwnSilence.objects.filter(program_id=program_id).delete()
    insert_many(OwnSilence, found)


def our_silence(program_id: UUID, now: datetime, limit: int = 50) -> list[OurSilence]:
    """Return with whom we are silent now, most value at stake first. One query."""
    rows = OwnSilence.objects.filter(program_id=program_id, enrolment__status=Enrolment.Status.ACTIVE)
    rows = rows.select_related("enrolment__partner__owner", "enrolment__tier")
    return [_row(row, now) for row in rows.order_by("-value_at_stake_minor", "quiet_since", "pk")[:limit]]


def our_silence_count(program_id: UUID) -> int:
    """Count with whom we are silent now."""
    return OwnSilence.objects.filter(program_id=program_id, enrolment__status=Enrolment.Status.ACTIVE).count()


def quiet_now(enrolment: Enrolment, now: datetime) -> tuple[int, datetime | None, int]:
    """Return for how many days none of us spoke with a partner, when somebody last did, and the tier's limit.

    One query.
    """
    id_, mine = OuterRef("pk"), Enrolment.objects.filter(pk=enrolment.pk).order_by()
    said = Entry.objects.filter(conversation__enrolment=id_, direction=Entry.Direction.OUT).order_by("-at")
    notes = Send.objects.filter(enrolment=id_, kind=NOTE_KIND, queued_at__isnull=False).order_by("-queued_at")
    claims = Claim.objects.filter(enrolment=id_, answered_at__isnull=False).order_by("-answered_at")
    met = MeetingInvitation.objects.filter(enrolment=id_, was_there=True, meeting__held_at__isnull=False)
    care = Care.objects.filter(tier=OuterRef("tier")).values("silence_days")
    *moments, limit = mine.values_list(
        Subquery(said.values("at")[:1]), Subquery(notes.values("queued_at")[:1]),
        Subquery(claims.values("answered_at")[:1]),
        Subquery(met.order_by("-meeting__held_at").values("meeting__held_at")[:1]), Subquery(care[:1]),
    ).get()  # fmt: skip
    at = max((one for one in moments if one is not None), default=None)
    key = enrolment.tier.key if enrolment.tier else ""
    limit = limit or rules.care_of(key, {}).silence_days
    return rules.days_between(max(at or enrolment.enrolled_at, enrolment.enrolled_at), now), at, limit


def _row(row: OwnSilence, now: datetime) -> OurSilence:
    enrolment = row.enrolment
    partner, tier = enrolment.partner, enrolment.tier
    owner = partner.owner
    return OurSilence(
        enrolment.pk, partner.pk, partner.name, tier.key if tier else "", tier.name if tier else "", row.spoken_at,
        rules.days_between(row.quiet_since, now), row.limit_days, row.value_at_stake_minor,
        (owner.name or owner.email) if owner else "",
    )  # fmt: skip
