"""Order files: every line becomes a fact or a named reason, and a run that was stopped goes on."""

from __future__ import annotations

import gzip
import lzma
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hanse.bridges.files import staging as staging_module
from hanse.bridges.files.countries import country_code
from hanse.bridges.files.matching import match_returns
from hanse.bridges.files.reading import OrderFileReader
from hanse.bridges.files.staging import Staging
from hanse.bridges.files.types import OrderLine, Return, ReturnedItem, Skip, SkippedLine, SoldItem
from hanse.kernel.errors import Invalid

HEADER = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
SHARED = Path(__file__).parents[3] / "shared/data/online_retail_2009_2010.csv.gz"


def write(folder: Path, *rows: str, header: str = HEADER, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> list[OrderLine | SkippedLine]:
    return list(OrderFileReader(path, "GBP", "Europe/London").lines())


def staged(folder: Path, path: Path) -> Staging:
    staging = Staging(folder / "stage.sqlite")
    for _ in staging.read(OrderFileReader(path, "GBP", "Europe/London")):
        pass
    staging.match()
    return staging


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A506401,B,Adjust bad debt,1,2010-04-29 13:36:00,-53594.36,,United Kingdom", Skip.BAD_DEBT),
        ("489464,21733,85123a mixed,-96,2009-12-01 10:52:00,0.0,,United Kingdom", Skip.STOCK_CORRECTION),
        ("C496350,M,Manual,1,2010-02-01 08:24:00,373.57,,United Kingdom", Skip.CHARGE_ON_REFUND),
        ("489464,21733,x,-1,2009-12-01 10:52:00,2.0,,United Kingdom", Skip.NEGATIVE_QUANTITY),
        (",21733,x,1,2009-12-01 10:52:00,2.0,,United Kingdom", Skip.NO_ORDER_NUMBER),
        ("1,21733,x,1,the first of May,2.0,,United Kingdom", Skip.BAD_DATE),
        ("1,21733,x,1.5,2009-12-01 10:52:00,2.0,,United Kingdom", Skip.BAD_QUANTITY),
        ("1,21733,x,1,2009-12-01 10:52:00,NaN,,United Kingdom", Skip.BAD_PRICE),
        ("1,21733,x,1,2009-12-01 10:52:00,1e30,,United Kingdom", Skip.BAD_PRICE),
        ("1,21733", Skip.COLUMNS_MISSING),
    ],
)
def test_a_line_that_is_no_sale_is_skipped_with_its_reason(tmp_path: Path, row: str, reason: Skip) -> None:
    (line,) = read(write(tmp_path, row))
    assert isinstance(line, SkippedLine)
    assert (line.row, line.reason) == (1, reason)


def test_times_are_read_in_the_programs_zone_and_amounts_are_rounded_once_a_line(tmp_path: Path) -> None:
    (line,) = read(write(tmp_path, "1,PADS,Pads,3,2010-07-01 09:30:00,0.005,13085.0,EIRE"))
    assert isinstance(line, OrderLine)
    assert line.at == datetime(2010, 7, 1, 8, 30, tzinfo=UTC)
    assert (line.amount_minor, line.customer, line.country) == (2, "13085", "IE")


def test_a_file_without_the_needed_columns_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"order \(one of: invoice.*quantity"):
        read(write(tmp_path, "1,2", header="a,b\n"))


@pytest.mark.parametrize(("name", "opener"), [("o.csv.gz", gzip.open), ("o.csv.xz", lzma.open)])
def test_packed_files_are_read_as_they_are(tmp_path: Path, name: str, opener: object) -> None:
    path = tmp_path / name
    with opener(path, "wt", encoding="utf-8") as file:  # type: ignore[operator]  # both open the same way
        file.write(HEADER + "1,A,x,2,2010-01-01 10:00:00,1.50,,France\n")
    (line,) = read(path)
    assert isinstance(line, OrderLine)
    assert line.amount_minor == 300


def test_undecodable_bytes_and_controls_do_not_stop_a_file(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(HEADER.encode() + b"1,A\x00B\xff,x,1,2010-01-01 10:00:00,1.00,,France\n")
    (line,) = read(path)
    assert isinstance(line, OrderLine)
    assert line.sku == "A\ufffdB\ufffd"


def item(order: str, day: int, sku: str, quantity: int) -> SoldItem:
    return SoldItem(order, datetime(2010, 1, day, tzinfo=UTC), sku, quantity)


def back(document: str, day: int, sku: str, quantity: int, amount_minor: int) -> ReturnedItem:
    return ReturnedItem(document, day, datetime(2010, 1, day, tzinfo=UTC), sku, "", quantity, amount_minor)


def orders_of(returns: list[Return]) -> list[tuple[str | None, int, int]]:
    return [(part.order, part.quantity, part.amount_minor) for part in returns]


def test_a_return_takes_from_the_latest_earlier_sale_first_and_then_from_the_next_later_one() -> None:
    sold = [item("early", 1, "cup", 2), item("late", 5, "cup", 3), item("after", 9, "cup", 4)]
    assert orders_of(match_returns(sold, [back("C1", 6, "cup", 7, 1000)])) == [
        ("late", 3, 428),
        ("early", 2, 286),
        ("after", 2, 286),
    ]


def test_what_no_sale_covers_stays_without_an_order() -> None:
    assert orders_of(match_returns([item("a", 1, "cup", 1)], [back("C1", 2, "cup", 3, 300)])) == [
        ("a", 1, 100),
        (None, 2, 200),
    ]
    assert orders_of(match_returns([item("a", 1, "cup", 1)], [back("C1", 2, "plate", 1, 300)])) == [(None, 1, 300)]


def test_the_account_of_a_file_adds_up_and_facts_come_in_order_of_time(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "2,A,x,1,2010-01-05 10:00:00,5.00,7,France",
        "1,A,x,2,2010-01-02 10:00:00,5.00,7,France",
        "1,A,x,2,2010-01-02 10:00:00,5.00,7,France",
        "C3,A,x,-5,2010-01-03 10:00:00,5.00,7,France",
        "9,S,sample,1,2010-01-02 10:00:00,0,,France",
        "A1,B,debt,1,2010-01-02 10:00:00,-3.00,,France",
    )
    with staged(tmp_path, path) as staging:
        report = staging.report()
        facts = staging.facts_from(0, 10)
    assert (report["rows"], report["repeated_rows"]) == (6, 1)
    assert (report["gross"], report["refunded"], report["net"]) == (2200, -2500, -300)
    assert report["orders"] == {"count": 2, "amount": 2500}
    assert report["skipped"] == {"bad_debt": {"count": 1, "amount": -300}, "no_value": {"count": 1, "amount": 0}}
    assert [(fact.kind, fact.body["external_id"]) for fact in facts] == [
        ("conversion", "1"),
        ("refund", "C3/1"),
        ("refund", "C3/2"),
        ("conversion", "2"),
    ]


def test_a_stopped_run_goes_on_with_the_next_row_and_never_matches_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging_module, "CHUNK", 5)
    path = write(tmp_path, *(f"{n},A,x,1,2010-01-02 10:00:00,1.00,7,France" for n in range(1, 20)))
    reader = OrderFileReader(path, "GBP", "Europe/London")
    with Staging(tmp_path / "stage.sqlite") as staging:
        assert next(staging.read(reader)) == 5
    with Staging(tmp_path / "stage.sqlite") as staging:
        assert list(staging.read(reader)) == [10, 15, 19]
        staging.match()
        staging.match()
        assert (staging.count(), staging.report()["rows"]) == (19, 19)


@pytest.mark.parametrize(
    ("name", "code"), [("EIRE", "IE"), ("United Kingdom", "GB"), ("RSA", "ZA"), ("Unspecified", ""), ("PL", "PL")]
)
def test_country_names_become_codes(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the public year of orders is not beside the project")
def test_the_full_public_year_adds_up_to_its_published_facts(tmp_path: Path) -> None:
    with staged(tmp_path, SHARED) as staging:
        report = staging.report()
    assert (report["rows"], report["repeated_rows"]) == (525_461, 6_865)
    assert (report["gross"], report["refunded"], report["net"]) == (1_016_934_000, -62_985_537, 953_948_463)
    assert report["refund_rows"] + report["skipped"]["charge_on_refund"]["count"] == 10_206
    assert report["refund_rows_without_earlier_sale"] == 1_697
    assert report["skipped"]["stock_correction"]["count"] == 2_121
    assert report["skipped"]["bad_debt"] == {"count": 3, "amount": -13_655_202}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("01/02/2026 10:00", "13/02/2026 10:00"), ["2026-02-01", "2026-02-13"]),
        (("01/02/2026 10:00", "02/13/2026 10:00"), ["2026-01-02", "2026-02-13"]),
        (("01/02/2026 10:00", "03/02/2026 10:00"), ["2026-01-02", "2026-03-02"]),
    ],
)
def test_days_with_slashes_are_read_one_way_throughout_a_file(
    tmp_path: Path, days: tuple[str, ...], expected: list[str]
) -> None:
    lines = read(write(tmp_path, *(f"{n},T1,Tea,1,{day},2.00,7,United Kingdom" for n, day in enumerate(days, 1))))
    assert [line.at.date().isoformat() for line in lines if isinstance(line, OrderLine)] == expected


def test_a_day_that_only_the_other_way_of_writing_explains_is_skipped_and_told(tmp_path: Path) -> None:
    rows = [
        f"{n},T1,Tea,1,{day},2.00,7,United Kingdom" for n, day in enumerate(("13/02/2026 10:00", "02/13/2026 10:00"), 1)
    ]
    first, second = read(write(tmp_path, *rows))
    assert isinstance(first, OrderLine)
    assert isinstance(second, SkippedLine)
    assert second.reason == Skip.BAD_DATE
