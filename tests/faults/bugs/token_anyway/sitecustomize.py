"""A planted bug: the edge hands out tokens although the journal said that nothing was written."""

from hanse.edge import clicks as room

_really_settle = room.Clicks.settle


def _settle(self: room.Clicks, waiters: list[room.Waiter], recorded: bool) -> None:
    _really_settle(self, waiters, True)


room.Clicks.settle = _settle  # type: ignore[method-assign]
