"""Where the journal is kept, as the operator says it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Durable = Literal["", "always", "replicas"]
_SCHEMES = ("nats", "tls", "ws", "wss")


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """`url` "" is a file in the data folder, else one or several NATS servers with commas between them.

    `durable` is what the operator vouches for: `always` (every server has `sync_interval: always`) or `replicas` (the
    stream has three). `fingerprint` tells installations apart: a journal is written under one secret key.
    """

    url: str = ""
    durable: Durable = ""
    credentials: str = ""
    stream: str = "HANSE"
    fingerprint: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether several edges can write to it."""
        return bool(self.url)

    @property
    def servers(self) -> list[str]:
        """The servers' addresses."""
        return [one.strip() for one in self.url.split(",") if one.strip()]


def journal_settings(fingerprint: str = "") -> JournalSettings:
    """Read HANSE_JOURNAL_URL and what belongs to it. Raises ValueError for what has no meaning, in one line."""
    durable = (os.environ.get("HANSE_NATS_DURABLE") or "").lower()
    if durable not in ("", "always", "replicas"):
        raise ValueError(f"HANSE_NATS_DURABLE is {durable!r}; it can be always or replicas.")
    stream = os.environ.get("HANSE_NATS_STREAM") or "HANSE"
    if not stream.isascii() or not stream.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"HANSE_NATS_STREAM is {stream!r}; it has letters, digits, - and _ only.")
    settings = JournalSettings(
        url=os.environ.get("HANSE_JOURNAL_URL", ""),
        durable=durable,  # type: ignore[arg-type]  # checked just above
        credentials=os.environ.get("HANSE_NATS_CREDENTIALS", ""),
        stream=stream,
        fingerprint=fingerprint,
    )
    for server in settings.servers:
        parts = urlsplit(server)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError("HANSE_JOURNAL_URL looks like nats://person:password@host:4222, with commas for several.")
    return settings
