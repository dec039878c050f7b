"""Who owns a customer's renewals: the credits of their first attributed conversion that is not fully refunded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery

from hanse.traffic.attribution.models import Credit
from hanse.traffic.attribution.types import Decision, Subject, Touch
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.customers.models import Customer


@dataclass(frozen=True, slots=True)
class Owned:
    """A conversion that made a customer somebody's, with the shares that it was credited with."""

    occurred_at: datetime
    external_id: str
    shares: tuple[tuple[UUID, int], ...]

    @property
    def order(self) -> tuple[datetime, str]:
        """Where it stands among its customer's conversions."""
        return (self.occurred_at, self.external_id)


def first_owned(
    customer_ids: Collection[UUID], undecided: Collection[UUID], *, with_tests: bool = False
) -> dict[UUID, Owned]:
    """Return each customer's first credited conversion that is kept, leaving out those still to be decided.

    Test orders make nobody an owner, except `with_tests`: of other test orders. Two queries, each reading the first
    rows of an index only.
    """
    if not customer_ids:
        return {}
    kept = Q(refunded_minor__lt=F("amount_minor")) | Q(amount_minor=0)
    kept = kept if with_tests else kept & Q(is_test=False)
    first = (
        Conversion.objects.filter(kept, Exists(Credit.objects.filter(conversion_id=OuterRef("id"))))
        .filter(customer_id=OuterRef("id"))
        .exclude(id__in=undecided)
        .order_by("occurred_at", "external_id")
    )
    firsts = {
        conversion_id: customer_id
        for customer_id, conversion_id in Customer.objects.filter(id__in=customer_ids).values_list(
            "id", Subquery(first.values("id")[:1])
        )
        if conversion_id is not None
    }
    shares: dict[UUID, list[tuple[UUID, int]]] = {}
    moments: dict[UUID, tuple[datetime, str]] = {}
    rows = Credit.objects.filter(conversion_id__in=firsts).order_by("enrolment_id")
    for id_, at, outside, enrolment_id, share_ppm in rows.values_list(
        "conversion_id", "occurred_at", "conversion__external_id", "enrolment_id", "share_ppm"
    ):
        shares.setdefault(id_, []).append((enrolment_id, share_ppm))
        moments[id_] = (at, outside)
    return {firsts[id_]: Owned(*moments[id_], tuple(found)) for id_, found in shares.items()}


def owner_touches(subject: Subject, owned: Owned | None) -> list[Touch]:
    """Return the owners of a conversion's customer as touchpoints; none where the conversion itself came first."""
    if owned is None or owned.order >= subject.order:
        return []
    detail = {"conversion": owned.external_id}
    kind = "owner" if subject.is_recurring else "lifetime"
    return [
        Touch(kind, enrolment_id, owned.occurred_at, share_ppm=share_ppm, detail={**detail, "share_ppm": share_ppm})
        for enrolment_id, share_ppm in owned.shares
    ]


def owned_by(subject: Subject, decision: Decision) -> Owned | None:
    """Return a decided conversion as the possible beginning of ownership."""
    if not decision.shares or not subject.is_kept:
        return None
    shares = tuple((share.enrolment_id, share.share_ppm) for share in decision.shares)
    return Owned(subject.occurred_at, subject.external_id, shares)


def in_order(subjects: Sequence[Subject]) -> list[Subject]:
    """Sort conversions as their customers' histories went."""
    return sorted(subjects, key=lambda one: one.order)
