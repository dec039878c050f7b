"""Reports of mail servers: letters that came back (RFC 3464), letters that somebody called spam (RFC 5965)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import Message

from hanse.growth.mailroom.headers import decoded, header, message_ids, plain_email
from hanse.growth.mailroom.types import Bounced, Complained

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_MESSAGE_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_LETTERS_FAULT = ("5.2.2", "5.2.3", "5.3.4", "5.7.")
"""Lasting refusals that say nothing against the address: a full box, a letter too long, a policy against its words."""
_MOST = 50
_Part = Message


def bounced(parts: Sequence[_Part]) -> list[Bounced]:
    """Return what a delivery report says of each recipient; nothing for any other mail."""
    report = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if report is None:
        return []
    letter = _letter(parts)
    blocks = report.get_payload() if report.is_multipart() else None
    found = [_bounced(block, letter) for block in (blocks if isinstance(blocks, list) else [])[:_MOST]]
    return [one for one in found if one is not None]


def complained(parts: Sequence[_Part]) -> Complained | None:
    """Return what a feedback report says; None for any other mail, and for reports that are no complaint."""
    report = next((part for part in parts if part.get_content_type() == "message/feedback-report"), None)
    if report is None:
        return None
    fields = report.get_payload() if report.is_multipart() else None
    inner = fields[0] if isinstance(fields, list) and fields and isinstance(fields[0], Message) else report
    if header(inner, "Feedback-Type", 40).lower() not in ("abuse", "fraud", "complaint", "opt-out", "opt-out-list"):
        return None
    return Complained(_recipient(inner, "Original-Rcpt-To"), _letter(parts))


def _bounced(block: object, letter: str) -> Bounced | None:
    if not isinstance(block, Message):
        return None
    recipient = _recipient(block, "Original-Recipient") or _recipient(block, "Final-Recipient")
    if not recipient:
        return None
    action, status = header(block, "Action", 40).lower(), _STATUS.search(header(block, "Status", 80))
    code = status.group() if status else ""
    is_failed = action == "failed"
    is_permanent = is_failed and not code.startswith("4") and not code.startswith(_LETTERS_FAULT)
    return Bounced(recipient, code, is_failed, is_permanent, letter)


def _recipient(part: _Part, name: str) -> str:
    """Return the address behind `rfc822; ana@…`, or one written without that."""
    return plain_email(header(part, name, 300).rpartition(";")[2])


def _letter(parts: Sequence[_Part]) -> str:
    """Return the Message-ID of the letter that a report carries, whole or by its headers."""
    for part in parts[1:]:
        kind = part.get_content_type()
        if kind in ("text/rfc822-headers", "message/rfc822-headers", "message/rfc822", "message/global-headers"):
            inner = part.get_payload() if part.is_multipart() else None
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                ids = message_ids(inner[0], "Message-ID")
            else:
                raw = part.get_payload(decode=True)
                ids = _MESSAGE_ID.findall(decoded(raw[:100_000], "utf-8")) if isinstance(raw, bytes) else []
            if ids:
                return str(ids[0])
    return ""
