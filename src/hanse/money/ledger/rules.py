"""Rules of the ledger: what a sound posting is, and the hashes that chain transactions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from hanse.money.ledger.types import PARTNER_POTS, Line, Posting

GENESIS = ""
MAX_KEY_LENGTH = 160
LONGEST_WAIT: Final = timedelta(hours=1)  # from reading the clock until what is to be booked is in the books
HashedLine = tuple[str, UUID, UUID | None, int, str, UUID | None]


class Unbalanced(ValueError):
    """A posting that may not be booked: a mistake in the program, never in what a person typed."""


def check_posting(posting: Posting) -> None:
    """Raise Unbalanced unless the lines add up to zero in each currency and sit in pots of the right kind."""
    if not posting.key or len(posting.key) > MAX_KEY_LENGTH or len(posting.entries) < 2:
        raise Unbalanced(f"posting {posting.key!r} needs a key of at most {MAX_KEY_LENGTH} characters and two lines")
    sums: defaultdict[str, int] = defaultdict(int)
    for line in posting.entries:
        if (line.kind in PARTNER_POTS) is not (line.enrolment_id is not None) or not line.amount_minor:
            raise Unbalanced(f"posting {posting.key!r} has a line of nothing or in the wrong pot: {line}")
        sums[line.currency] += line.amount_minor
    if any(sums.values()):
        raise Unbalanced(f"posting {posting.key!r} does not add up to zero: {dict(sums)}")


def hashed_line(line: Line) -> HashedLine:
    """Return what the hash of a line covers."""
    return (line.kind, line.program_id, line.enrolment_id, line.amount_minor, line.currency, line.commission_id)


def input_hash(key: str, cause: str, occurred_at: datetime, note: str, actor: str, lines: Iterable[HashedLine]) -> str:
    """Return the SHA-256 of everything a caller asked for: the same request always has the same hash."""
    body = [key, cause, instant(occurred_at), note, actor, [[_text(part) for part in line] for line in lines]]
    return sha256(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def chain_hash(previous_hash: str, number: int, posted_at: datetime, hashed_input: str) -> str:
    """Return the hash of one transaction: it covers its number, its time, its content and the one before."""
    return sha256(f"{previous_hash}|{number}|{instant(posted_at)}|{hashed_input}".encode()).hexdigest()


def booked_at(now: datetime, latest: datetime) -> datetime:
    """Return the time of a booking that was begun `now`, behind one that is dated `latest`.

    Who read the clock first and had to wait books at the same time as who went before, or a month that was closed
    meanwhile would change. Further apart nobody waited: a history is filled in, or a clock was wrong, and now stands.
    """
    return latest if now < latest <= now + LONGEST_WAIT else now


def instant(at: datetime) -> str:
    """Write a moment in one way only: UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(part: object) -> object:
    return str(part) if isinstance(part, UUID) else part
