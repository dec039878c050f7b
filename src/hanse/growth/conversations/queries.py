"""Reads of conversations: the inbox, a partner's threads, first-answer times by tier."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from hanse.growth.care.models import TierPromise
from hanse.growth.conversations import rules
from hanse.growth.conversations.models import Care, Conversation, Entry, RoutingRule
from hanse.growth.conversations.types import AnswerTimes, CareOf, Routed
from hanse.programs.tiers.queries import tiers_of

_WITH = ("partner", "enrolment__tier", "assignee")
_Asked = tuple[datetime, datetime, datetime | None, bool]
"""When something was asked, until when an answer was promised, when it came, whether it still waits."""


def inbox(program_id: UUID, status: str = "open") -> QuerySet[Conversation]:
    """Return conversations with their partners; open ones urgent first, then the promise that ends first."""
    latest = Entry.objects.filter(conversation=OuterRef("pk")).exclude(direction=Entry.Direction.NOTE)
    excerpt = Subquery(latest.order_by("-at", "-id").values(start=Substr("text", 1, 200))[:1])
    rows = Conversation.objects.filter(program_id=program_id).select_related(*_WITH).annotate(excerpt=excerpt)
    if status == "open":
        return rows.filter(status="open").order_by("-is_urgent", F("promised_at").asc(nulls_last=True), "changed_at")
    return (rows.filter(status=status) if status else rows).order_by("-changed_at", "-id")


def open_counts(program_id: UUID) -> dict[str, int]:
    """Return how many conversations stand where, by status. One query."""
    rows = Conversation.objects.filter(program_id=program_id).values_list("status").annotate(n=Count("id"))
    return dict(rows.order_by())


def entries_of(conversation_id: UUID, limit: int = 200) -> list[Entry]:
    """Return what was said in a conversation, the oldest first; of a very long one the newest."""
    newest = Entry.objects.filter(conversation_id=conversation_id).order_by("-at", "-id")[:limit]
    return list(newest)[::-1]


def conversations_of(partner_id: UUID, program_id: UUID) -> QuerySet[Conversation]:
    """Return a partner's conversations in a program, the latest first."""
    mine = Conversation.objects.filter(partner_id=partner_id, program_id=program_id)
    return mine.order_by("-changed_at", "-id")


def unread_by_partner(partner_id: UUID, program_id: UUID) -> int:
    """Count a partner's conversations in which we said something that they have not seen yet. One query."""
    said = Q(entries__direction=Entry.Direction.OUT, entries__is_quoted_out=False)
    unseen = Q(read_by_partner_at=None) | Q(entries__at__gt=F("read_by_partner_at"))
    # in one filter, so that both speak of the same entry: notes of colleagues and their own words are nothing unread
    mine = Conversation.objects.filter(said, unseen, partner_id=partner_id, program_id=program_id)
    return mine.distinct().count()


def own_care(program_id: UUID) -> dict[str, CareOf]:
    """Return what a program promises its tiers where it differs from the default, by the tier's key. Two queries.

    An answer promised among the tier's own promises counts before what is set here.
    """
    rows = Care.objects.filter(tier__program_id=program_id).values_list(
        "tier__key", "answer_hours", "silence_days", "is_urgent"
    )
    own = {key: CareOf(hours, days, urgent) for key, hours, days, urgent in rows}
    for key, hours in promised_hours(program_id).items():
        own[key] = replace(own.get(key) or rules.care_of(key, {}), answer_hours=hours)
    return own


def promised_hours(program_id: UUID) -> dict[str, int]:
    """Return the hours within which tiers are promised an answer among their promises, by the tier's key. One query."""
    promises = TierPromise.objects.filter(tier__program_id=program_id, kind=TierPromise.Kind.ANSWER, ended_at=None)
    return dict(promises.values_list("tier__key", "number"))


def care_by_tier(program_id: UUID) -> dict[str, CareOf]:
    """Return what each tier of a program is promised, the highest first. Two queries."""
    own = own_care(program_id)
    return {tier.key: rules.care_of(tier.key, own) for tier in tiers_of(program_id)}


def routing_rules(program_id: UUID) -> list[RoutingRule]:
    """Return a program's rules in their order."""
    return list(RoutingRule.objects.filter(program_id=program_id).select_related("assignee").order_by("position"))


def route(program_id: UUID, values: Mapping[str, object]) -> Routed:
    """Return where a message goes by the program's rules."""
    read = []
    for row in routing_rules(program_id):
        condition = rules.read_rule(row.condition, [])
        if condition is not None:
            read.append((row.name, condition, Routed(row.topic, row.assignee_id, row.is_urgent, row.name)))
    return rules.route(read, values)


def answer_times(program_id: UUID, since: datetime, now: datetime) -> list[AnswerTimes]:
    """Return for each tier how fast first answers came since a moment, beside the promise. Three queries."""
    asked = Entry.objects.filter(program_id=program_id, promised_at__isnull=False, at__gte=since)
    found: dict[str, list[_Asked]] = {}
    columns = ("tier__key", "at", "promised_at", "answered_at", "conversation__status")
    for key, at, promised, answered, status in asked.values_list(*columns):
        waits = answered is None and status == Conversation.Status.OPEN
        found.setdefault(key or "", []).append((at, promised or at, answered, waits))
    return [_times(key, care, found.get(key, ()), now) for key, care in care_by_tier(program_id).items()]


def _times(tier: str, care: CareOf, found: Sequence[_Asked], now: datetime) -> AnswerTimes:
    done = [one for one in found if one[2] is not None or one[1] <= now]  # what may still be kept is not judged yet
    kept = sum(1 for _at, promised, answered, _waits in done if answered is not None and answered <= promised)
    lengths = [answered - at for at, _promised, answered, _waits in found if answered is not None]
    waiting = sum(1 for *_rest, waits in found if waits)
    return AnswerTimes(tier, care.answer_hours, len(done), kept, rules.median_minutes(lengths), waiting)


def conversation_by_letter(program_id: UUID, message_ids: Collection[str], letters: Collection[UUID]) -> Entry | None:
    """Return the latest thing said that one of these Message-IDs or outbox letters belongs to."""
    if not message_ids and not letters:
        return None
    mine = Entry.objects.filter(program_id=program_id)
    named = mine.filter(Q(message_id__in=list(message_ids)) | Q(letter_id__in=list(letters)))
    return named.select_related("conversation__partner", "conversation__enrolment__tier").order_by("-at").first()
