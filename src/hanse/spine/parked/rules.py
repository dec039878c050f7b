"""The names of what parked facts wait for, and how a stored fact is read again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.kernel.facts import Fact, FactEnvelope, FactKind, decode_envelope

EARLY_RENEWAL = "waits_for_customer"  # the one reason that time alone ends


def conversion_key(program_id: UUID, external_id: str) -> str:
    """Name the need for a conversion with an outside id: refunds that came early wait for it."""
    return f"conversion:{program_id.hex}:{external_id}"


def chargeback_key(program_id: UUID, external_id: str) -> str:
    """Name the need for a chargeback: the dispute won about it waits."""
    return f"chargeback:{program_id.hex}:{external_id}"


def customer_key(program_id: UUID, external_id: str) -> str:
    """Name the need for a customer's first conversion: renewals that came early wait for it."""
    return f"customer:{program_id.hex}:{external_id}"


def rate_key(program_id: UUID, currency: str) -> str:
    """Name the need for a rate into the program's currency."""
    return f"rate:{program_id.hex}:{currency}"


def goal_key(program_id: UUID, goal: str) -> str:
    """Name the need for a goal that the program does not have yet."""
    return f"goal:{program_id.hex}:{goal}"


def host_key(program_id: UUID, host: str) -> str:
    """Name the need for a host among a program's own: what its pages told waits."""
    return f"host:{program_id.hex}:{host}"


def read_body(kind: FactKind, program_id: UUID, received_at: datetime, body: dict[str, Any]) -> Fact:
    """Return the fact that was stored as JSON. Raises ValueError when it is none."""
    header = {
        "source": "", "program_id": str(program_id), "kind": kind, "received_at": received_at.isoformat(),
        "wait": False, "facts": [body],
    }  # fmt: skip
    envelope = decode_envelope(b"F" + json.dumps(header).encode())
    if not isinstance(envelope, FactEnvelope):
        raise ValueError("the stored fact is no conversion and no refund")
    return envelope.facts[0]
