"""A planted bug: the journal on NATS says that records are safe before the server does, a second before."""

import threading

from hanse.journal import nats as room

_really_append = room.NatsJournal.append


def _append(self: room.NatsJournal, records: list[bytes]) -> int:
    threading.Timer(1.0, _really_append, (self, records)).start()
    return 1 << 16


room.NatsJournal.append = _append  # type: ignore[method-assign, assignment]
