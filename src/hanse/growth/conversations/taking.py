"""Taking in what somebody said: into the thread it belongs to, or a new one, with whom it concerns and by when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from hanse.growth.conversations import rules
from hanse.growth.conversations.models import Conversation, Entry, OwnSilence
from hanse.growth.conversations.queries import own_care, route
from hanse.growth.conversations.types import LONGEST_TEXT, Said
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program


def take_message(
    program: Program, said: Said, *, enrolment: Enrolment | None = None, thread: Conversation | None = None,
    now: datetime,
) -> Entry:  # fmt: skip
    """Keep what a partner (or somebody unknown) said: in its thread, or in a new one that is routed by the rules.

    The first message that waits gets the promise of the partner's tier. What a machine sent by itself waits for nobody.
    """
    conversation = thread or _new(program, enrolment, said, now)
    waits = not said.is_automatic
    first = waits and conversation.waiting_since is None
    tier_key = enrolment.tier.key if enrolment and enrolment.tier else ""
    care = rules.care_of(tier_key, own_care(program.pk)) if first else None
    promised = rules.promised_at(now, care) if care and first else None
    entry = _entry(conversation, Entry.Direction.IN, said, now)
    entry.tier_id, entry.promised_at = enrolment.tier_id if enrolment else None, promised
    entry.save(force_insert=True)
    values: dict[str, object] = {"changed_at": now}
    if waits:
        values |= {"status": Conversation.Status.OPEN, "closed_at": None}
    if first and care:
        values |= {"waiting_since": now, "promised_at": promised}
        values |= {"is_urgent": conversation.is_urgent or care.is_urgent}
    _set(conversation, values)
    return entry


def note_outgoing(
    program: Program, said: Said, *, enrolment: Enrolment | None = None, thread: Conversation | None = None,
    letter_id: UUID | None = None, now: datetime,
) -> Entry:  # fmt: skip
    """Keep what one of us said to a partner, in whatever way: the waiting question is answered, our silence broken."""
    conversation = thread or _new(program, enrolment, said, now, is_ours=True)
    entry = _entry(conversation, Entry.Direction.OUT, said, now)
    entry.letter_id = letter_id
    entry.is_quoted_out = said.channel in ("copy", "call", "meeting")
    entry.save(force_insert=True)
    Entry.objects.filter(conversation=conversation, promised_at__isnull=False, answered_at=None).update(answered_at=now)
    _set(conversation, {
        "changed_at": now, "status": Conversation.Status.ANSWERED, "waiting_since": None, "promised_at": None,
        "is_urgent": False,
    })  # fmt: skip
    if conversation.enrolment_id:
        OwnSilence.objects.filter(enrolment_id=conversation.enrolment_id).delete()
    return entry


def find_thread(
    program_id: UUID, partner_id: UUID | None, sender: str, subject: str, now: datetime
) -> Conversation | None:
    """Return the thread that a mail without references belongs to: same people, same subject, not long asleep."""
    plain = rules.plain_subject(subject)
    if not plain:
        return None
    whose = Q(partner_id=partner_id) if partner_id else Q(partner=None, sender_email__iexact=sender)
    rows = Conversation.objects.filter(whose, program_id=program_id, subject__iexact=plain)
    return rows.filter(changed_at__gt=now - rules.REOPENS_WITHIN).order_by("-changed_at").first()


def _new(
    program: Program, enrolment: Enrolment | None, said: Said, now: datetime, *, is_ours: bool = False
) -> Conversation:
    routed = route(program.pk, _values(enrolment, said)) if not is_ours else None
    partner = enrolment.partner if enrolment else None
    owner_id = partner.owner_id if partner else None
    return Conversation.objects.create(
        id=new_id(now), program=program, partner=partner, enrolment=enrolment,
        sender_name="" if is_ours else said.who.name[:200], sender_email="" if is_ours else said.who.email[:254],
        subject=rules.plain_subject(said.subject), channel=said.channel, opened_at=now, changed_at=now,
        topic=routed.topic if routed else Conversation.Topic.SUPPORT,
        assignee_id=_who_is_there(routed.assignee_id if routed else None, owner_id),
        is_urgent=bool(routed and routed.is_urgent),
    )  # fmt: skip


def _who_is_there(*wanted: UUID | None) -> UUID | None:
    """Return the first of these who still works here: what waits for somebody who left waits for nobody."""
    ids = [one for one in wanted if one is not None]
    there = set(TeamUser.objects.filter(pk__in=ids, is_active=True).values_list("pk", flat=True)) if ids else set()
    return next((one for one in ids if one in there), None)


def _values(enrolment: Enrolment | None, said: Said) -> Mapping[str, object]:
    """Return what a routing rule can ask about a message."""
    values: dict[str, object] = {
        "message.text": said.text.casefold(), "message.subject": said.subject.casefold(),
        "message.channel": said.channel, "message.is_reply": bool(said.references),
    }  # fmt: skip
    if enrolment:
        partner = enrolment.partner
        values |= {
            "partner.country": partner.country, "partner.types": tuple(partner.types),
            "partner.tags": tuple(partner.tags), "partner.language": partner.language,
            "enrolment.tier": enrolment.tier.key if enrolment.tier else "", "enrolment.status": enrolment.status,
        }  # fmt: skip
    return values


def _entry(conversation: Conversation, direction: str, said: Said, now: datetime) -> Entry:
    return Entry(
        id=new_id(now), conversation=conversation, program_id=conversation.program_id, direction=direction,
        channel=said.channel, author_name=said.who.name[:200], author_email=said.who.email[:254],
        text=said.text[:LONGEST_TEXT], at=now, message_id=said.message_id[:255],
        attachments=[dict(one) for one in said.attachments][:50], is_automatic=said.is_automatic,
        is_cut=said.is_cut or len(said.text) > LONGEST_TEXT,
    )  # fmt: skip


def _set(conversation: Conversation, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(conversation, name, value)
    conversation.save(update_fields=list(values))
