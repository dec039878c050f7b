"""Recording customers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from hanse.kernel.fact_types import ConversionFact
from hanse.kernel.ids import new_id
from hanse.spine.bulk import insert_many, update_many
from hanse.traffic.customers.models import Customer
from hanse.traffic.customers.types import CustomerKey, KnownCustomers

_COLUMNS = ("id", "program_id", "external_id", "email_hash", "country", "first_seen_at")


def record_customers(facts: Iterable[tuple[UUID, ConversionFact]]) -> KnownCustomers:
    """Store the buyers named in conversions, given with their programs; what was missing is filled in.

    The country of a known customer stays as it is; of several addresses the lower hash counts, so that the order in
    which they came does not matter; `first_seen_at` is the earliest conversion's time.
    """
    named = [(program_id, fact) for program_id, fact in facts if fact.customer is not None]
    rows = _known_rows({(program_id, fact.customer.external_id) for program_id, fact in named if fact.customer})
    before = {row["id"] for row in rows.values()}
    emails = {row["id"]: row["email_hash"] for row in rows.values()}
    made: list[dict[str, Any]] = []
    changed: dict[UUID, dict[str, Any]] = {}
    for program_id, fact in named:
        if (customer := fact.customer) is None:
            continue
        key = (program_id, customer.external_id)
        row = rows.get(key)
        if row is None:
            row = rows[key] = {
                "id": new_id(), "program_id": program_id, "external_id": customer.external_id,
                "email_hash": customer.email_hash, "country": customer.country, "first_seen_at": fact.occurred_at,
            }  # fmt: skip
            made.append(row)
        elif _fill_in(row, fact) and row["id"] in before:
            changed[row["id"]] = {name: row[name] for name in ("id", "email_hash", "country", "first_seen_at")}
    insert_many(Customer, made)
    update_many(Customer, list(changed.values()))
    renamed = frozenset(id_ for id_, row in changed.items() if row["email_hash"] != emails[id_])
    return KnownCustomers({key: row["id"] for key, row in rows.items()}, frozenset(before), renamed)


def _known_rows(keys: set[CustomerKey]) -> dict[CustomerKey, dict[str, Any]]:
    if not keys:
        return {}
    rows = Customer.objects.filter(
        program_id__in={program_id for program_id, _ in keys}, external_id__in={outside for _, outside in keys}
    ).values(*_COLUMNS)
    return {(row["program_id"], row["external_id"]): dict(row) for row in rows}


def _fill_in(row: dict[str, Any], fact: ConversionFact) -> bool:
    customer = fact.customer
    missing: dict[str, object] = {}
    if customer is not None:
        if customer.country and not row["country"]:
            missing["country"] = customer.country
        if customer.email_hash and (not row["email_hash"] or customer.email_hash < row["email_hash"]):
            missing["email_hash"] = customer.email_hash
    if fact.occurred_at < row["first_seen_at"]:
        missing["first_seen_at"] = fact.occurred_at
    row.update(missing)
    return bool(missing)
