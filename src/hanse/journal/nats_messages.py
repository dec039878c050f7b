"""One NATS message holds the records of one `append`; a record's sequence follows from the message's.

The last record of message S has the sequence S × 65,536, the one before it one less, and so on: sequences rise, those
of one message are consecutive, and the end of a message can be told from its number alone.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

from hanse.journal.port import Entry, JournalError, TooLarge

BITS = 16
MOST_RECORDS = 1 << BITS
_LENGTH = struct.Struct(">I")
_PLAIN, _DEFLATED = b"0", b"1"
_WORTH_DEFLATING = 64 * 1024


def packed(records: Sequence[bytes], most_bytes: int) -> bytes:
    """Return a message's payload; large ones are deflated. Raises TooLarge when it does not fit all the same."""
    if len(records) > MOST_RECORDS:
        raise TooLarge(f"{len(records)} records at once; {MOST_RECORDS} is the limit")
    plain = b"".join(part for body in records for part in (_LENGTH.pack(len(body)), body))
    payload = _PLAIN + plain if len(plain) < _WORTH_DEFLATING else _DEFLATED + zlib.compress(plain, 1)
    if len(payload) > most_bytes:
        raise TooLarge(f"{len(payload)} bytes at once; the server's max_payload is {most_bytes}")
    return payload


def entries_of(message: int, payload: bytes) -> Iterator[Entry]:
    """Take a message apart. Raises JournalError for one that we did not write."""
    try:
        plain = zlib.decompress(payload[1:]) if payload[:1] == _DEFLATED else payload[1:]
        if payload[:1] not in (_PLAIN, _DEFLATED):
            raise ValueError("unknown form")
        bodies = list(_bodies(plain))
    except (zlib.error, struct.error, ValueError) as error:
        raise JournalError(f"message {message} of the stream is not a journal's: {error}") from error
    first = last_of(message) - len(bodies) + 1
    return (Entry(first + place, body) for place, body in enumerate(bodies))


def last_of(message: int) -> int:
    """Return the sequence of a message's last record."""
    return message << BITS


def message_after(sequence: int) -> int:
    """Return the first message that holds a record with a higher sequence."""
    return (sequence >> BITS) + 1


def _bodies(plain: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(plain):
        (length,) = _LENGTH.unpack_from(plain, at)
        at += _LENGTH.size + length
        if at > len(plain):
            raise ValueError("cut short")
        yield plain[at - length : at]
