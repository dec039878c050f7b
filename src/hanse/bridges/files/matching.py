"""Which sale does a return belong to? Order files do not say; the customer, the article and the dates do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hanse.bridges.files.types import Return, ReturnedItem, SoldItem
from hanse.kernel.money import largest_remainder


def match_returns(sold: Iterable[SoldItem], returned: Sequence[ReturnedItem]) -> list[Return]:
    """Lay one customer's returns over the same customer's sales.

    A return takes from the latest earlier sale of the article that has some left, then from the next later one (shops
    book returns before the sale, too). What no sale of the file covers stays without an order. The parts of an item's
    amount go by quantity and add up exactly.
    """
    stock: dict[str, list[_Stock]] = defaultdict(list)
    for sale in sorted(sold, key=lambda item: (item.at, item.order)):
        stock[sale.sku].append(_Stock(sale))
    matched: list[Return] = []
    for item in sorted(returned, key=lambda item: (item.at, item.row)):
        matched += _take(item, stock[item.sku])
    return matched


class _Stock:
    """A sold item and how many of it were not returned yet."""

    __slots__ = ("item", "left")

    def __init__(self, item: SoldItem) -> None:
        self.item, self.left = item, item.quantity


def _take(item: ReturnedItem, stock: list[_Stock]) -> list[Return]:
    earlier = [entry for entry in reversed(stock) if entry.item.at <= item.at]
    later = [entry for entry in stock if entry.item.at > item.at]
    parts: list[tuple[_Stock | None, int]] = []
    wanted = item.quantity
    for entry in (*earlier, *later):
        if wanted == 0:
            break
        if quantity := min(wanted, entry.left):
            entry.left -= quantity
            wanted -= quantity
            parts.append((entry, quantity))
    if wanted:
        parts.append((None, wanted))
    amounts = largest_remainder(item.amount_minor, [quantity for _, quantity in parts])
    return [
        Return(item, entry.item.order if entry else None, quantity, amount)
        for (entry, quantity), amount in zip(parts, amounts, strict=True)
    ]
