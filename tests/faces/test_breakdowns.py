"""Overview, partner pages and breakdowns: from rollups and the ledger alone, at a fixed price, own data only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.ids import text_id
from tests import make
from tests.cast import Cast
from tests.sending import World

FORBIDDEN = ("traffic_click", "traffic_conversion", "traffic_credit", "traffic_attribution", "traffic_evidence",
             "money_commission")  # fmt: skip


@pytest.fixture
def shop(cast: Cast, journal: SqliteJournal) -> World:
    """Ana's twelve sales from Germany and two from Poland, Ben's one."""
    shop = World(cast, journal)
    for place in range(14):
        country = "DE" if place < 12 else "PL"
        subs = {"sub1": f"=mail{place % 2}"}
        fields: dict[str, Any] = {"country": country, "referrer": "blog.example/post", "subs": subs}
        token = shop.click(1, make.at(-3, minutes=place), f"v{place}", **fields)
        who = {"customer": {"external_id": f"c{place}"}}
        shop.sell(f"A-{place}", 1_000, make.at(-2, minutes=place), click=token.text, **who)
    shop.sell("B-1", 9_900, make.at(-2), click=shop.click(2, make.at(-3), "w", country="FR").text)
    shop.run()
    return shop


@pytest.fixture
def ruth(shop: World) -> Client:
    return signed_in(shop.cast.ruth)


def signed_in(person: object) -> Client:
    browser = Client()
    browser.force_login(person)  # type: ignore[arg-type]
    return browser


def pages(shop: World) -> list[str]:
    ana, link = text_id("prt", shop.cast.ana.pk), text_id("lnk", shop.cast.anas_link.pk)
    return [
        "/console/overview", "/console/overview?period=12m&measure=clicks", "/console/overview?format=csv",
        "/console/partners", "/console/partners?sort=-sign&had=active", f"/console/partners/{ana}",
        f"/console/partners/{ana}/by?by=device", f"/console/traffic/links/{link}/numbers",
        *(f"/console/overview/by?by={by}" for by in ("country", "initiative", "link", "tier", "type", "partner")),
        "/console/overview/by?by=sub:sub1&period=12m&format=csv",
    ]  # fmt: skip


@contextmanager
def told() -> Iterator[list[str]]:
    captures = [CaptureQueriesContext(connections[alias]) for alias in connections]
    found: list[str] = []
    for capture in captures:
        capture.__enter__()
    yield found
    for capture in captures:
        capture.__exit__(None, None, None)
        found += [query["sql"] for query in capture.captured_queries]


def test_overview_and_partner_pages_read_neither_clicks_nor_conversions_nor_commissions(
    shop: World, ruth: Client
) -> None:
    for page in pages(shop):
        with told() as queries:
            answer = ruth.get(page)
            list(getattr(answer, "streaming_content", ()))
        assert answer.status_code == 200, page
        touched = [sql for sql in queries if any(f'"{table}"' in sql for table in FORBIDDEN)]
        assert touched == [], page


def test_the_watch_over_tables_sees_a_page_that_reads_clicks(shop: World, ruth: Client) -> None:
    with told() as queries:
        ruth.get("/console/traffic/clicks")
    assert any('"traffic_click"' in sql for sql in queries)


def test_pages_cost_as_many_queries_with_ten_times_as_much(shop: World, ruth: Client) -> None:
    def cost() -> list[int]:
        found = []
        for page in pages(shop):
            with told() as queries:
                ruth.get(page)
            found.append(len(queries))
        return found

    cost()
    small = cost()
    for place in range(140):
        token = shop.click(
            1 + place % 2, make.at(-5, minutes=place), f"x{place}", country="SE", subs={"sub1": f"n{place}"}
        )
        shop.sell(f"X-{place}", 700, make.at(-4, minutes=place), click=token.text)
    shop.run()
    large = cost()
    assert max(large) <= 30
    assert all(after <= before + 1 for before, after in zip(small, large, strict=True))


def test_a_breakdown_names_its_groups_and_adds_up_to_the_whole(shop: World, ruth: Client) -> None:
    page = ruth.get("/console/overview/by?by=country").content.decode()
    assert page.index("Germany") < page.index("Poland")
    assert "£239.00" in page  # 14 × 10.00 + 99.00
    lines = b"".join(ruth.get("/console/overview/by?by=sub:sub1&format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=mail0,7,7,70.00,14.00" in lines  # guarded against formulas
    assert ruth.get("/console/overview/by?by=nonsense").status_code == 200


def test_an_empty_breakdown_says_what_will_show_there(shop: World, ruth: Client) -> None:
    page = ruth.get("/console/overview/by?from=2020-01-01&until=2020-01-31").content.decode()
    assert "Nothing in these days" in page


def test_partners_see_their_own_numbers_and_no_group_under_ten_customers(shop: World) -> None:
    ana = signed_in(shop.cast.anas_login)
    page = ana.get("/p/numbers?by=country").content.decode()
    assert "Germany" in page
    assert "Poland" not in page
    assert "Smaller groups" in page
    assert "France" not in page
    lines = b"".join(ana.get("/p/numbers?by=country&format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Germany,12,12,120.00,24.00" in lines
    assert "20.00" not in lines.replace("120.00", "")


def test_a_links_last_two_days_come_alone_for_the_live_chart(shop: World, ruth: Client) -> None:
    link = text_id("lnk", shop.cast.anas_link.pk)
    shop.click(1, make.at(0, hours=-3), "now")
    shop.run()
    part = ruth.get(f"/console/traffic/links/{link}/numbers?part=hours").content.decode()
    assert "1 valid click in 48 hours" in part
    assert "<html" not in part
