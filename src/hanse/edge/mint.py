"""Gives each click a token no other click has: the edge, the second, and a number within the second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from hanse.kernel.errors import HanseError
from hanse.kernel.facts import ClickEnvelope, decode_envelope
from hanse.kernel.tokens import EPOCH_SECONDS, SEQUENCES_PER_SECOND, BadToken, ClickTokens, Token


class NoNumber(HanseError):
    """This edge has no number now, so it cannot mint: another edge may be using the one it had."""


class Mint:
    """Mints for one edge. It starts in the second after `last_second`, so a restart cannot repeat a token.

    With `edge` None it mints nothing until `assign` lends it a number, and only as long as that says. More than 16,384
    clicks in one second borrow from the next; a clock that steps back does not take the mint along.
    """

    def __init__(
        self, tokens: ClickTokens, edge: int | None, last_second: int, uptime: Callable[[], float] = time.monotonic
    ) -> None:
        self._tokens, self._edge, self._uptime = tokens, edge or 0, uptime
        self._until: float | None = None if edge is not None else -1.0
        self._second, self._sequence = last_second, SEQUENCES_PER_SECOND
        self._lock = threading.Lock()

    @property
    def number(self) -> int:
        """The edge's number."""
        return self._edge

    @property
    def second(self) -> int:
        """The latest second (since 2026) that tokens were given for."""
        return self._second

    def assign(self, edge: int, until: float, after_second: int | None = None) -> None:
        """Mint under a number until an uptime; one that was just taken begins after `after_second`."""
        with self._lock:
            if after_second is not None:
                self._second, self._sequence = max(self._second, after_second), SEQUENCES_PER_SECOND
            self._edge, self._until = edge, until

    def token(self, link_number: int, at_ms: int) -> Token:
        """Return a fresh token for a click. Raises NoNumber where several edges share a journal and ours lapsed."""
        second = at_ms // 1000 - EPOCH_SECONDS
        with self._lock:
            if self._until is not None and self._uptime() > self._until:
                raise NoNumber("This edge has no number now.")
            if second > self._second:
                self._second, self._sequence = second, 0
            elif self._sequence < SEQUENCES_PER_SECOND - 1:
                self._sequence += 1
            else:
                self._second, self._sequence = self._second + 1, 0
            second, sequence = self._second, self._sequence
        return self._tokens.mint_second(link_number, second, self._edge, sequence)

    def in_form(self, text: str, form: str) -> str:
        """Return a token as a program's addresses carry it."""
        return self._tokens.in_form(text, form)


def last_minted_second(tokens: ClickTokens, newest_first: Iterable[bytes], edge: int) -> int:
    """Return the second (since 2026) of an edge's latest token in the journal's last records, if they hold any."""
    for record in newest_first:
        try:
            envelope = decode_envelope(record)
            if isinstance(envelope, ClickEnvelope):
                cores = [tokens.read_core(bytes.fromhex(click.core_hex)) for click in envelope.clicks]
                if own := [core.at for core in cores if core.edge == edge]:
                    return int(max(own).timestamp()) - EPOCH_SECONDS
        except (ValueError, BadToken):
            continue
    return -1 << 40
