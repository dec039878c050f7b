"""The oracle: what clients were answered against what the stores hold, read past the product."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from hanse.journal.engine import sqlite
from hanse.kernel.signing import derive
from hanse.kernel.tokens import ClickTokens


@dataclass
class Log:
    """What clients asked for and what they were answered, in their own words."""

    orders_asked: Counter[str] = field(default_factory=Counter)
    orders_answered: dict[str, int] = field(default_factory=dict)
    clicks_asked: int = 0
    tokens: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Stored:
    """What the stores hold: (outside id, amount) of each conversion, ids of clicks, ledger sums that are not zero."""

    conversions: list[tuple[str, int]]
    clicks: list[str]
    unbalanced: list[tuple[Any, ...]]
    commissions: list[tuple[str, int]]
    integrity: list[str]


_CONVERSIONS = "SELECT external_id, amount_minor FROM traffic_conversion"
_COMMISSIONS = (
    "SELECT c.external_id, COUNT(*) FROM money_commission m JOIN traffic_conversion c ON c.id = m.conversion_id"
    " GROUP BY c.external_id HAVING COUNT(*) > 1"
)
_UNBALANCED = (
    "SELECT transaction_id, currency, SUM(amount_minor) FROM money_entry GROUP BY 1, 2 HAVING SUM(amount_minor) <> 0"
)


def read_stores(data: Path, database_url: str = "") -> Stored:
    """Read what is stored, past the product, on either engine."""
    if database_url:
        with psycopg.connect(database_url) as connection:
            ask = lambda sql: connection.execute(sql).fetchall()  # noqa: E731
            return _read(ask, ask, [])
    main, clicks = sqlite.connect(data / "main.sqlite3"), sqlite.connect(data / "clicks.sqlite3")
    journal = sqlite.connect(data / "journal.sqlite3")
    try:
        checks = [row[0] for store in (main, clicks, journal) for row in store.execute("PRAGMA integrity_check")]
        wrong = [line for line in checks if line != "ok"] + [
            str(row) for row in main.execute("PRAGMA foreign_key_check")
        ]
        return _read(lambda sql: main.execute(sql).fetchall(), lambda sql: clicks.execute(sql).fetchall(), wrong)
    finally:
        for store in (main, clicks, journal):
            store.close()


def _read(main: Any, clicks: Any, integrity: list[str]) -> Stored:
    return Stored(
        conversions=main(_CONVERSIONS),
        clicks=[row[0] for row in clicks("SELECT id FROM traffic_click")],
        unbalanced=main(_UNBALANCED),
        commissions=main(_COMMISSIONS),
        integrity=integrity,
    )


def complaints(log: Log, stored: Stored, master_key: bytes) -> list[str]:
    """Return everything that is lost, doubled, invented or out of balance; nothing when all is well."""
    held = Counter(external_id for external_id, _amount in stored.conversions)
    amounts = dict(stored.conversions)
    found = [f"order {one} was answered and is lost" for one in log.orders_answered if not held[one]]
    found += [f"order {one} is there {count} times" for one, count in held.items() if count > 1]
    found += [f"order {one} was never sent" for one in held if not log.orders_asked[one]]
    found += [
        f"order {one} has {amounts[one]} for {amount}"
        for one, amount in log.orders_answered.items()
        if held[one] and amounts[one] != amount
    ]
    tokens = ClickTokens(derive(master_key, "click-token"))
    clicks = Counter(stored.clicks)
    found += [
        f"click {core} was answered and is lost" for core in map(_core(tokens), set(log.tokens)) if not clicks[core]
    ]
    found += [f"click {core} is there {count} times" for core, count in clicks.items() if count > 1]
    if len(stored.clicks) > log.clicks_asked:
        found.append(f"{len(stored.clicks)} clicks for {log.clicks_asked} requests")
    found += [f"transaction does not balance: {row}" for row in stored.unbalanced]
    found += [f"order {one} has {count} commissions for one credit" for one, count in stored.commissions]
    return found + [f"damaged: {line}" for line in stored.integrity]


def _core(tokens: ClickTokens) -> Any:
    return lambda text: tokens.read(text).core_hex
