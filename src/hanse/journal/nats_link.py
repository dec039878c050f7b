"""One connection to NATS for threads that block: an event loop of its own, reconnecting for ever with back-off."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, NamedTuple, TypeVar

import nats
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError

from hanse.journal.port import JournalError
from hanse.journal.settings import JournalSettings

log = structlog.get_logger("hanse.journal")
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 3.0
_CONNECT_S, _ASK_S = 4.0, 5.0
_Result = TypeVar("_Result")


class Message(NamedTuple):
    """A message of a stream: its number, when the server took it, what it holds."""

    number: int
    at: str
    body: bytes


class ApiError(JournalError):
    """JetStream refused a request. `code` is its number, `detail` its words."""

    def __init__(self, code: int, detail: str) -> None:
        self.code, self.detail = code, detail
        super().__init__(f"NATS: {detail} ({code})")


class Unanswered(JournalError):
    """No answer came: whether the request was carried out is not known."""


class NatsLink:
    """`on_connect` runs after every connection is made; until it has ended well the link counts as down."""

    def __init__(self, settings: JournalSettings, on_connect: Callable[[Client], Awaitable[None]]) -> None:
        self._settings, self._on_connect = settings, on_connect
        self._client: Client | None = None
        self._up, self._closing = threading.Event(), False
        self._lost = asyncio.Event()
        self.why_down, self._was_down = "not connected yet", False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()
        self._keeper = asyncio.run_coroutine_threadsafe(self._keep_connected(), self._loop)

    @property
    def is_up(self) -> bool:
        """Whether requests can be sent now."""
        return self._up.is_set()

    @property
    def most_bytes(self) -> int:
        """The largest payload that the server takes; its default while there is no connection."""
        return self._client.max_payload if self._client is not None else 1 << 20

    def wait_until_up(self, seconds: float) -> bool:
        """Wait for the connection; say whether it is there."""
        return self._up.wait(seconds)

    def ask(
        self, subject: str, body: bytes = b"", headers: Mapping[str, str] | None = None, timeout_s: float = _ASK_S
    ) -> dict[str, Any]:
        """Send a request to JetStream and return its answer. Raises ApiError, Unanswered, JournalError."""
        return self.run(ask(self._connected(), subject, body, headers, timeout_s), timeout_s + 1)

    def messages(self, stream: str, request: Mapping[str, object], timeout_s: float = _ASK_S) -> list[Message]:
        """Return messages that the server sends for one direct request, in order. Raises like `ask`."""
        subject, body = f"$JS.API.DIRECT.GET.{stream}", json.dumps(request).encode()
        return self.run(_collected(self._connected(), subject, body, timeout_s), timeout_s + 1)

    def subscribe(self, subject: str, hear: Callable[[bytes], None]) -> None:
        """Let `hear` have every message on a subject from now on, also over new connections. It must not block."""
        self.run(self._subscribe(subject, hear), _ASK_S)

    def run(self, work: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
        """Run a coroutine on the link's loop and wait. Raises Unanswered, ApiError, JournalError."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_s)
        except (NatsError, TimeoutError, OSError, EOFError) as error:
            future.cancel()
            raise Unanswered(f"NATS did not answer: {error or type(error).__name__}") from error

    def close(self) -> None:
        """Close the connection and end the thread."""
        if self._closing:
            return
        self._closing = True
        self._up.clear()
        self._keeper.cancel()
        stopping = asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        try:
            stopping.result(3)
        except Exception as error:  # what cannot be closed in order dies with the process
            log.debug("nats_not_closed", why=type(error).__name__)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2)

    def _connected(self) -> Client:
        client = self._client
        if client is None or not self._up.is_set():
            raise JournalError(f"NATS is not reachable: {self.why_down}")
        return client

    async def _keep_connected(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._closing:
            try:
                self._client = await asyncio.wait_for(self._connect(), _CONNECT_S)
                await self._on_connect(self._client)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # whatever stands between us and the server, it is tried again
                self._note_down(str(error) or type(error).__name__)
                await self._close_client()
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
                continue
            wait_s = _FIRST_WAIT_S
            self._up.set()
            tell = log.info if self._was_down else log.debug
            tell("nats_connected", server=self._client.connected_url.netloc.rpartition("@")[2])  # type: ignore[union-attr]
            await self._lost.wait()
            self._up.clear()
            self._note_down("the connection was lost")
            await self._close_client()

    async def _connect(self) -> Client:
        self._lost = asyncio.Event()

        async def lost() -> None:
            self._up.clear()
            self._lost.set()

        async def quiet(_error: Exception) -> None:
            return

        more: dict[str, Any] = {"user_credentials": self._settings.credentials} if self._settings.credentials else {}
        return await nats.connect(
            self._settings.servers, name="hanse", allow_reconnect=False, max_reconnect_attempts=1,
            reconnect_time_wait=0, connect_timeout=2, ping_interval=5, max_outstanding_pings=2,
            disconnected_cb=lost, closed_cb=lost, error_cb=quiet, **more,
        )  # fmt: skip

    async def _subscribe(self, subject: str, hear: Callable[[bytes], None]) -> None:
        async def told(message: Any) -> None:
            hear(message.data)

        if self._client is not None:
            await self._client.subscribe(subject, cb=told)
            await self._client.flush()  # the server knows of it before anybody else writes

    async def _end(self) -> None:
        await self._close_client()
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()

    async def _close_client(self) -> None:
        client, self._client = self._client, None
        if client is not None and not client.is_closed:
            await asyncio.wait_for(client.close(), 2)

    def _note_down(self, why: str) -> None:
        if why != self.why_down and not self._closing:
            log.warning("nats_down", why=why)
        self.why_down, self._was_down = why, True


async def ask(
    client: Client, subject: str, body: bytes = b"", headers: Mapping[str, str] | None = None, timeout_s: float = _ASK_S
) -> dict[str, Any]:
    """Do as `NatsLink.ask` on the link's own loop."""
    answer = await client.request(subject, body, timeout=timeout_s, headers=dict(headers) if headers else None)
    told: dict[str, Any] = json.loads(answer.data)
    if "error" in told:
        raise ApiError(int(told["error"].get("err_code") or 0), str(told["error"].get("description")))
    return told


async def _collected(client: Client, subject: str, body: bytes, timeout_s: float) -> list[Message]:
    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox)
    found: list[Message] = []
    try:
        await client.publish(subject, body, reply=inbox)
        while True:
            answer = await subscription.next_msg(timeout_s)
            headers = answer.headers or {}
            status = headers.get("Status", "")
            if status in ("204", "404"):
                return found
            if status:
                raise ApiError(int(status), headers.get("Description", "no words"))
            found.append(Message(int(headers["Nats-Sequence"]), headers.get("Nats-Time-Stamp", ""), answer.data))
    finally:
        await subscription.unsubscribe()
