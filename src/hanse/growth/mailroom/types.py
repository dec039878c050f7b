"""Mails as values: what could be read of one, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

MOST_BYTES = 10_000_000
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Attached:
    """Something that hung on a mail: told by name, type and size, and never kept, opened or shown."""

    name: str
    kind: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Address:
    """A name and an address, as a header says them."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Bounced:
    """A report that a letter did not arrive (RFC 3464)."""

    recipient: str
    status: str
    is_failed: bool
    is_permanent: bool
    letter: str


@dataclass(frozen=True, slots=True)
class Complained:
    """A report that a reader called a letter spam (RFC 5965)."""

    recipient: str
    letter: str


@dataclass(frozen=True, slots=True)
class Rsvp:
    """A calendar's answer to an invitation (RFC 5546): whose, of which entry, yes or no.

    `sequence` and `starts_at` say which state of the entry was answered, where the calendar tells; `comment` is what
    they wrote beside.
    """

    uid: str
    attendee: str
    answer: str
    sequence: int | None = None
    starts_at: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """One mail. `text` is what was newly written, `quoted` what it answers or forwards; both plain and cut to size."""

    sender: Address
    message_id: str = ""
    references: Sequence[str] = ()
    recipients: Sequence[str] = ()
    subject: str = ""
    text: str = ""
    quoted: str = ""
    attached: Sequence[Attached] = ()
    forwarded_from: Address | None = None
    is_automatic: bool = False
    is_forged: bool = False
    is_cut: bool = False
    bounced: Sequence[Bounced] = ()
    complained: Complained | None = None
    rsvp: Rsvp | None = None
    trouble: str = ""
    size_bytes: int = 0
    digest_of: str = field(default="", repr=False)
