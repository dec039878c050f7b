"""The journal's stream: made once with the journal's name on it, and looked over at every connection."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from nats.aio.client import Client

from hanse.journal.nats_link import ApiError, NatsLink, ask
from hanse.journal.settings import JournalSettings
from hanse.kernel.errors import Refused

NO_STREAM, NAME_TAKEN, SUBJECTS_TAKEN = 10059, 10058, 10065
_REMAKE_WAIT_S = 5.0
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


def _wanted(settings: JournalSettings, journal_id: UUID, first: int = 1) -> bytes:
    """Return what the stream should be: kept until pruned, full means refused, nothing deleted from its middle."""
    wanted = {
        "name": settings.stream, "subjects": [subject_of(settings)], "retention": "limits", "discard": "new",
        "storage": "file", "num_replicas": 3 if settings.durable == "replicas" else 1, "max_age": 0, "max_bytes": -1,
        "max_msgs": -1, "allow_direct": True, "deny_delete": True, "first_seq": first,
        "duplicate_window": DUPLICATE_WINDOW_S * 1_000_000_000,
        "description": "The journal of Hanse: every click and fact, in order.",
        "metadata": {_ID: str(journal_id), **({_KEY: settings.fingerprint} if settings.fingerprint else {})},
    }  # fmt: skip
    return json.dumps(wanted).encode()


def remake_stream(settings: JournalSettings, journal_id: UUID, first: int, *, force: bool) -> None:
    """Make the stream under a given name, its first message with a given number. Raises Refused where one exists and
    `force` does not allow to delete it; JournalError where NATS is not reachable."""

    async def make(client: Client) -> None:
        _refuse_old(client)

    link = NatsLink(settings, make)
    try:
        link.wait_until_up(_REMAKE_WAIT_S)
        if force:
            with suppress(ApiError):
                link.ask(f"$JS.API.STREAM.DELETE.{settings.stream}")
        link.ask(f"$JS.API.STREAM.CREATE.{settings.stream}", _wanted(settings, journal_id, first))
    except ApiError as error:
        if error.code not in (NAME_TAKEN, SUBJECTS_TAKEN):
            raise
        told = (
            f"The stream {settings.stream} exists; give --force to replace it, once every role everywhere is stopped."
        )
        raise Refused("stream_exists", told) from None
    finally:
        link.close()


async def _config(client: Client, settings: JournalSettings) -> dict[str, Any]:
    for _ in range(2):
        try:
            return dict((await ask(client, f"$JS.API.STREAM.INFO.{settings.stream}"))["config"])
        except ApiError as error:
            if error.code != NO_STREAM:
                raise
        try:
            made = await ask(client, f"$JS.API.STREAM.CREATE.{settings.stream}", _wanted(settings, uuid4()))
            return dict(made["config"])
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
