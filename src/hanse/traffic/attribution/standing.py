"""What is known of enrolments when evidence is judged: active at a moment, and whose e-mail address it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hanse.programs.enrolments.models import Enrolment, StatusChange


class Standing:
    """Statuses and addresses of the enrolments that a batch touches, read in two queries at each `load`."""

    def __init__(self) -> None:
        self._emails: dict[UUID, str] = {}
        self._programs: dict[UUID, UUID] = {}
        self._moments: dict[UUID, list[datetime]] = {}
        self._statuses: dict[UUID, list[str]] = {}

    def load(self, enrolment_ids: Collection[UUID]) -> None:
        """Read what is not known yet."""
        missing = [enrolment_id for enrolment_id in enrolment_ids if enrolment_id not in self._emails]
        if not missing:
            return
        for id_, program_id, email in Enrolment.objects.filter(id__in=missing).values_list(
            "id", "program_id", "partner__email_hash"
        ):
            self._emails[id_], self._programs[id_] = email, program_id
        changes = StatusChange.objects.filter(enrolment_id__in=missing).order_by("at", "id")
        for id_, at, status in changes.values_list("enrolment_id", "at", "status"):
            self._moments.setdefault(id_, []).append(at)
            self._statuses.setdefault(id_, []).append(status)

    def status_at(self, enrolment_id: UUID, at: datetime) -> str:
        """Return the enrolment's status at a moment; "" before its first."""
        place = bisect_right(self._moments.get(enrolment_id, []), at)
        return self._statuses[enrolment_id][place - 1] if place else ""

    def is_of(self, enrolment_id: UUID, program_id: UUID) -> bool:
        """Say whether the enrolment exists and belongs to the program."""
        return self._programs.get(enrolment_id) == program_id

    def is_own_address(self, enrolment_id: UUID, email_hash: str) -> bool:
        """Say whether a buyer's address is the partner's own."""
        return bool(email_hash) and self._emails.get(enrolment_id) == email_hash
