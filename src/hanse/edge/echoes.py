"""What the other edges recorded a moment ago, heard from the journal that all of them write to.

So a visitor whose second click comes through another edge is one visitor with one click, and floods are counted once
over all edges. What is heard late or never costs that much exactness and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from hanse.edge.mint import Mint
from hanse.kernel.tokens import ClickTokens

log = structlog.get_logger("hanse.edge")
_CLICKS, _LINE, _FIELD = b"C", "\x1e", "\x1f"


class Echoes:
    """Hears journal records; tells (link number, visitor, hash of address, milliseconds, token) of others' clicks."""

    def __init__(self, tokens: ClickTokens, mint: Mint, tell: Callable[[int, str, str, int, str], None]) -> None:
        self._tokens, self._mint, self._tell = tokens, mint, tell

    def hear(self, record: bytes) -> None:
        """Take over what one record tells. Raises nothing: it runs on the connection's own thread."""
        if record[:1] != _CLICKS:
            return
        try:
            for line in record[1:].decode().split(_LINE):
                self._hear(line.split(_FIELD))
        except Exception as error:  # a record that cannot be read is the pipeline's to report
            log.debug("echo_unread", why=type(error).__name__)

    def _hear(self, fields: list[str]) -> None:
        core_hex, number, at_ms, visitor, ip_hash, *_rest = fields
        if fields[9]:  # the reason why it is no click
            return
        core = bytes.fromhex(core_hex)
        if self._tokens.read_core(core).edge == self._mint.number:
            return
        self._tell(int(number), visitor, ip_hash, int(at_ms), self._tokens.text_of(core))
