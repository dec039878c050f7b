"""Gives each click a token no other click has: the second, and a number within the second."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from hanse.kernel.facts import ClickEnvelope, decode_envelope
from hanse.kernel.tokens import EPOCH_SECONDS, SEQUENCES_PER_SECOND, BadToken, ClickTokens, Token


class Mint:
    """Mints for one edge. It starts in the second after `last_second`, so a restart cannot repeat a token.

    More than 16,384 clicks in one second borrow from the next; a clock that steps back does not take the mint along.
    """

    def __init__(self, tokens: ClickTokens, edge: int, last_second: int) -> None:
        self._tokens, self._edge = tokens, edge
        self._second, self._sequence = last_second, SEQUENCES_PER_SECOND
        self._lock = threading.Lock()

    def token(self, link_number: int, at_ms: int) -> Token:
        """Return a fresh token for a click."""
        second = at_ms // 1000 - EPOCH_SECONDS
        with self._lock:
            if second > self._second:
                self._second, self._sequence = second, 0
            elif self._sequence < SEQUENCES_PER_SECOND - 1:
                self._sequence += 1
            else:
                self._second, self._sequence = self._second + 1, 0
            second, sequence = self._second, self._sequence
        return self._tokens.mint_second(link_number, second, self._edge, sequence)


def last_minted_second(tokens: ClickTokens, newest_first: Iterable[bytes]) -> int:
    """Return the second (since 2026) of the latest token in the journal's last records, as far as they hold any."""
    for record in newest_first:
        try:
            envelope = decode_envelope(record)
            if isinstance(envelope, ClickEnvelope):
                last = max(tokens.read_core(bytes.fromhex(click.core_hex)).at for click in envelope.clicks)
                return int(last.timestamp()) - EPOCH_SECONDS
        except (ValueError, BadToken):
            continue
    return -1 << 40
