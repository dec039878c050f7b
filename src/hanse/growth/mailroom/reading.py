"""Reading a mail that anybody may have sent: never longer, deeper or slower than what a person could have written.

Nothing of it is run, opened, unpacked or fetched. What cannot be read within the bounds is told by its headers alone.
"""

from __future__ import annotations

import re
from email import policy
from email.message import Message
from email.parser import BytesParser
from hashlib import blake2b
from typing import Any

from hanse.growth.mailroom import reports
from hanse.growth.mailroom.calendars import read_rsvp
from hanse.growth.mailroom.headers import addresses, decoded, header, message_ids, one_line, shown
from hanse.growth.mailroom.texts import forwarded_sender, part_quoted, without_head, words_of_html
from hanse.growth.mailroom.types import LONGEST_TEXT, Address, Attached, ReadMail

_MOST_PARTS = 200
_MOST_LEVELS = 20
_MOST_MARKS = 60
_MOST_MARKED_LINES = 3_000
_MOST_LINES = 250_000
_MOST_ATTACHED = 50
_LONGEST_PART = 2_000_000
_HEAD_BYTES = 100_000
_FORWARD_MARK = re.compile(r"^\s*(?:fwd?|wg|tr|rv|pd|i|vs|轉寄|转发)\s*[:：]", re.IGNORECASE)
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_Parts = Message


def read_mail(raw: bytes) -> ReadMail:
    """Read a mail as it came over the wire. Never raises: what is wrong is told in `trouble`."""
    message, trouble = _parsed(raw)
    parts, is_deep = _parts(message)
    sender = next(iter(addresses(message, "From", "Sender")), Address())
    subject = header(message, "Subject", 300)
    text, is_cut, attached = _body(parts)
    new, quoted, is_forwarded = part_quoted(text)
    is_forwarded = is_forwarded or bool(_FORWARD_MARK.match(subject))
    origin = (_attached_sender(parts) or forwarded_sender(quoted or text)) if is_forwarded else None
    ids = message_ids(message, "Message-ID")
    return ReadMail(
        sender=sender, message_id=ids[0] if ids else "", references=message_ids(message, "References", "In-Reply-To"),
        recipients=[one.email for one in addresses(message, *_RECIPIENTS)],
        subject=subject, text=new if not is_forwarded or quoted else "",
        quoted=without_head(quoted or text) if is_forwarded else quoted,
        attached=attached, forwarded_from=origin, is_automatic=_is_automatic(message), is_forged=_is_forged(message),
        is_cut=is_cut or bool(trouble), bounced=reports.bounced(parts), complained=reports.complained(parts),
        rsvp=next((found for found in map(_rsvp, parts) if found), None),
        trouble=trouble or ("too_deep" if is_deep else ""), digest_of=_digest(raw, ids, sender),
        size_bytes=len(raw),
    )  # fmt: skip


def _parsed(raw: bytes) -> tuple[_Parts, str]:
    """Parse what is sound; of what would take too long, only the headers."""
    trouble = ""
    small = raw.lower()
    if small.count(b"boundary") > _MOST_MARKS or small.count(b"message/") > _MOST_MARKS:
        trouble = "too_nested"
    elif raw.count(b"\n--") > _MOST_MARKED_LINES:
        trouble = "too_many_parts"
    elif raw.count(b"\n") + raw.count(b"\r") > 2 * _MOST_LINES:
        trouble = "too_many_lines"
    parser = BytesParser(policy=policy.compat32)
    if not trouble:
        try:
            return parser.parsebytes(raw), ""
        except (RecursionError, ValueError, LookupError, UnicodeError, TypeError, AttributeError):
            trouble = "unreadable"
    head = raw[:_HEAD_BYTES].replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
    try:
        return parser.parsebytes(head + b"\n\n", headersonly=True), trouble
    except (RecursionError, ValueError, LookupError, UnicodeError, TypeError, AttributeError):
        return Message(), trouble


def _parts(message: _Parts) -> tuple[list[_Parts], bool]:
    """Return the parts in their order, and whether there were more or deeper ones."""
    found: list[_Parts] = []
    stack: list[tuple[_Parts, int]] = [(message, 1)]
    while stack:
        part, level = stack.pop()
        found.append(part)
        payload = part.get_payload() if part.is_multipart() else None  # asked of text, it decodes at once
        if len(found) >= _MOST_PARTS or level >= _MOST_LEVELS:
            return found, bool(stack) or isinstance(payload, list)
        if isinstance(payload, list):
            stack += [(inner, level + 1) for inner in reversed(payload) if isinstance(inner, Message)]
    return found, False


def parsed(raw: bytes, *, headers_only: bool = False) -> tuple[_Parts, list[_Parts]]:
    """Return a mail and its parts, bounded as everything here."""
    if headers_only:
        message: _Parts = BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=True)
        return message, [message]
    message, _trouble = _parsed(raw)
    return message, _parts(message)[0]


def _body(parts: list[_Parts]) -> tuple[str, bool, list[Attached]]:
    """Return the readable text, whether it was cut, and what hung on the mail."""
    plain, html, attached = body_of(parts)
    text = plain if plain.strip() else words_of_html(html)
    return shown(text, LONGEST_TEXT).strip(), len(text) > LONGEST_TEXT, attached


def body_of(parts: list[_Parts]) -> tuple[str, str, list[Attached]]:
    """Return the first plain text, the first HTML (not to be run) and what hung on the mail."""
    plain, html, attached, inside = "", "", list[Attached](), _inside_messages(parts)
    for part in parts:
        if part.is_multipart() or id(part) in inside:
            continue
        kind, name = part.get_content_type(), _file_name(part)
        is_text = kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment" and not name
        if is_text and not (plain if kind == "text/plain" else html):
            text = _text(part)
            plain, html = (text, html) if kind == "text/plain" else (plain, text)
        elif not is_text and len(attached) < _MOST_ATTACHED:
            attached.append(Attached(name, one_line(kind, 100), len(_payload(part))))
    return plain, html, attached


def _inside_messages(parts: list[_Parts]) -> set[int]:
    """Return the parts (by identity) that lie inside a mail or report hung on this one: they are not its words."""
    inside: set[int] = set()
    for part in parts:
        within = id(part) in inside or part.get_content_maintype() == "message"
        payload = part.get_payload() if part.is_multipart() else None
        if within and isinstance(payload, list):
            inside |= {id(inner) for inner in payload}
    return inside


def _text(part: _Parts) -> str:
    raw = _payload(part)[:_LONGEST_PART]
    charset = part.get_param("charset") or ""
    return decoded(raw, charset if isinstance(charset, str) else str(charset[-1]))


def _payload(part: _Parts) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, UnicodeError, RecursionError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _file_name(part: _Parts) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, UnicodeError, TypeError, IndexError):
        name = "?"
    return re.sub(r"[/\\]+", "_", one_line(str(name), 120))


def _attached_sender(parts: list[_Parts]) -> Address | None:
    inner = (part for part in parts[1:] if part.get("From"))
    return next((found[0] for part in inner if (found := addresses(part, "From"))), None)


def _rsvp(part: _Parts) -> Any:
    return read_rsvp(_payload(part)) if part.get_content_type() == "text/calendar" else None


def _is_automatic(message: _Parts) -> bool:
    submitted = header(message, "Auto-Submitted", 40).lower()
    precedence = header(message, "Precedence", 40).lower()
    bulk = precedence in ("bulk", "junk", "auto_reply")
    own = any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
    listed = precedence == "list" or bool(message.get("List-Id"))
    return bool(submitted and submitted != "no") or bulk or own or (listed and not _is_shared_address(message))


def _is_shared_address(message: _Parts) -> bool:
    """Say whether people write to the list that brought a mail (RFC 2369): teams share an address by such groups."""
    post = header(message, "List-Post", 300)
    return bool(post) and post.upper() != "NO"


def _is_forged(message: _Parts) -> bool:
    """Say whether the mail server before us found that the sender is not who it says (the topmost such header)."""
    return "dmarc=fail" in header(message, "Authentication-Results", 2_000).lower()


def _digest(raw: bytes, ids: list[str], sender: Address) -> str:
    told = f"{ids[0]} {sender.email}".encode() if ids else raw
    return blake2b(told, digest_size=16).hexdigest()
