"""An order file on its way in: staged in a small database of its own, so that any size fits and a stop loses nothing.

Stages: `reading` (rows are copied), `matching` (orders are gathered, returns find their sales), `sending` (facts wait
in order of time, `sent` tells how many are in the journal). Each step commits with its own mark, so a run that was
killed goes on where it stopped.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from hanse.bridges.files.facts import order_fact, return_facts
from hanse.bridges.files.matching import match_returns
from hanse.bridges.files.reading import MICRO, OrderFileReader
from hanse.bridges.files.types import FileFact, OrderLine, Report, ReturnedItem, Skip, SkippedLine, SoldItem, Tally
from hanse.kernel.money import round_half_away

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS line (row INTEGER PRIMARY KEY, ord TEXT, sku TEXT, category TEXT, quantity INTEGER,
  amount INTEGER, exact INTEGER, at TEXT, customer TEXT, country TEXT, is_refund INTEGER);
CREATE TABLE IF NOT EXISTS skipped (row INTEGER PRIMARY KEY, ord TEXT, reason TEXT, amount INTEGER, text TEXT);
CREATE TABLE IF NOT EXISTS product (sku TEXT PRIMARY KEY, name TEXT);
CREATE TABLE IF NOT EXISTS refused (sequence INTEGER PRIMARY KEY, external_id TEXT, message TEXT);
CREATE TABLE IF NOT EXISTS fact (sequence INTEGER PRIMARY KEY, kind TEXT, at TEXT, body TEXT);
"""
CHUNK = 10_000
_LINE = "row, ord, sku, category, quantity, amount, exact, at, customer, country, is_refund"


class Staging:
    """The staged file. Use as a context manager; `read`, `match` and `facts_from` go on where they stopped."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def mark(self, name: str, default: str = "") -> str:
        """Return a stored mark."""
        row = self._db.execute("SELECT value FROM mark WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def set_mark(self, name: str, value: object) -> None:
        """Store a mark."""
        self._db.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (name, str(value)))

    def read(self, reader: OrderFileReader) -> Iterator[int]:
        """Copy the rows that are not copied yet; yields the row number after each chunk."""
        if self.mark("read") == "done":
            return
        lines: list[tuple[Any, ...]] = []
        skipped: list[tuple[Any, ...]] = []
        names: dict[str, str] = {}
        row = int(self.mark("row", "0"))
        for entry in reader.lines(after_row=row):
            row = entry.row
            if isinstance(entry, OrderLine):
                lines.append(_line_row(entry))
                if entry.name and not entry.is_refund:
                    names[entry.sku] = entry.name
            else:
                skipped.append((entry.row, entry.order, entry.reason, entry.amount_minor, entry.text))
            if len(lines) + len(skipped) >= CHUNK:
                self._store_rows(lines, skipped, names, row)
                lines, skipped, names = [], [], {}
                yield row
        self._store_rows(lines, skipped, names, row)
        self._db.execute("CREATE INDEX IF NOT EXISTS line_by_order ON line (ord, row)")
        self._db.execute("CREATE INDEX IF NOT EXISTS line_by_customer ON line (customer, at)")
        self.set_mark("read", "done")
        yield row

    def _store_rows(
        self, lines: list[tuple[Any, ...]], skipped: list[tuple[Any, ...]], names: dict[str, str], row: int
    ) -> None:
        self._db.execute("BEGIN")
        self._db.executemany(f"INSERT OR REPLACE INTO line ({_LINE}) VALUES (?,?,?,?,?,?,?,?,?,?,?)", lines)  # noqa: S608
        self._db.executemany("INSERT OR REPLACE INTO skipped VALUES (?,?,?,?,?)", skipped)
        self._db.executemany("INSERT OR REPLACE INTO product VALUES (?,?)", names.items())
        self.set_mark("row", row)
        self._db.execute("COMMIT")

    def match(self) -> None:
        """Gather orders and find each return's sale; writes the facts in order of time. Done once."""
        if self.mark("matched") == "done":
            return
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM fact")
        self._skip_worthless_orders()
        report = self._counted()
        facts = [*self._order_facts(report), *self._return_facts(report)]
        facts.sort(key=lambda fact: (fact[1], fact[0], fact[2]))
        self._db.executemany("INSERT INTO fact (kind, at, body) VALUES (?, ?, ?)", facts)
        self.set_mark("report", json.dumps(_report_object(report)))
        self.set_mark("matched", "done")
        self._db.execute("COMMIT")

    def _skip_worthless_orders(self) -> None:
        """Orders without any value (samples, stock taken in) are no sales."""
        worthless = "SELECT ord FROM line WHERE NOT is_refund GROUP BY ord HAVING SUM(amount) = 0"
        self._db.execute(
            f"INSERT INTO skipped SELECT row, ord, ?, 0, sku FROM line WHERE NOT is_refund AND ord IN ({worthless})",  # noqa: S608
            (Skip.NO_VALUE,),
        )
        self._db.execute(f"DELETE FROM line WHERE NOT is_refund AND ord IN ({worthless})")  # noqa: S608

    def _counted(self) -> Report:
        one = self._db.execute
        report = Report()
        kept, skipped = (one(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("line", "skipped"))  # noqa: S608
        report.rows = kept + skipped
        report.repeated_rows = one(
            "SELECT COALESCE(SUM(n - 1), 0) FROM (SELECT COUNT(*) AS n FROM line"
            " GROUP BY ord, sku, quantity, amount, at, customer HAVING n > 1)"
        ).fetchone()[0]
        for is_refund, total, exact in one("SELECT is_refund, SUM(amount), SUM(exact) FROM line GROUP BY is_refund"):
            if is_refund:
                report.refunds_minor += total
            else:
                report.gross_minor += round_half_away(exact, MICRO)
                report.rounding_minor += total - round_half_away(exact, MICRO)
        for reason, on_refund, count, total in one(
            "SELECT reason, ord LIKE 'C%', COUNT(*), SUM(amount) FROM skipped GROUP BY 1, 2"
        ):
            report.skipped.setdefault(reason, Tally()).add(total, count)
            if on_refund:
                report.refunds_minor += total
            else:
                report.gross_minor += total
        return report

    def _order_facts(self, report: Report) -> Iterator[tuple[str, str, str]]:
        rows = self._db.execute(f"SELECT {_LINE} FROM line WHERE NOT is_refund ORDER BY ord, row")  # noqa: S608
        for _, group in groupby(rows, key=lambda row: row[1]):
            lines = [_stored_line(row) for row in group]
            fact = order_fact(lines)
            report.orders.add(sum(line.amount_minor for line in lines))
            report.order_lines += len(lines)
            yield "conversion", str(fact["occurred_at"]), json.dumps(fact)

    def _return_facts(self, report: Report) -> Iterator[tuple[str, str, str]]:
        with_returns = "SELECT DISTINCT customer FROM line WHERE is_refund"
        rows = self._db.execute(
            f"SELECT {_LINE} FROM line WHERE customer IN ({with_returns}) AND (is_refund OR customer <> '')"  # noqa: S608
            " ORDER BY customer, row"
        )
        for customer, group in groupby(rows, key=lambda row: row[8]):
            lines = [_stored_line(row) for row in group]
            sold = [SoldItem(x.order, x.at, x.sku, x.quantity) for x in lines if not x.is_refund and customer]
            returned = [
                ReturnedItem(x.order, x.row, x.at, x.sku, x.category, -x.quantity, -x.amount_minor)
                for x in lines
                if x.is_refund
            ]
            returns = match_returns(sold, returned)
            report.refund_rows += len(returned)
            report.refund_rows_without_earlier_sale += _without_earlier_sale(sold, returned) if customer else 0
            for fact, known in return_facts(returns):
                amount_minor = int(str(fact["amount"]))
                report.refunds.add(amount_minor)
                if not known:
                    report.refunds_without_sale.add(amount_minor)
                yield "refund", str(fact["occurred_at"]), json.dumps(fact)

    def report(self) -> dict[str, Any]:
        """Return the account of every line, once `match` is done."""
        report: dict[str, Any] = json.loads(self.mark("report", "{}"))
        return report

    def count(self) -> int:
        """Return how many facts the file has."""
        return int(self._db.execute("SELECT COUNT(*) FROM fact").fetchone()[0])

    def facts_from(self, sequence: int, limit: int) -> list[FileFact]:
        """Return the next facts in order of time, after a sequence number."""
        rows = self._db.execute(
            "SELECT sequence, kind, at, body FROM fact WHERE sequence > ? ORDER BY sequence LIMIT ?", (sequence, limit)
        )
        return [FileFact(number, kind, datetime.fromisoformat(at), json.loads(body)) for number, kind, at, body in rows]

    def product_names(self) -> dict[str, str]:
        """Return what the file calls its articles, by sku."""
        return dict(self._db.execute("SELECT sku, name FROM product"))

    def refuse(self, fact: FileFact, message: str) -> None:
        """Note that the door would not take a fact, and why; the rest of the file goes on."""
        row = (fact.sequence, str(fact.body["external_id"]), message)
        self._db.execute("INSERT OR REPLACE INTO refused VALUES (?, ?, ?)", row)

    def refused(self) -> list[tuple[str, str]]:
        """Return the outside ids that the door would not take, with the reasons."""
        return list(self._db.execute("SELECT external_id, message FROM refused ORDER BY sequence"))

    def skipped_lines(self) -> Iterator[SkippedLine]:
        """Yield every line that was left out, in the file's order."""
        for row, order, reason, amount_minor, text in self._db.execute("SELECT * FROM skipped ORDER BY row"):
            yield SkippedLine(row, order, Skip(reason), amount_minor, text)


def _without_earlier_sale(sold: Sequence[SoldItem], returned: Sequence[ReturnedItem]) -> int:
    first_sold_at: dict[str, datetime] = {}
    for item in sold:
        first_sold_at[item.sku] = min(item.at, first_sold_at.get(item.sku, item.at))
    return sum(1 for item in returned if item.sku not in first_sold_at or first_sold_at[item.sku] > item.at)


def _line_row(line: OrderLine) -> tuple[Any, ...]:
    return (
        line.row,
        line.order,
        line.sku,
        line.category,
        line.quantity,
        line.amount_minor,
        line.exact_micro,
        line.at.isoformat(),
        line.customer,
        line.country,
        int(line.is_refund),
    )


def _stored_line(row: tuple[Any, ...]) -> OrderLine:
    number, order, sku, category, quantity, amount_minor, exact, at, customer, country, is_refund = row
    moment = datetime.fromisoformat(at)
    return OrderLine(
        number, order, sku, category, quantity, amount_minor, exact, moment, customer, country, bool(is_refund)
    )


def _report_object(report: Report) -> dict[str, Any]:
    def tally(value: Tally) -> dict[str, int]:
        return {"count": value.count, "amount": value.amount_minor}

    return {
        "rows": report.rows,
        "repeated_rows": report.repeated_rows,
        "gross": report.gross_minor,
        "rounding": report.rounding_minor,
        "refunded": report.refunds_minor,
        "net": report.net_minor,
        "orders": tally(report.orders),
        "order_lines": report.order_lines,
        "refunds": tally(report.refunds),
        "refund_rows": report.refund_rows,
        "refund_rows_without_earlier_sale": report.refund_rows_without_earlier_sale,
        "refunds_without_sale": tally(report.refunds_without_sale),
        "skipped": {reason: tally(value) for reason, value in sorted(report.skipped.items())},
    }
