"""Journal records: how clicks and facts are written down, and how the pipeline reads them again.

A click record holds all clicks of one group commit (`C`, then lines parted by RS, fields by US); a facts record holds
one request (`F`, then JSON). The place of a fact is (record's sequence, index within the record).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from hanse.kernel.fact_types import ClickFact, ConversionFact, CustomerFact, Fact, FactKind, LineFact, RefundFact
from hanse.kernel.ids import text_id

_FIELD, _LINE = "\x1f", "\x1e"
_CLICKS, _FACTS = b"C", b"F"
_NO_CONTROLS = dict.fromkeys(range(32), " ")
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClickEnvelope:
    """The clicks that became durable together."""

    clicks: tuple[ClickFact, ...]
    kind: Literal["click"] = "click"


@dataclass(frozen=True, slots=True)
class FactEnvelope:
    """The facts of one request: who sent them, for which program, and whether the sender waits for the verdict."""

    source: str
    program_id: UUID
    fact_kind: FactKind
    received_at: datetime
    wait: bool
    facts: tuple[Fact, ...]
    kind: Literal["facts"] = "facts"


Envelope = ClickEnvelope | FactEnvelope


def click_line(click: ClickFact) -> str:
    """Write one click as the line that `join_clicks` takes. Control characters become spaces."""
    texts = (
        click.visitor, click.ip_hash, click.country, click.network, click.agent[:300], click.referrer[:300],
        click.reason, click.landing,
    )  # fmt: skip
    at_ms = (click.occurred_at - _UNIX) // timedelta(milliseconds=1)
    return _FIELD.join((
        click.core_hex, str(click.link_number), str(at_ms), *map(_line_text, texts), urlencode(click.subs),
        _line_text(click.device), _line_text(click.variant),
    ))  # fmt: skip


def join_clicks(lines: Sequence[str]) -> bytes:
    """Make one journal record of the lines of a group commit."""
    return _CLICKS + _LINE.join(lines).encode("utf-8", "replace")


def encode_envelope(envelope: Envelope) -> bytes:
    """Write a record for the journal."""
    if isinstance(envelope, ClickEnvelope):
        return join_clicks([click_line(click) for click in envelope.clicks])
    header = {
        "source": envelope.source,
        "program_id": str(envelope.program_id),
        "kind": envelope.fact_kind,
        "received_at": envelope.received_at.isoformat(),
        "wait": envelope.wait,
        "facts": [as_object(fact) for fact in envelope.facts],
    }
    return _FACTS + json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()


def decode_envelope(record: bytes) -> Envelope:
    """Read a record of the journal. Raises ValueError when it is none (the pipeline then sets it aside)."""
    if record[:1] == _CLICKS:
        return ClickEnvelope(tuple(map(_click, record[1:].decode().split(_LINE))))
    if record[:1] != _FACTS:
        raise ValueError("the journal record is neither clicks nor facts")
    try:
        header: Mapping[str, Any] = json.loads(record[1:])
        read = _conversion if header["kind"] == "conversion" else _refund
        return FactEnvelope(
            source=header["source"], program_id=UUID(header["program_id"]), fact_kind=header["kind"],
            received_at=datetime.fromisoformat(header["received_at"]), wait=header["wait"],
            facts=tuple(read(entry) for entry in header["facts"]),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError(f"the journal record lacks a part: {error!r}") from error


def as_object(fact: Fact) -> dict[str, Any]:
    """Write a fact as plain JSON values, the normalised form that is stored and hashed."""
    plain = {name: getattr(fact, name) for name in fact.__slots__}
    plain["occurred_at"] = fact.occurred_at.isoformat()
    plain["lines"] = None if fact.lines is None else [_plain(line) for line in fact.lines]
    if isinstance(fact, ConversionFact):
        plain["customer"] = None if fact.customer is None else _plain(fact.customer)
        plain["metadata"] = dict(fact.metadata)
    return plain


def content_hash(fact: Fact) -> str:
    """Return 32 hexadecimal characters that are equal exactly when two senders said the same.

    A time that the door filled in is left out: the sender's retry a minute later says the same thing. So is the host of
    the page, which the door saw and nobody said.
    """
    content = as_object(fact if fact.dated else replace(fact, occurred_at=_UNIX))
    content.pop("page_host", None)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def fact_id(source: str, kind: str, program_id: UUID, goal: str, external_id: str) -> str:
    """Return the `fct_…` id: the same source, kind, program, goal ("" for refunds) and outside id give the same one."""
    key = json.dumps([source, kind, str(program_id), goal, external_id]).encode()
    return text_id("fct", UUID(bytes=hashlib.blake2b(key, digest_size=16, person=b"hanse fact").digest()))


def _plain(part: LineFact | CustomerFact) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__slots__}


def _line_text(text: str) -> str:
    return text if text.isprintable() else text.translate(_NO_CONTROLS)


def _click(line: str) -> ClickFact:
    """Read a click's line. Lines written before devices and variants were kept end after the sub-parameters."""
    core, number, at_ms, visitor, ip, country, network, agent, referrer, reason, landing, subs, *more = line.split(
        _FIELD
    )
    device, variant = more or ("", "")
    at = _UNIX + timedelta(milliseconds=int(at_ms))
    kept = dict(parse_qsl(subs, keep_blank_values=True)) if subs else {}
    return ClickFact(
        core, int(number), at, visitor, ip, country, network, agent, referrer, reason, kept, landing, device, variant
    )


def _lines(entries: Any) -> tuple[LineFact, ...] | None:
    return None if entries is None else tuple(LineFact(**entry) for entry in entries)


def _conversion(entry: dict[str, Any]) -> ConversionFact:
    customer = entry["customer"]
    return ConversionFact(**{
        **entry,
        "occurred_at": datetime.fromisoformat(entry["occurred_at"]),
        "lines": _lines(entry["lines"]),
        "customer": None if customer is None else CustomerFact(**customer),
    })  # fmt: skip


def _refund(entry: dict[str, Any]) -> RefundFact:
    return RefundFact(**{
        **entry, "occurred_at": datetime.fromisoformat(entry["occurred_at"]), "lines": _lines(entry["lines"]),
    })  # fmt: skip
