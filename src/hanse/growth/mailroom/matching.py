"""Whom a mail concerns: partners by their addresses, colleagues by theirs, letters of ours by their Message-IDs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from uuid import UUID

from hanse.growth.conversations.models import Entry
from hanse.growth.sends.models import Send
from hanse.people.access.models import TeamUser
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.models import AuditEntry
from hanse.spine.outbox.models import OutboxItem

_OURS = re.compile(r"<([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})@hanse>", re.IGNORECASE)
_OF_ENROLMENTS = ("first-sale",)
_MOST = 20


def letters_in(message_ids: Iterable[str]) -> list[UUID]:
    """Return the outbox letters that Message-IDs of ours name, the last ones."""
    found = [match.group(1) for text in message_ids if (match := _OURS.fullmatch(text))]
    return [UUID(one) for one in dict.fromkeys(found)][-_MOST:]


def colleague(email: str) -> TeamUser | None:
    """Return the member of the team with an address."""
    if not email:
        return None
    team = TeamUser.objects.filter(email=email.lower(), is_active=True)
    return team.exclude(role=TeamUser.Role.PARTNER).first()


def enrolments_by_email(program_id: UUID, addresses: Iterable[str]) -> Iterator[Enrolment]:
    """Yield the enrolments whose partner, or one of the partner's people, has one of these addresses. Two queries."""
    plain = list(dict.fromkeys(one.lower() for one in addresses if one))[:100]
    if not plain:
        return
    of_people = TeamUser.objects.filter(email__in=plain, partner__isnull=False).values_list("partner_id", flat=True)
    rows = Enrolment.objects.filter(program_id=program_id).select_related("partner", "tier", "program")
    found = rows.filter(partner__email__in=plain) | rows.filter(partner_id__in=list(of_people))
    yield from found.order_by("enrolled_at", "id")


def enrolment_by_email(program_id: UUID, email: str) -> Enrolment | None:
    """Return the enrolment of the partner with an address, or None."""
    return next(enrolments_by_email(program_id, [email]), None)


def whose_letter(message_id: str, program_id: UUID) -> Partner | None:
    """Return the partner whom one of our letters was written to: only who has the letter knows its id."""
    letter = next(iter(letters_in([message_id])), None)
    if letter is None:
        return None
    send = Send.objects.filter(letter_id=letter).select_related("partner").first()
    if send is not None:
        return send.partner
    entry = (
        Entry.objects.filter(letter_id=letter, program_id=program_id).select_related("conversation__partner").first()
    )
    if entry is not None:
        return entry.conversation.partner
    return _by_key(OutboxItem.objects.filter(pk=letter, kind="mail").values_list("key", flat=True).first() or "")


def written_to(message_id: str, partner: Partner) -> str:
    """Return the address that one of our letters went to: a partner may have another one since."""
    letter = next(iter(letters_in([message_id])), None)
    if letter is None:
        return partner.email
    sent = Send.objects.filter(letter_id=letter).values_list("queued_at", flat=True).first()
    sent = sent or Entry.objects.filter(letter_id=letter).values_list("at", flat=True).first()
    sent = sent or OutboxItem.objects.filter(pk=letter).values_list("created_at", flat=True).first()
    if sent is None:
        return partner.email
    since = AuditEntry.objects.filter(subject_kind="partner", subject_id=str(partner.pk), at__gt=sent)
    changes = since.order_by("at", "id").values_list("before", flat=True)
    return next((str(before["email"]) for before in changes if before.get("email")), partner.email)


def _by_key(key: str) -> Partner | None:
    """Return the partner of a letter whose key names an enrolment."""
    kind, _colon, rest = key.partition(":")
    try:
        enrolment_id = UUID(rest.partition(":")[0])
    except ValueError:
        return None
    if kind not in _OF_ENROLMENTS:
        return None
    row = Enrolment.objects.filter(pk=enrolment_id).select_related("partner").first()
    return row.partner if row else None
