"""What goes out of conversations by mail: plain letters, as one writes to a person, in the thread of theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.conversations.models import Conversation, Entry
from hanse.growth.mailroom.models import MailDoor
from hanse.growth.reach.queries import may_write, suppression_of
from hanse.growth.sends.actions import send_note
from hanse.growth.templates.models import LetterKind
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbox.actions import enqueue, portal_address
from hanse.spine.outbox.models import OutboxItem

QUOTED_LINES = 30
_REFERENCES = 20
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


def letter_message_id(letter_id: UUID) -> str:
    """Return the Message-ID under which an outbox letter goes out."""
    return f"<{letter_id}@hanse>"


def send_answer(conversation: Conversation, text: str, now: datetime, by: TeamUser) -> UUID:
    """Promise an answer by mail and return its letter's id. Refuses an address that bounced for good."""
    to, language = _address(conversation)
    entries = list(Entry.objects.filter(conversation=conversation).order_by("-at", "-id")[:_REFERENCES])
    asked = next((one for one in entries if one.direction == Entry.Direction.IN), None)
    with translation.override(language):
        body = _body(conversation, text, by, asked)
    headers = thread_headers(entries) | reply_to(conversation.program_id)
    subject = f"Re: {conversation.subject}" if conversation.subject else conversation.program.name
    payload = {"to": to, "subject": subject, "text": body, "html": "", "language": language, "headers": headers}
    key = f"answer:{new_id(now)}"
    enqueue("mail", key, payload, due_at=now, now=now)
    return OutboxItem.objects.values_list("pk", flat=True).get(key=key)


def send_word(enrolment: Enrolment, subject: str, text: str, now: datetime, by: TeamUser) -> str:
    """Plan a note by mail and return what its entry is known by until the letter has an id."""
    return f"send:{send_note(enrolment, subject=subject, text=text, by=by.email, now=now).pk}"


def thread_headers(entries: Sequence[Entry]) -> dict[str, str]:
    """Return In-Reply-To and References of an answer to what was said, the newest entry first."""
    ids = []
    for one in reversed(entries):
        known = letter_message_id(one.letter_id) if one.letter_id else one.message_id
        if _MESSAGE_ID.fullmatch(known):
            ids.append(known)
    theirs = [one.message_id for one in entries if one.direction == "in" and _MESSAGE_ID.fullmatch(one.message_id)]
    if not ids:
        return {}
    return {"In-Reply-To": theirs[0] if theirs else ids[-1], "References": " ".join(ids)}


def reply_to(program_id: UUID) -> dict[str, str]:
    """Return the header that leads answers into the inbox, where the program has an address for them."""
    address = MailDoor.objects.filter(program_id=program_id).values_list("address", flat=True).first()
    return {"Reply-To": address} if address else {}


def _address(conversation: Conversation) -> tuple[str, str]:
    partner = conversation.partner
    if partner is None:
        if suppression_of(conversation.sender_email) is not None:
            raise Refused("unreachable", _("Letters to this address come back or were called spam."))
        return conversation.sender_email, "en"
    if partner.pk not in may_write([partner.pk], str(LetterKind.TRANSACTIONAL)):
        raise Refused("unreachable", _("Letters to this address come back. Answer in the portal, or call."))
    return partner.email, partner.language


def _body(conversation: Conversation, text: str, by: TeamUser, asked: Entry | None) -> str:
    parts = [text, f"{by.name or by.email}\n{conversation.program.name}"]
    if conversation.partner_id:
        parts.append(f"{_('Also in your portal:')} {portal_address('/p/messages', conversation.program.slug)}")
    if asked is not None and asked.text:
        lines = asked.text.splitlines()
        quoted = "\n".join(f"> {line}" for line in lines[:QUOTED_LINES])
        parts.append(quoted + ("\n> […]" if len(lines) > QUOTED_LINES else ""))
    return "\n\n".join(parts) + "\n"
