"""Finding out what of our promises fell due and what was kept: from calls, answers and days. Safe to run twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, OuterRef, Subquery

from hanse.growth.care.models import PromiseDue, TierPromise, UpcomingDay
from hanse.growth.care.rules import AHEAD_DAYS, briefing_day, next_turn
from hanse.growth.claims.models import Claim
from hanse.growth.conversations.models import Entry
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.negotiations.models import Proposal
from hanse.growth.negotiations.rules import EXPIRED
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment, StatusChange, TierChange
from hanse.programs.programs.models import Program

AT_ONCE = 500


class Question(NamedTuple):
    """Something a partner asked of us, and when we answered; `promised_at` where a day was named already."""

    enrolment_id: UUID
    key: str
    about: str
    asked_at: datetime
    answered_at: datetime | None
    promised_at: datetime | None


def find_dues(program: Program, now: datetime) -> int:
    """Bring the list of what we owe a program's partners up to now; return how many new ones there are.

    Questions come from conversations, claims and proposals; calls are kept by meetings that were held. Who left the
    tier is owed nothing more of it, who came into it is owed it from then on.
    """
    promises = list(TierPromise.objects.filter(tier__program=program, ended_at=None).select_related("tier"))
    if not promises:
        return 0
    people = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE, is_test=False)
    by_tier: dict[UUID, list[tuple[UUID, datetime]]] = {}
    changes = (TierChange.objects.all(), StatusChange.objects.filter(status=Enrolment.Status.ACTIVE))
    moved, woke = (
        Subquery(rows.filter(enrolment=OuterRef("pk")).order_by("-at", "-id").values("at")[:1]) for rows in changes
    )
    since = people.annotate(moved=moved, woke=woke).values_list("pk", "tier_id", "enrolled_at", "moved", "woke")
    for pk, tier_id, *moments in since:
        by_tier.setdefault(tier_id, []).append((pk, max(at for at in moments if at is not None)))
    _drop_left(promises, by_tier, now)
    _keep_calls(program, now)
    rows: list[PromiseDue] = []
    questions = list(_questions(program, min(one.created_at for one in promises)))
    for one in promises:
        members = by_tier.get(one.tier_id, [])
        if one.kind == TierPromise.Kind.ANSWER:
            rows += _answers(one, members, questions)
        elif one.kind == TierPromise.Kind.BRIEFING:
            rows += _briefings(program, one, members, now)
        else:
            rows += _turns(one, members, now)
    _keep_answers(questions)
    _drop_taken_back(program, now)
    before = PromiseDue.objects.filter(promise__in=promises).count()
    PromiseDue.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
    return PromiseDue.objects.filter(promise__in=promises).count() - before


def _drop_left(
    promises: Sequence[TierPromise], by_tier: dict[UUID, list[tuple[UUID, datetime]]], now: datetime
) -> None:
    """Owe nothing more to who is in another tier; a question that was asked keeps its answer."""
    for one in promises:
        if one.kind != TierPromise.Kind.ANSWER:
            members = [pk for pk, _at in by_tier.get(one.tier_id, [])]
            gone = PromiseDue.objects.filter(promise=one, kept_at=None, dropped_at=None)
            ids = set(gone.values_list("enrolment_id", flat=True)) - set(members)
            if ids:
                gone.filter(enrolment_id__in=ids).update(dropped_at=now)


def _turns(promise: TierPromise, members: Iterable[tuple[UUID, datetime]], now: datetime) -> Iterator[PromiseDue]:
    """Yield the next turn of what comes round for everybody who has no open one."""
    dues = PromiseDue.objects.filter(promise=promise, dropped_at=None)
    waits = set(dues.filter(kept_at=None).values_list("enrolment_id", flat=True))
    last = dict(dues.values_list("enrolment_id").annotate(last=Max("kept_at")).order_by())
    for pk, came_at in members:
        if pk not in waits:
            begun = max(promise.created_at, came_at)
            kept = last.get(pk)
            if kept is not None and kept < begun:
                kept = None  # in the tier before: the time away from it counts for nothing
            due_at = next_turn(promise.number, kept, begun)
            yield _due(promise, pk, f"turn:{due_at:%Y-%m-%d}", promise.words, kept or begun, due_at)


def _briefings(
    program: Program, promise: TierPromise, members: Sequence[tuple[UUID, datetime]], now: datetime
) -> Iterator[PromiseDue]:
    today = local_day(now, program.time_zone)
    for day in UpcomingDay.objects.filter(program=program, on__gt=today):
        latest = briefing_day(day.on, promise.number)
        if latest - timedelta(days=AHEAD_DAYS) <= today:
            due_at = day_starts_at(latest + timedelta(days=1), program.time_zone)
            for pk, came_at in members:
                if came_at <= due_at:
                    yield _due(promise, pk, f"day:{day.pk}", day.name, now, due_at)


def _answers(
    promise: TierPromise, members: Iterable[tuple[UUID, datetime]], questions: Iterable[Question]
) -> Iterator[PromiseDue]:
    of_tier = dict(members)
    for one in questions:
        came_at = of_tier.get(one.enrolment_id)
        if came_at is not None and one.asked_at >= max(promise.created_at, came_at):
            due_at = one.promised_at or one.asked_at + timedelta(hours=promise.number)
            yield _due(promise, one.enrolment_id, one.key, one.about, one.asked_at, due_at, one.answered_at)


def _due(
    promise: TierPromise, enrolment_id: UUID, key: str, about: str, opened_at: datetime, due_at: datetime,
    kept_at: datetime | None = None,
) -> PromiseDue:  # fmt: skip
    return PromiseDue(
        id=new_id(opened_at), promise=promise, enrolment_id=enrolment_id, key=key, about=about[:200],
        opened_at=opened_at, due_at=due_at, kept_at=kept_at, evidence=key if kept_at else "",
    )  # fmt: skip


def _questions(program: Program, since: datetime) -> Iterator[Question]:
    """Yield what partners asked since the first promise. Three queries."""
    entries = Entry.objects.filter(
        program=program, direction=Entry.Direction.IN, promised_at__isnull=False, at__gte=since,
        conversation__enrolment__isnull=False,
    )  # fmt: skip
    columns = ("pk", "conversation__enrolment_id", "conversation__subject", "at", "answered_at", "promised_at")
    for pk, who, subject, at, answered_at, promised_at in entries.values_list(*columns):
        yield Question(who, f"entry:{pk}", subject, at, answered_at, promised_at)
    claims = Claim.objects.filter(program=program, made_at__gte=since)
    for pk, who, order, at, answered_at in claims.values_list(
        "pk", "enrolment_id", "external_id", "made_at", "answered_at"
    ):
        yield Question(who, f"claim:{pk}", order, at, answered_at, None)
    offers = Proposal.objects.filter(
        enrolment__program=program, side=Proposal.Side.PARTNER, created_at__gte=since
    ).exclude(answer=Proposal.Answer.WITHDRAWN)
    for pk, who, at, answered_at in offers.values_list("pk", "enrolment_id", "created_at", "answered_at"):
        yield Question(who, f"proposal:{pk}", "", at, answered_at, None)


def _keep_answers(questions: Iterable[Question]) -> None:
    answered = {one.key: one.answered_at for one in questions if one.answered_at is not None}
    for due in PromiseDue.objects.filter(promise__kind=TierPromise.Kind.ANSWER, kept_at=None, dropped_at=None):
        if due.key in answered:
            PromiseDue.objects.filter(pk=due.pk).update(kept_at=answered[due.key], evidence=due.key)


def _drop_taken_back(program: Program, now: datetime) -> None:
    """A proposal that the partner took back waits for no answer; one that ran out unanswered stays owed."""
    waits = PromiseDue.objects.filter(
        promise__tier__program=program, promise__kind=TierPromise.Kind.ANSWER, key__startswith="proposal:",
        kept_at=None, dropped_at=None,
    )  # fmt: skip
    back = Proposal.objects.filter(enrolment__program=program, answer=Proposal.Answer.WITHDRAWN)
    keys = {f"proposal:{pk}" for pk in back.exclude(answer_reason=EXPIRED).values_list("pk", flat=True)}
    waits.filter(key__in=keys).update(dropped_at=now)


def _keep_calls(program: Program, now: datetime) -> None:
    """A call that was held with a partner keeps the open promise of one."""
    waits = PromiseDue.objects.filter(
        promise__tier__program=program, promise__kind=TierPromise.Kind.CALL, kept_at=None, dropped_at=None
    )
    open_ones = {due.enrolment_id: due for due in waits}
    held = MeetingInvitation.objects.filter(
        enrolment_id__in=open_ones, meeting__held_at__isnull=False, meeting__held_at__lte=now,
        meeting__kind=Meeting.Kind.CALL,
    ).exclude(was_there=False)  # fmt: skip
    for who, at, pk in held.order_by("meeting__held_at").values_list("enrolment_id", "meeting__held_at", "meeting_id"):
        due = open_ones.get(who)
        if due is not None and at is not None and at >= due.opened_at:
            PromiseDue.objects.filter(pk=due.pk, kept_at=None).update(kept_at=at, evidence=f"meeting:{pk}")
