"""Orders and returns of a file as the objects that `POST /v1/conversions` and `/v1/refunds` take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from hanse.bridges.files.types import OrderLine, Return


def order_fact(lines: Sequence[OrderLine], goal: str = "sale") -> dict[str, object]:
    """Return one order as a conversion, dated by its first line."""
    first = lines[0]
    fact: dict[str, object] = {
        "goal": goal,
        "external_id": first.order,
        "occurred_at": min(line.at for line in lines).isoformat(),
        "amount": sum(line.amount_minor for line in lines),
        "lines": [_line(line.sku, line.category, line.quantity, line.amount_minor) for line in lines],
    }
    if first.customer:
        fact["customer"] = {"external_id": first.customer} | ({"country": first.country} if first.country else {})
    return fact


def return_facts(returns: Sequence[Return], goal: str = "sale") -> Iterator[tuple[dict[str, object], bool]]:
    """Yield one refund for each (document, sale) and whether the file knows the sale.

    A return whose sale is not in the file waits under a name of its own, so it stays in sight and is never guessed.
    """
    by_sale = sorted(returns, key=lambda part: (part.item.document, part.order or "", part.item.row))
    for (document, order), group in groupby(by_sale, key=lambda part: (part.item.document, part.order)):
        parts = list(group)
        yield (
            {
                "external_id": f"{document}/{order}" if order else f"{document}/unknown",
                "conversion": order or f"unknown sale of {document}",
                "goal": goal,
                "kind": "refund",
                "occurred_at": min(part.item.at for part in parts).isoformat(),
                "amount": sum(part.amount_minor for part in parts),
                "lines": [_line(p.item.sku, p.item.category, p.quantity, p.amount_minor) for p in parts],
            },
            order is not None,
        )


def _line(sku: str, category: str, quantity: int, amount_minor: int) -> dict[str, object]:
    return {"sku": sku, "category": category, "quantity": quantity, "amount": amount_minor}
