"""New or existing: derived from when a customer's conversions occurred, whatever the order they came in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from hanse.spine.bulk import update_many
from hanse.traffic.attribution.queries import frozen_among
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.conversions.types import Row, Watch
from hanse.traffic.customers.models import Customer
from hanse.traffic.customers.queries import listed_since

Purchase = tuple[datetime, str]
_NEVER: Purchase = (datetime.max.replace(tzinfo=UTC), "")


def purchase_of(row: Row) -> Purchase | None:
    """Return where a conversion stands in its customer's history, or None if it makes nobody a customer.

    A conversion of no value (a lead, a signup) and a test do not: the first one with a value is a new customer's.
    """
    return (row["occurred_at"], row["external_id"]) if row["amount_minor"] > 0 and not row["is_test"] else None


def first_purchases(customer_ids: Collection[UUID]) -> dict[UUID, Purchase]:
    """Return each customer's earliest purchase; being on the business's list counts as one, at the moment since when.

    One query that looks at the first rows of an index only, and one for the lists (two where some are kept).
    """
    if not customer_ids:
        return {}
    purchases = Conversion.objects.filter(customer_id=OuterRef("id"), amount_minor__gt=0, is_test=False)
    first = purchases.order_by("occurred_at", "external_id")
    rows = Customer.objects.filter(id__in=customer_ids).values_list(
        "id", Subquery(first.values("occurred_at")[:1]), Subquery(first.values("external_id")[:1])
    )
    firsts = {customer_id: (at, outside) for customer_id, at, outside in rows if at is not None}
    for customer_id, since in listed_since(customer_ids).items():
        firsts[customer_id] = min((since, ""), firsts.get(customer_id, _NEVER))
    return firsts


def settle_newness(rows: Sequence[Row], known: dict[UUID, Purchase], earlier: Collection[UUID]) -> set[UUID]:
    """Set `is_new` of rows that are about to be stored; return those of the customers who had a row before (`earlier`)
    whose first purchase moved back, or came after a lead.

    What the sender said wins over history; without a customer only the sender can know.
    """
    first = dict(known)
    for row in rows:
        purchase = purchase_of(row)
        if purchase and row["customer_id"] and purchase < first.get(row["customer_id"], _NEVER):
            first[row["customer_id"]] = purchase
    for row in rows:
        row["is_new"] = is_new(row, first.get(row["customer_id"]))
    return {one for one, purchase in first.items() if one in earlier and purchase < known.get(one, _NEVER)}


def is_new(row: Row, first: Purchase | None) -> bool | None:
    """Say whether a conversion is a new customer's: sent, else no purchase came before it."""
    if row["sent_is_new"] is not None or row["customer_id"] is None:
        return bool(row["sent_is_new"]) if row["sent_is_new"] is not None else None
    return first is None or first >= (row["occurred_at"], row["external_id"])


def rederive_newness(customer_ids: Collection[UUID], watch: Watch) -> set[UUID]:
    """Derive `is_new` again for all conversions of these customers; return the ids of those that changed.

    Conversions whose attribution is frozen stay as they were decided.
    """
    if not customer_ids:
        return set()
    first = first_purchases(customer_ids)
    columns = ("id", "customer_id", "occurred_at", "external_id", "sent_is_new", "is_new")
    rows = Conversion.objects.filter(customer_id__in=customer_ids, sent_is_new=None).values(*columns)
    changes = []
    for row in rows:
        derived = is_new(row, first.get(row["customer_id"]))
        if derived != row["is_new"]:
            changes.append({"id": row["id"], "is_new": derived})
    frozen = frozen_among([change["id"] for change in changes])
    changes = [change for change in changes if change["id"] not in frozen]
    changed = {change["id"] for change in changes}
    watch(changed)
    update_many(Conversion, changes)
    return changed
