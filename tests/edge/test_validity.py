"""The named reasons of invalid clicks: their order, and what headers tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from hanse.edge.agents import Agent
from hanse.edge.networks import PRIVATE, UNKNOWN, Network
from hanse.edge.records import Program
from hanse.edge.validity import REASONS, reason_of

PROGRAM = Program(
    UUID(int=1), "main", "https://shop.example/gone", "hz_click", "EUR", frozenset(), frozenset(), frozenset(),
    browser_conversions=False, consent_mode=False, archived=False, version=1,
)  # fmt: skip
BROWSER = {"accept": "text/html,*/*;q=0.8", "accept-language": "de"}
PERSON, DECLARED = Agent("", "phone"), Agent("bot_declared", "bot")
GERMAN, CLOUD = Network("DE", ""), Network("US", "datacentre")


@dataclass(frozen=True)
class FakeLink:
    """What the reasons look at."""

    status: str = ""
    expires_ms: int = 0
    program: Program = PROGRAM


def reason(
    link: FakeLink | None = None, method: str = "GET", headers: dict[str, str] | None = None, agent: Agent = PERSON,
    network: Network = GERMAN, at_ms: int = 1_000,
) -> str:  # fmt: skip
    return reason_of(link or FakeLink(), method, BROWSER if headers is None else headers, agent, network, at_ms)


def test_a_person_with_a_browser_at_home_has_no_reason() -> None:
    assert reason() == ""


def test_the_first_of_many_reasons_is_named_in_the_documented_order() -> None:
    closed = replace(PROGRAM, blocked_countries=frozenset({"US"}))
    everything = {"method": "HEAD", "headers": {"purpose": "prefetch"}, "agent": DECLARED, "network": CLOUD}
    found = [
        reason(FakeLink("link_disabled", 1, closed), **everything),  # type: ignore[arg-type]
        reason(FakeLink("", 1, closed), **everything),  # type: ignore[arg-type]
        reason(FakeLink("partner_suspended", 0, closed), **everything),  # type: ignore[arg-type]
        reason(FakeLink("", 0, closed), **everything),  # type: ignore[arg-type]
        reason(**everything),  # type: ignore[arg-type]
        reason(**(everything | {"method": "GET"})),  # type: ignore[arg-type]
        reason(agent=DECLARED, network=CLOUD, headers={}),
        reason(network=CLOUD, headers={}),
        reason(network=CLOUD),
    ]
    assert found == list(REASONS[:9])


def test_an_archived_programs_links_are_disabled_and_a_link_ends_at_its_very_moment() -> None:
    assert reason(FakeLink(program=replace(PROGRAM, archived=True))) == "link_disabled"
    assert reason(FakeLink(expires_ms=1_000)) == "link_expired"
    assert reason(FakeLink(expires_ms=1_001)) == ""


@pytest.mark.parametrize(
    ("allowed", "blocked", "country", "expected"),
    [
        ({"DE"}, set(), "DE", ""),
        ({"DE"}, set(), "FR", "geo_blocked"),
        (set(), {"FR"}, "FR", "geo_blocked"),
        (set(), {"FR"}, "DE", ""),
        ({"DE", "FR"}, {"FR"}, "FR", "geo_blocked"),
        ({"DE"}, {"FR"}, "", ""),  # a country that is not known is not guessed
    ],
)
def test_a_program_serves_the_countries_it_names(
    allowed: set[str], blocked: set[str], country: str, expected: str
) -> None:
    program = replace(PROGRAM, allowed_countries=frozenset(allowed), blocked_countries=frozenset(blocked))
    assert reason(FakeLink(program=program), network=Network(country, "")) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-purpose": "prefetch"}, {"sec-purpose": "prefetch;prerender"}, {"sec-purpose": "prefetch;x"},
        {"purpose": "prefetch"}, {"purpose": "Preview"}, {"x-purpose": "preview"}, {"x-moz": "prefetch"},
    ],
)  # fmt: skip
def test_browsers_that_look_ahead_have_not_clicked(headers: dict[str, str]) -> None:
    assert reason(headers=BROWSER | headers) == "prefetch"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept-language": "de"},
        {"accept": "image/avif,image/webp,*/*", "accept-language": "de", "sec-fetch-dest": "image"},
        {"accept": "*/*", "accept-language": "de", "sec-fetch-dest": "empty", "sec-fetch-mode": "cors"},
        {"accept": "*/*", "accept-language": "de", "sec-fetch-dest": "script"},
        {"accept": "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"},
    ],
)
def test_headers_that_no_browser_sends_when_a_person_follows_a_link_are_suspected(headers: dict[str, str]) -> None:
    assert reason(headers=headers) == "bot_suspected"


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": "text/html"},  # an old telephone
        {"accept": "*/*"},  # a browser inside of an app
        BROWSER | {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "sec-fetch-user": "?1"},
        BROWSER | {"sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate"},
        BROWSER | {"purpose": "click", "dnt": "1", "sec-gpc": "1"},  # a browser that guards privacy
    ],
)
def test_browsers_that_say_little_pass(headers: dict[str, str]) -> None:
    assert reason(headers=headers) == ""


def test_nearby_a_tool_may_say_less_but_not_nothing() -> None:
    assert reason(headers={"accept-encoding": "identity"}, network=PRIVATE) == ""
    assert reason(headers={"accept-encoding": "identity"}) == "bot_suspected"
    assert reason(headers={"host": "links.example"}, network=PRIVATE) == "bot_suspected"


def test_relays_and_private_networks_are_people() -> None:
    assert reason(network=Network("US", "relay")) == ""
    assert reason(network=PRIVATE) == ""
    assert reason(network=UNKNOWN) == ""


def test_a_headless_browser_counts_on_our_own_machine_only() -> None:
    headless = Agent("bot_declared", "bot", headless=True)
    assert reason(agent=headless, network=PRIVATE) == ""
    assert reason(agent=headless) == "bot_declared"
    assert reason(agent=DECLARED, network=PRIVATE) == "bot_declared"
