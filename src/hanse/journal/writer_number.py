"""A number for each process that writes to a shared journal: one holder at a time, kept by beating, lost by silence.

Each number is one message of a small stream, changed by compare-and-set. A holder may use its number for a while after
its last beat and no longer, by its own uptime; others take a silent number only after that while has passed on their
own clock too. So no two processes ever use a number at the same time, whatever their clocks say.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from uuid import uuid4

import structlog

from hanse.journal.nats_link import ApiError, NatsLink
from hanse.journal.nats_stream import NAME_TAKEN
from hanse.journal.port import JournalError
from hanse.journal.settings import JournalSettings
from hanse.kernel.errors import Refused

log = structlog.get_logger("hanse.journal")
NUMBERS = 16
BEAT_S, SILENCE_S, MARGIN_S = 5.0, 20.0, 5.0
_WRONG_LAST = 10071


@dataclass(frozen=True, slots=True)
class Claim:
    """What stands in the stream for one number. `second` is the latest that its holder had used at the last beat."""

    number: int
    holder: str
    process: str
    host: str
    second: int
    released: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """A number to use until `until` (of `uptime()`); one that is new, for seconds after `after_second`."""

    number: int
    after_second: int
    until: float
    is_new: bool


def uptime() -> float:
    """Return seconds since the machine began, those it slept through included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class WriterNumber:
    """Takes a number and keeps it. `use(grant)` is called at every grant and beat; the holder stops by itself.

    `holder` names the installation of this writer: it gets its own number back at once after a crash. With `wanted` it
    takes that number or none.
    """

    def __init__(
        self, link: NatsLink, settings: JournalSettings, holder: str, used_second: Callable[[], int],
        use: Callable[[Grant], None], wanted: int | None = None, clock: Callable[[], float] = uptime,
    ) -> None:  # fmt: skip
        self._link, self._holder, self._wanted, self._clock = link, holder, wanted, clock
        self._used_second, self._use = used_second, use
        self._stream, self._replicas = f"{settings.stream}-WRITERS", 3 if settings.durable == "replicas" else 1
        self._subject = f"{settings.stream}.writers"
        self._process, self._host = uuid4().hex[:12], socket.gethostname()
        self._seen: dict[int, tuple[int, float]] = {}
        self._mine: tuple[int, int] | None = None  # number, sequence of our last message for it
        self._had: set[int] = set()
        self._ready, self._stopped = False, threading.Event()

    def start(self) -> None:
        """Take a number (waiting for a silent one if need be) and keep it in the background.

        Raises Refused when the wanted number, or each of the sixteen, is in use. Where NATS is down it goes on trying.
        """
        give_up_at = self._clock() + SILENCE_S + BEAT_S
        while self._link.is_up and not self._beat():
            if self._clock() > give_up_at:
                raise Refused("no_number", self._no_number())
            time.sleep(0.5)
        threading.Thread(target=self._forever, name="writer-number", daemon=True).start()

    def stop(self) -> None:
        """Give the number back. Nothing may be minted with it any more."""
        self._stopped.set()
        if self._mine is not None and self._link.is_up:
            with suppress(JournalError):
                self._publish(self._mine[0], self._mine[1], self._used_second(), released=True)

    def _forever(self) -> None:
        while not self._stopped.wait(BEAT_S if self._mine else 1.0):
            self._beat()

    def _beat(self) -> bool:
        """Renew the number or take one; say whether there is one."""
        try:
            self._prepare()
            sent_at = self._clock()
            if self._mine is not None and self._renewed(sent_at):
                return True
            return self._taken()
        except JournalError as error:
            log.warning("number_not_renewed", why=str(error))
            return False

    def _renewed(self, sent_at: float) -> bool:
        assert self._mine is not None
        number, last = self._mine
        second = self._used_second()
        try:
            self._mine = (number, self._publish(number, last, second))
        except ApiError as error:
            if error.code != _WRONG_LAST:
                raise
            self._mine = None  # an answer of ours was lost, or somebody took it: look
            return False
        self._use(Grant(number, second, sent_at + SILENCE_S - MARGIN_S, is_new=False))
        return True

    def _taken(self) -> bool:
        claims = self._claims()
        for number in self._in_order(claims):
            sequence, claim = claims.get(number, (0, None))
            after = self._used_second()
            if claim is not None:
                own = claim.released or claim.holder == self._holder
                after = max(after, claim.second + (0 if own else int(SILENCE_S)))
            sent_at = self._clock()
            try:
                self._mine = (number, self._publish(number, sequence, after))
            except ApiError as error:
                if error.code != _WRONG_LAST:
                    raise
                continue  # somebody was faster
            self._had.add(number)
            self._use(Grant(number, after, sent_at + SILENCE_S - MARGIN_S, is_new=True))
            log.info("writer_number_taken", number=number)
            return True
        return False

    def _in_order(self, claims: dict[int, tuple[int, Claim]]) -> list[int]:
        """Return the numbers that may be taken: our own, the unused, the returned, the silent."""
        now, ranks = self._clock(), dict[int, int]()
        for number in range(NUMBERS) if self._wanted is None else (self._wanted,):
            sequence, claim = claims.get(number, (0, None))
            if claim is None:
                ranks[number] = 1
                continue
            seen, since = self._seen.get(number, (-1, now))
            self._seen[number] = (sequence, since if seen == sequence else now)
            twin = number in self._had and claim.process != self._process
            if claim.holder == self._holder and not twin:
                ranks[number] = 0
            elif claim.released:
                ranks[number] = 2
            elif now - self._seen[number][1] >= SILENCE_S:
                ranks[number] = 3
        return sorted(ranks, key=lambda number: (ranks[number], number))

    def _claims(self) -> dict[int, tuple[int, Claim]]:
        found = {}
        for message in self._link.messages(self._stream, {"multi_last": [f"{self._subject}.*"], "batch": NUMBERS}):
            claim = Claim(**json.loads(message.body))
            found[claim.number] = (message.number, claim)
        return found

    def _publish(self, number: int, last: int, second: int, *, released: bool = False) -> int:
        claim = Claim(number, self._holder, self._process, self._host, second, released)
        headers = {"Nats-Expected-Last-Subject-Sequence": str(last)}
        told = self._link.ask(f"{self._subject}.{number}", json.dumps(asdict(claim)).encode(), headers, 2.0)
        return int(told["seq"])

    def _prepare(self) -> None:
        if self._ready:
            return
        wanted = {
            "name": self._stream, "subjects": [f"{self._subject}.*"], "retention": "limits", "storage": "file",
            "max_msgs_per_subject": 1, "allow_direct": True, "num_replicas": self._replicas, "max_age": 0,
            "description": "Which edge of Hanse has which number.",
        }  # fmt: skip
        try:
            self._link.ask(f"$JS.API.STREAM.CREATE.{self._stream}", json.dumps(wanted).encode())
        except ApiError as error:
            if error.code != NAME_TAKEN:
                raise
        self._ready = True

    def _no_number(self) -> str:
        claims = self._claims()
        if self._wanted is not None and self._wanted in claims:
            host = claims[self._wanted][1].host
            return f"Edge number {self._wanted} is in use on {host}; set another HANSE_EDGE_NUMBER."
        return f"All {NUMBERS} edge numbers are in use; a journal takes {NUMBERS} edges."
