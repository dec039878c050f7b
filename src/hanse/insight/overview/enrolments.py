"""Names for numbers: the enrolments that figures speak of."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hanse.programs.enrolments.models import Enrolment


def enrolments_by_id(enrolment_ids: Collection[UUID]) -> dict[UUID, Enrolment]:
    """Return enrolments with their partners by id. One query."""
    return Enrolment.objects.select_related("partner").in_bulk(list(enrolment_ids))
