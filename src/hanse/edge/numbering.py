"""Which edge this is: always number 0 on a journal of its own, a number lent for a while on a shared one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from hanse.edge.mint import Mint, last_minted_second
from hanse.edge.settings import EdgeSettings
from hanse.journal.port import Journal, JournalError
from hanse.kernel.errors import Refused
from hanse.kernel.tokens import EPOCH_SECONDS, MAX_EDGE, ClickTokens

_LOOK_BACK = 200  # journal records searched for the last token given
_LONG_AGO = -1 << 40


class Numbering:
    """Gives the mint its number. Raises Refused when the wanted one, or every one, is in use."""

    def __init__(
        self, journal: Journal, settings: EdgeSettings, tokens: ClickTokens, now_ms: Callable[[], int]
    ) -> None:
        wanted = settings.edge_number
        if wanted is not None and not 0 <= wanted <= MAX_EDGE:
            raise Refused("bad_number", f"HANSE_EDGE_NUMBER is {wanted}; it lies between 0 and {MAX_EDGE}.")
        self._journal, self._tokens, self._now_ms = journal, tokens, now_ms
        self._stop: Callable[[], None] = lambda: None
        if settings.journal.is_shared:
            self._borrow(settings)
        else:
            self.mint = Mint(tokens, wanted or 0, self._last_second(wanted or 0))

    def stop(self) -> None:
        """Give the number back, where it was lent."""
        self._stop()

    def _borrow(self, settings: EdgeSettings) -> None:
        from hanse.journal.nats import NatsJournal
        from hanse.journal.writer_number import Grant, WriterNumber, uptime

        assert isinstance(self._journal, NatsJournal)
        self.mint = mint = Mint(self._tokens, None, _LONG_AGO, uptime)

        def use(grant: Grant) -> None:
            after = max(grant.after_second, self._last_second(grant.number)) if grant.is_new else None
            mint.assign(grant.number, grant.until, after)

        number = WriterNumber(
            self._journal.link, settings.journal, _own_name(settings.data_dir),
            lambda: max(mint.second, self._now_s()), use, settings.edge_number,
        )  # fmt: skip
        number.start()
        self._stop = number.stop

    def _last_second(self, edge: int) -> int:
        """Return the second after which tokens are free: now, or the last token's where the clock stepped back."""
        try:
            latest = self._journal.tail(_LOOK_BACK)
        except JournalError:
            return self._now_s()
        in_journal = last_minted_second(self._tokens, (entry.body for entry in reversed(latest)), edge)
        return max(in_journal, self._now_s())

    def _now_s(self) -> int:
        return self._now_ms() // 1000 - EPOCH_SECONDS


def _own_name(data_dir: Path) -> str:
    """Return what tells this edge from others for good: a file in its data folder, which one edge at a time holds."""
    path = data_dir / "edge.id"
    if not path.exists():
        path.write_text(uuid4().hex, "ascii")
    return path.read_text("ascii").strip()
