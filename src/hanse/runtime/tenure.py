"""Being the one worker for something: a lease renewed by a thread of its own while the work goes on."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import Error, close_old_connections

from hanse.spine.positions.actions import give_back_lease, take_lease
from hanse.spine.positions.queries import database_now

_log = structlog.get_logger("hanse.work")
LEASE_SECONDS, BEAT_SECONDS = 15, 4


class Tenure:
    """A lease by name. Without a holder it is always held: on one data folder the role's lock file rules.

    Who cannot renew it for a while does not hold it, by its own clock, before the database lets another have it.
    """

    def __init__(self, name: str, holder: str) -> None:
        self._name, self._holder, self._until = name, holder, 0.0

    @property
    def held(self) -> bool:
        """Whether the work may begin now."""
        return not self._holder or time.monotonic() < self._until

    def keep_until(self, stopped: threading.Event) -> None:
        """Take the lease whenever it is free and keep it, in the background, until told to stop."""
        if self._holder:
            self._renew()
            threading.Thread(target=self._keep, args=(stopped,), name=f"{self._name}-lease", daemon=True).start()

    def _keep(self, stopped: threading.Event) -> None:
        while not stopped.wait(BEAT_SECONDS):
            close_old_connections()
            self._renew()
        try:
            give_back_lease(self._name, self._holder, database_now())
        except Error as error:  # it ends by itself
            _log.info("lease_not_given_back", lease=self._name, why=type(error).__name__)

    def _renew(self) -> None:
        began = time.monotonic()
        try:
            if take_lease(self._name, self._holder, database_now(), LEASE_SECONDS):
                self._until = began + LEASE_SECONDS - 2
        except Error as error:
            _log.warning("lease_not_renewed", lease=self._name, why=type(error).__name__)
