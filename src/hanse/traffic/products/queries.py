"""Reads of products."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hanse.traffic.products.models import Product


def product_names(program_id: UUID, skus: Collection[str]) -> dict[str, str]:
    """Return the names of those skus that have one."""
    known = Product.objects.filter(program_id=program_id, sku__in=set(skus) - {""})
    return dict(known.values_list("sku", "name"))
