"""The journal on NATS JetStream: one message for each `append`, acknowledged when it is safe, read in stream order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from nats.aio.client import Client

from hanse.journal.nats_link import ApiError, Message, NatsLink, Unanswered
from hanse.journal.nats_messages import entries_of, last_of, message_after, packed
from hanse.journal.nats_stream import Stream, open_stream, refuse_unconfirmed, subject_of
from hanse.journal.port import Entry, JournalError
from hanse.journal.settings import JournalSettings
from hanse.kernel.errors import Refused

_TRY_S, _PATIENCE_S = 2.0, 6.0
_RETRY_PAUSE_S = 0.05
_AT_ONCE, _AT_ONCE_BYTES = 256, 8 << 20
_START_S = 3.0


class NatsJournal:
    """One stream, any number of writing processes. Safe to call from several threads.

    A publication without an answer is sent again under the same id, which the server takes once; a writer that gives
    up has JournalError, and what it wrote may be there all the same: readers recognise a fact that comes twice. Where
    NATS is not reachable at the start the journal opens all the same, fails, and recovers by itself.
    """

    def __init__(self, settings: JournalSettings) -> None:
        refuse_unconfirmed(settings)
        self._settings, self._subject = settings, subject_of(settings)
        self._stream: Stream | None = None
        self._refusals: list[Refused] = []
        self._per_message = 1  # records in a message, as far as known: what is read beyond the limit is read again
        self._heard: list[Callable[[bytes], None]] = []
        self.link = NatsLink(settings, self._look_over)
        self.link.wait_until_up(_START_S)
        if self._refusals:
            self.link.close()
            raise self._refusals[0]

    @property
    def journal_id(self) -> UUID:
        """See `port.Journal`."""
        if self._stream is None:
            raise JournalError(f"NATS is not reachable: {self.link.why_down}")
        return self._stream.journal_id

    @property
    def most_bytes(self) -> int:
        """See `port.Journal`."""
        return self.link.most_bytes * 3 // 4

    def append(self, records: Sequence[bytes]) -> int:
        """See `port.Journal`. Where NATS is down it fails at once; an answer that does not come is waited for."""
        if not records:
            return self.end()
        payload, name = packed(records, self.link.most_bytes - 1024), uuid4().hex
        headers = {"Nats-Msg-Id": name, "Nats-Expected-Stream": self._settings.stream}
        give_up_at, tried = time.monotonic() + _PATIENCE_S, False
        while True:
            try:
                return last_of(int(self.link.ask(self._subject, payload, headers, _TRY_S)["seq"]))
            except ApiError:
                raise
            except Unanswered:
                tried = True
                if time.monotonic() > give_up_at:
                    raise
            except JournalError:
                if not tried or time.monotonic() > give_up_at:
                    raise
            time.sleep(_RETRY_PAUSE_S)

    def read(self, after: int, limit: int) -> list[Entry]:
        """See `port.Journal`."""
        found: list[Entry] = []
        first = message_after(after)
        while len(found) < limit:
            wanted = min(_AT_ONCE, (limit - len(found)) // self._per_message + 1)
            messages, before = self._messages({"seq": first, "batch": wanted}), len(found)
            for message in messages:
                found += [entry for entry in entries_of(message.number, message.body) if entry.sequence > after]
            if not messages:
                break
            first = messages[-1].number + 1
            self._per_message = max(1, (len(found) - before) // len(messages))
        return found[:limit]

    def tail(self, limit: int) -> list[Entry]:
        """See `port.Journal`."""
        state = self._state()
        first = max(int(state["first_seq"]), int(state["last_seq"]) - limit + 1, 1)
        return self.read(last_of(first - 1), 65_536) if int(state["messages"]) else []

    def prune(self, before: int, limit: int = 500) -> int:
        """See `port.Journal`. Whole messages only, all at once: the server forgets them without reading them."""
        state = self._state()
        first_kept = min(message_after(before - 1), int(state["first_seq"]) + limit)
        if not int(state["messages"]) or first_kept <= int(state["first_seq"]):
            return 0
        asked = f'{{"seq":{first_kept}}}'.encode()
        return int(self.link.ask(f"$JS.API.STREAM.PURGE.{self._settings.stream}", asked).get("purged") or 0)

    def end(self) -> int:
        """See `port.Journal`."""
        return last_of(int(self._state()["last_seq"]))

    def behind(self, after: int) -> int:
        """See `port.Journal`."""
        state = self._state()
        first = max(message_after(after), int(state["first_seq"]))
        return max(0, int(state["last_seq"]) - first + 1)

    def last_before(self, at_ms: int) -> int:
        """See `port.Journal`."""
        at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        messages = self._messages({"start_time": at, "batch": 1})
        return last_of(messages[0].number - 1) if messages else self.end()

    def probe(self) -> None:
        """See `port.Journal`. Asks for the stream and its leader; nothing is written."""
        told = self.link.ask(f"$JS.API.STREAM.INFO.{self._settings.stream}", timeout_s=2.0)
        cluster = told.get("cluster") or {}
        if cluster.get("replicas") and not cluster.get("leader"):
            raise JournalError("the stream has no leader now")

    def listen(self, hear: Callable[[bytes], None]) -> None:
        """See `port.Journal`. Our own records are among them."""
        self._heard.append(hear)
        if self.link.is_up:
            self.link.subscribe(self._subject, self._tell)

    def close(self) -> None:
        """See `port.Journal`."""
        self.link.close()

    def _tell(self, payload: bytes) -> None:
        for entry in entries_of(0, payload):
            for hear in self._heard:
                hear(entry.body)

    def _messages(self, request: dict[str, object]) -> list[Message]:
        return self.link.messages(self._settings.stream, {**request, "max_bytes": _AT_ONCE_BYTES})

    def _state(self) -> dict[str, Any]:
        return dict(self.link.ask(f"$JS.API.STREAM.INFO.{self._settings.stream}")["state"])

    async def _look_over(self, client: Client) -> None:
        """At every connection: is this still our journal, and as safe as the operator says?"""
        try:
            stream = await open_stream(client, self._settings)
        except Refused as refused:
            self._refusals.append(refused)
            raise
        if self._stream is not None and self._stream.journal_id != stream.journal_id:
            raise JournalError("the stream was replaced by another journal; restart once that is meant")
        self._stream = stream
        if self._heard:
            await self.link._subscribe(self._subject, self._tell)
