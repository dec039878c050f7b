"""Orders as a shop sends them: three lines each, a third of them with a click or a code, customers who come back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bench.program import CATEGORIES, Stage
from hanse.kernel.facts import ClickFact
from hanse.kernel.tokens import ClickTokens

YEAR = timedelta(days=365)
BY_CLICK, BY_COUPON = 0.22, 0.33  # the dice below which an order brings a click, else a code
CUSTOMERS_AN_ORDER = 0.6
Order = dict[str, Any]


class Shop:
    """Makes orders in the order of their dates, and the clicks before them. The same seed, the same orders."""

    def __init__(self, stage: Stage, tokens: ClickTokens, ends_at: datetime, size: int, seed: int = 5) -> None:
        self._stage, self._tokens, self._ends_at, self._size = stage, tokens, ends_at, size
        self._chance = random.Random(seed)  # noqa: S311  # the same orders each time
        self._clicks: list[ClickFact] = []

    def clicks_before(self, count: int) -> list[ClickFact]:
        """Return the clicks that a shop of the same seed names in its first so many orders."""
        self._clicks.clear()
        for _order in self.orders("", count):
            pass
        return list(self._clicks)

    def orders(self, prefix: str, count: int, lines: int = 3) -> Iterator[Order]:
        """Yield orders over the year, the oldest first."""
        customers = max(1, int(self._size * CUSTOMERS_AN_ORDER))
        for place in range(count):
            at = self._ends_at - YEAR * (count - place) / count
            entries = [self._line(number) for number in range(lines)]
            order: Order = {
                "goal": "sale", "external_id": f"{prefix}-{place}", "occurred_at": at.isoformat(), "currency": "GBP",
                "amount": sum(entry["amount"] for entry in entries), "lines": entries,
                "customer": {"external_id": f"C-{self._chance.randrange(customers)}", "country": "GB"},
                "metadata": {"channel": "web"},
            }  # fmt: skip
            dice = self._chance.random()
            if dice < BY_CLICK:
                order["click"] = self._click(at, place)
            elif dice < BY_COUPON:
                order["coupon"] = self._chance.choice(self._stage.codes)
            yield order

    def _line(self, number: int) -> dict[str, Any]:
        chance = self._chance
        return {
            "sku": f"SKU-{chance.randrange(4_000)}-{number}", "category": chance.choice(CATEGORIES),
            "quantity": chance.randint(1, 6), "amount": chance.randint(150, 9_000),
        }  # fmt: skip

    def _click(self, bought_at: datetime, place: int) -> str:
        clicked_at = (bought_at - timedelta(minutes=self._chance.randint(2, 20_000))).replace(microsecond=0)
        number = self._chance.choice(self._stage.link_numbers)
        token = self._tokens.mint(number, clicked_at, 1, place % (1 << 14))
        visitor = f"v{place:019d}"
        self._clicks.append(
            ClickFact(token.core_hex, number, clicked_at, visitor, "", "GB", "", "Mozilla/5.0", "blog.example/best")
        )
        return token.text
