"""The journal's stream: made once with the journal's name on it, and looked over at every connection."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from nats.aio.client import Client

from hanse.journal.nats_link import ApiError, ask
from hanse.journal.settings import JournalSettings
from hanse.kernel.errors import Refused

NO_STREAM, NAME_TAKEN = 10059, 10058
DUPLICATE_WINDOW_S = 120
NEEDED = (2, 11)
_ID, _KEY = "hanse-journal", "hanse-key"
UNCONFIRMED = (
    "By default NATS answers before the disk has the message. Either set `sync_interval: always` in the `jetstream` "
    "part of every server and HANSE_NATS_DURABLE=always, or run three servers and set HANSE_NATS_DURABLE=replicas."
)


@dataclass(frozen=True, slots=True)
class Stream:
    """What the journal knows of its stream."""

    journal_id: UUID
    replicas: int


def refuse_unconfirmed(settings: JournalSettings) -> None:
    """Raise Refused unless the operator has said why an acknowledged message survives a power cut."""
    if not settings.durable:
        raise Refused("not_durable", UNCONFIRMED)


def subject_of(settings: JournalSettings) -> str:
    """Return the subject that records are published on."""
    return f"{settings.stream}.facts"


async def open_stream(client: Client, settings: JournalSettings) -> Stream:
    """Find the stream or make it, and return what it is.

    Raises Refused: an old server, another installation's stream, or too few replicas. JournalError: no answer.
    """
    _refuse_old(client)
    config = await _config(client, settings)
    named = dict(config.get("metadata") or {})
    if _ID not in named:
        raise Refused(
            "foreign_stream", f"The stream {settings.stream} is not a journal of Hanse; set another HANSE_NATS_STREAM"
        )
    if settings.fingerprint and named.get(_KEY) not in (None, settings.fingerprint):
        raise Refused(
            "other_key", "The journal was written under another secret.key; copy the installation's secret.key here."
        )
    replicas = int(config.get("num_replicas") or 1)
    if settings.durable == "replicas" and replicas < 3:
        raise Refused("few_replicas", f"The stream {settings.stream} has {replicas} replicas; three are needed.")
    return Stream(UUID(named[_ID]), replicas)


async def make_stream(client: Client, settings: JournalSettings, journal_id: UUID, first: int = 1) -> dict[str, Any]:
    """Make the stream: kept until pruned, full means refused, nothing can be deleted from its middle."""
    wanted = {
        "name": settings.stream, "subjects": [subject_of(settings)], "retention": "limits", "discard": "new",
        "storage": "file", "num_replicas": 3 if settings.durable == "replicas" else 1, "max_age": 0, "max_bytes": -1,
        "max_msgs": -1, "allow_direct": True, "deny_delete": True, "first_seq": first,
        "duplicate_window": DUPLICATE_WINDOW_S * 1_000_000_000,
        "description": "The journal of Hanse: every click and fact, in order.",
        "metadata": {_ID: str(journal_id), **({_KEY: settings.fingerprint} if settings.fingerprint else {})},
    }  # fmt: skip
    made = await ask(client, f"$JS.API.STREAM.CREATE.{settings.stream}", json.dumps(wanted).encode())
    return dict(made["config"])


async def _config(client: Client, settings: JournalSettings) -> dict[str, Any]:
    for _ in range(2):
        try:
            return dict((await ask(client, f"$JS.API.STREAM.INFO.{settings.stream}"))["config"])
        except ApiError as error:
            if error.code != NO_STREAM:
                raise
        try:
            return await make_stream(client, settings, uuid4())
        except ApiError as error:
            if settings.durable == "replicas" and error.code != NAME_TAKEN:
                raise Refused("few_servers", f"NATS cannot keep three replicas: {error.detail}.") from error
            if error.code != NAME_TAKEN:
                raise
    raise Refused("foreign_stream", f"The stream {settings.stream} cannot be made; is its name taken?")


def _refuse_old(client: Client) -> None:
    version = client.connected_server_version
    if (version.major, version.minor) < NEEDED:
        raise Refused("old_nats", f"NATS {version} is too old; {'.'.join(map(str, NEEDED))} or newer is needed.")
