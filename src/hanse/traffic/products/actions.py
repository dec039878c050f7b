"""Verbs of products."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from hanse.traffic.products.models import Product

_CHUNK = 2_000


def name_products(program_id: UUID, names: Mapping[str, str]) -> int:
    """Keep each sku's name, the newest wins; empty names are left out. Returns how many were kept."""
    rows = [
        Product(program_id=program_id, sku=sku[:200], name=name.strip()[:300])
        for sku, name in names.items()
        if sku and name.strip()
    ]
    Product.objects.bulk_create(
        rows, batch_size=_CHUNK, update_conflicts=True, unique_fields=["program", "sku"], update_fields=["name"]
    )
    return len(rows)
