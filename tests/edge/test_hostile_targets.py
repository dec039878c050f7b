"""Hostile addresses are followed nowhere: asked for by a visitor, written into a link's routes, or saved in a link."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import httpx
import pytest

from hanse.edge.destination import deep_link
from hanse.kernel.routes import read_routes
from hanse.spine.web_addresses import address_problem, as_sent, leads_to_one_of
from tests.edge import hostile_targets
from tests.edge.door_tables import DoorTables
from tests.edge.serving import Edge
from tests.edge.test_redirects import HOME, HOSTS, lands_on

EXPECTED_HEADERS = {"location", "cache-control", "set-cookie", "server", "content-length", "date"}


def test_there_are_enough_of_them() -> None:
    assert len(set(hostile_targets.ALL)) == len(hostile_targets.ALL) >= 140


@pytest.mark.parametrize("wanted", hostile_targets.ALL)
def test_a_hostile_target_is_not_followed(wanted: str) -> None:
    taken = deep_link(wanted, HOME, HOSTS)
    if taken:
        assert lands_on(taken) == hostile_targets.OURS
        assert taken.isascii()
        assert taken.isprintable()
        assert taken.startswith("https://")


@pytest.mark.parametrize("wanted", hostile_targets.ALL)
def test_a_hostile_target_is_not_saved(wanted: str) -> None:
    saved = address_problem(wanted) is None and leads_to_one_of(wanted, [hostile_targets.OURS])
    if saved:
        assert lands_on(wanted) == hostile_targets.OURS or lands_on(wanted).rstrip(".") == hostile_targets.OURS
        taken = deep_link(wanted, HOME, HOSTS)
        assert taken == "" or lands_on(taken) == hostile_targets.OURS
        assert lands_on(as_sent(wanted)) == hostile_targets.OURS


@pytest.mark.parametrize(
    ("saved", "sent"),
    [
        ("HTTPS://Shop.Example/A?b#C", "https://shop.example/A?b#C"),
        ("https://shop.example.:443/x", "https://shop.example/x"),
        ("https://shop.example", "https://shop.example"),
        ("https://münchen.example/ä", "https://xn--mnchen-3ya.example/ä"),
        ("https://shop.example:8443/x", "https://shop.example:8443/x"),
        ("", ""),
        ("https://", "https://"),
    ],
)
def test_what_was_saved_is_told_to_the_edge_as_browsers_send_it(saved: str, sent: str) -> None:
    assert as_sent(saved) == sent
    routes = read_routes({"split": [{"name": "a", "weight": 1, "to": saved}, {"name": "b", "weight": 1}]})
    assert [arm.to for arm in routes.leading(as_sent).split] == [sent, ""]
    hosts = frozenset({"shop.example", "shop.example:8443", "xn--mnchen-3ya.example"})
    if sent.startswith(("https://s", "https://x")):
        assert lands_on(deep_link(sent, HOME, hosts)) in {"shop.example", "xn--mnchen-3ya.example"}


def test_over_http_every_visitor_lands_in_the_shop(edge: Edge, client: httpx.Client) -> None:
    for wanted in hostile_targets.ALL:
        for query in (f"to={quote(wanted, safe='')}", f"url={quote(wanted)}&to=", f"sub1={quote(wanted)}"):
            answer = client.get(f"/spring?{query}")
            assert answer.status_code == 302, (wanted, query)
            assert lands_on(answer.headers["location"]) == hostile_targets.OURS, (wanted, answer.headers["location"])
            assert set(answer.headers) <= EXPECTED_HEADERS, (wanted, answer.headers)
            assert len(answer.headers.get_list("location")) == 1


def test_hostile_routes_in_the_tables_lead_to_the_links_own_destination(
    edge: Edge, tables: DoorTables, client: httpx.Client
) -> None:
    for place, wanted in enumerate(hostile_targets.ALL):
        rule = {"rules": [{"countries": [], "devices": ["desktop"], "to": wanted}]}
        tables.link(10_000 + place, f"poisoned{place}", routes=json.dumps(rule))
    time.sleep(1.0)
    for place, wanted in enumerate(hostile_targets.ALL):
        answer = client.get(f"/poisoned{place}")
        assert answer.status_code == 302
        assert lands_on(answer.headers["location"]) == hostile_targets.OURS, wanted
        assert set(answer.headers) <= EXPECTED_HEADERS, wanted
