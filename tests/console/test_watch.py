"""Watch in the console: the first card of Today with its button, an incident's evidence, the tab, pages and roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.claims.actions import claim_sale
from hanse.growth.incidents.models import Incident
from hanse.growth.watch.destinations import note_destination
from hanse.insight.rollups.models import EnrolmentDay
from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.facts import FactDefaults, FactEnvelope, encode_envelope, parse_conversion
from hanse.runtime.watch import close_repaired, watch_program
from hanse.spine.parked.models import ParkedFact
from tests import make
from tests.api.caller import Caller
from tests.conftest import Clock
from tests.console.conftest import NOW, Browser, Stage
from tests.sending import World

PAY = "pay.shop.example"


@pytest.fixture
def world(stage: Stage, journal: SqliteJournal, clock: Clock) -> World:
    """Four orders of Ana's lost their click at a new checkout this morning; she has asked about one."""
    world = World(stage.cast, journal, NOW)
    EnrolmentDay.objects.create(
        program_id=stage.cast.program.pk, enrolment_id=stage.cast.anas.pk, day=NOW.date(), value_minor=50_000,
        commission_minor=10_000,
    )  # fmt: skip
    for number in range(4):
        at = NOW - timedelta(hours=5 - number)
        token = world.click(stage.cast.anas_link.number, at - timedelta(minutes=12), f"v{number}")
        body = {"goal": "sale", "external_id": f"L-{number}", "amount": 5_000, "click": token.text}
        fact = replace(parse_conversion(body, FactDefaults("GBP", at, make.EMAIL_KEY)), page_host=PAY)
        told = FactEnvelope("browser", stage.cast.program.id, "conversion", at, False, (fact,))
        journal.append([encode_envelope(told)])
        world.sell(f"L-{number}", 5_000, at=at)
    world.run(NOW)
    claim_sale(stage.cast.anas, external_id="L-2", now=NOW, by="ana")
    watch_program(stage.cast.program, NOW)
    return world


def test_todays_first_card_mends_the_fault_by_its_button(world: World, browser: Browser) -> None:
    manager = browser("manager")
    page = manager.get("/console/").content.decode()
    first = page[page.index('class="first"') : page.index('class="todo"')]
    for words in (
        "Four orders since Tuesday reached us without a click token", f'<span class="mono">{PAY}</span>',
        "One partner had a valid click less than 30 minutes before one of these orders.", "has already asked",
        "Add the domain and re-check 4 orders", "Draft notice to 1 partner", "Show evidence", "£40.00",
        "commission on £200.00 of orders",
    ):  # fmt: skip
        assert words in first, words
    row = Incident.objects.get()
    answer = manager.post(f"/console/messages/incidents/{row.pk}/repair", follow=True)
    assert "4 orders are being looked at again" in answer.content.decode()
    assert "Being looked at again" in answer.content.decode()
    world.run(NOW)
    assert close_repaired(NOW) == 1
    after = manager.get(f"/console/messages/incidents/{row.pk}").content.decode()
    assert "4</b> orders were credited after all" in after
    assert "without a click token" not in manager.get("/console/").content.decode()


def test_an_incident_shows_its_evidence_and_can_be_called_no_fault(world: World, browser: Browser) -> None:
    manager = browser("manager")
    row = Incident.objects.get()
    page = manager.get(f"/console/messages/incidents/{row.pk}").content.decode()
    for words in ("Evidence", "L-3", "12 minutes", "told of 4 of them, without a click", "it goes on"):
        assert words in page, words
    manager.post(f"/console/messages/incidents/{row.pk}/no-fault", {"reason": "Our test shop"})
    row.refresh_from_db()
    assert (row.closed_as, row.mended_how) == ("no_fault", "Our test shop")
    assert "No fault" in manager.get("/console/messages/incidents").content.decode()


def test_the_tab_shows_hosts_links_and_pages_in_a_fixed_number_of_queries(world: World, browser: Browser) -> None:
    manager = browser("manager")

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert manager.get("/console/traffic/watch").status_code == 200
        return len(caught)

    few = queries()
    for number in range(8):
        url = f"https://shop.example/{number}"
        make.link(world.cast.bens, world.cast.offer, destination_url=url)
        note_destination(url, reason="", hints=["front_page"] if number % 2 else [], now=NOW)
    assert queries() <= few
    page = manager.get("/console/traffic/watch").content.decode()
    for words in (PAY, "4 orders wait for this host to be listed", "ends on the front page", "One fault"):
        assert words in page, words
    listed = manager.get("/console/traffic/watch/pages?show=odd&q=shop.example").content.decode()
    assert "https://shop.example/3" in listed
    assert "https://shop.example/2" not in listed
    assert manager.get("/console/traffic/watch/pages?csv=1").status_code == 200


def test_hosts_are_added_or_dismissed_and_a_bad_one_is_refused(world: World, browser: Browser) -> None:
    manager = browser("manager")
    told = manager.post("/console/traffic/watch/hosts/add", {"host": "not a host/"}, follow=True).content.decode()
    assert "is not a host name" in told
    manager.post("/console/traffic/watch/hosts/dismiss", {"host": PAY})
    assert set(ParkedFact.objects.values_list("status", flat=True)) == {"dismissed"}
    manager.post("/console/traffic/watch/hosts/add", {"host": "New.Shop.example"})
    world.cast.offer.refresh_from_db()
    assert "new.shop.example" in world.cast.offer.allowed_hosts


def test_the_api_tells_what_is_watched_and_mends(world: World) -> None:
    caller = Caller("all", program=world.cast.program)
    seen = caller.get("/watch")
    assert [(one["host"], one["waiting"], one["is_listed"]) for one in seen["hosts"] if one["host"]] == [
        (PAY, 4, False)
    ]
    incident = caller.get("/incidents")["data"][0]
    assert (incident["repair"], incident["ends_at"], incident["is_estimate"]) == ("add_host", None, False)
    assert caller.post("/watch/hosts/add", {"host": "no host"}, 422)["errors"][0]["pointer"] == "/host"
    assert caller.post(f"/incidents/{incident['id']}/repair", {}, 200) == {"repair": "add_host", "count": 4}
    assert caller.post(f"/incidents/{incident['id']}/no-fault", {"why": ""}, 422)
    noted = caller.get(f"/incidents/{incident['id']}")
    assert noted["mending_at"] is not None
    assert caller.post("/watch/hosts/dismiss", {"host": "stranger.example"}, 200) == {
        "host": "stranger.example", "orders": 0,
    }  # fmt: skip


def test_who_only_reads_sees_no_buttons_and_may_not_mend(world: World, browser: Browser) -> None:
    viewer = browser("viewer")
    row = Incident.objects.get()
    assert "Add the domain" not in viewer.get("/console/").content.decode()
    assert viewer.post(f"/console/messages/incidents/{row.pk}/repair").status_code == 403
    assert viewer.post("/console/traffic/watch/hosts/add", {"host": PAY}).status_code == 403
    assert viewer.get("/console/traffic/watch").status_code == 200


def test_partners_whom_a_fault_hits_later_can_be_told_by_the_same_button(stage: Stage, browser: Browser) -> None:
    manager, url = browser("manager"), "https://shop.example/gone"
    make.link(stage.cast.anas, stage.cast.offer, destination_url=url)
    for hours in (-9, -6):
        note_destination(url, reason="status_404", now=NOW + timedelta(hours=hours))
    watch_program(stage.cast.program, NOW, daily=False)
    path = f"/console/messages/incidents/{Incident.objects.get().pk}"
    assert "Tell 1 partner" in manager.get(path).content.decode()
    manager.post(f"{path}/tell")
    assert "Tell 1" not in manager.get(path).content.decode()
    make.link(stage.cast.bens, stage.cast.offer, destination_url=url)
    note_destination(url, reason="status_404", now=NOW)
    watch_program(stage.cast.program, NOW, daily=False)
    assert "Tell 1 more partner" in manager.get(path).content.decode()
    manager.post(f"{path}/tell")
    assert "Tell 1" not in manager.get(path).content.decode()
