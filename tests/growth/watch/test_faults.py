"""Faults from break to repair: tokens lost at a new checkout, pages gone, links that stop selling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.incidents.actions import about_of, mend_incident, tell_touched
from hanse.growth.incidents.models import Incident
from hanse.growth.sends.models import Send
from hanse.growth.silence.models import Silence
from hanse.growth.templates.rendering import render_many
from hanse.growth.watch.actions import say_no_fault
from hanse.growth.watch.destinations import (
    NOT_REACHED,
    Due,
    Seen,
    check_destinations,
    due_destinations,
    keep_checks,
    note_destination,
)
from hanse.growth.watch.finding import lost_by_share
from hanse.growth.watch.links import days_to_replay, look_at_links
from hanse.growth.watch.mending import repair, repair_of
from hanse.growth.watch.models import CheckedDestination, LinkLook, ProgramLook
from hanse.growth.watch.rules import is_kin
from hanse.insight.rollups.models import ProgramDay, SliceDay
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.programs.offers.actions import change_offer
from hanse.runtime.schedule import TASKS
from hanse.runtime.watch import close_repaired, watch_over, watch_program
from hanse.spine.parked.models import ParkedFact
from tests import make
from tests.cast import Cast
from tests.growth.watch.conftest import PAY, TODAY, checkout, fail, lose, sold, tell, the_incident
from tests.sending import World


def test_orders_of_a_new_checkout_open_one_incident_that_its_button_mends(world: World) -> None:
    lose(world, 2)
    assert watch_program(world.cast.program, make.NOON).opened == 0  # two may be somebody who tries
    lose(world, 6)
    assert watch_program(world.cast.program, make.NOON).opened == 1
    assert watch_program(world.cast.program, make.NOON).opened == 0
    row = the_incident()
    assert (row.kind, row.about["host"], row.evidence["known"], row.ends_at) == ("token_lost", PAY, 6, None)
    assert row.evidence["longest_minutes"] == 10
    touched = dict(row.touched.values_list("enrolment__partner__name", "orders"))
    assert touched == {"Ana": 4, "Ben": 2}
    assert repair_of(row) == "add_host"
    assert repair(row, now=make.at(hours=1), by="ruth") == 6
    with pytest.raises(Refused, match="right now"):
        repair(row, now=make.at(hours=1), by="ruth")
    assert close_repaired(make.at(hours=1)) == 0  # the pipeline has not looked at the orders yet
    world.run(make.at(hours=2))
    assert world.shares("A-0") == {"Ana": 1_000_000}
    assert world.shares("A-2") == {"Ben": 1_000_000}
    assert close_repaired(make.at(hours=2)) == 1
    row = the_incident()
    assert (row.closed_as, row.evidence["found_orders"], row.evidence["found_commission_minor"]) == (
        "mended", 6, 12_000,
    )  # fmt: skip
    assert dict(row.touched.values_list("enrolment__partner__name", "commission_minor")) == {"Ana": 8_000, "Ben": 4_000}
    sends = Send.objects.filter(key__endswith=":mended")
    assert {send.enrolment_id for send in sends} == {world.cast.anas.pk, world.cast.bens.pk}
    assert row.follow_up is not None
    letter = dict(render_many(row.follow_up, [world.cast.anas.pk], make.NOON, about=about_of(row)))[world.cast.anas.pk]
    assert "4 orders" in letter.text
    assert "£80.00" in letter.text
    assert watch_program(world.cast.program, make.at(hours=3)).open_now == 0


def test_a_host_that_was_listed_by_hand_closes_its_incident_too(world: World) -> None:
    lose(world, 3)
    watch_program(world.cast.program, make.NOON)
    change_offer(world.cast.offer, allowed_hosts=["shop.example", PAY], now=make.NOON, by="ruth")
    world.run()
    assert close_repaired(make.at(hours=1)) == 1
    assert the_incident().closed_as == "mended"


def test_pages_of_strangers_open_nothing_and_what_is_dismissed_heals(world: World) -> None:
    for number in range(9):
        tell(world, f"X-{number}", world.cast.anas_link, make.at(hours=-1), "evil.example")
    world.run()
    watch_program(world.cast.program, make.NOON)
    assert not Incident.objects.exists()
    for number in range(3):
        tell(world, f"Y-{number}", world.cast.anas_link, make.at(hours=-1))
    world.run()
    watch_program(world.cast.program, make.NOON)
    assert the_incident().about["host"] == PAY  # a sibling of a listed host, though no server told of the orders
    ParkedFact.objects.filter(external_id__startswith="Y").update(status="dismissed")
    watch_program(world.cast.program, make.NOON)
    assert the_incident().closed_as == "healed"
    assert not Send.objects.exists()


def test_what_is_no_fault_stays_closed(world: World) -> None:
    lose(world, 4)
    watch_program(world.cast.program, make.NOON)
    say_no_fault(the_incident(), "It is our test shop.", now=make.NOON, by="ruth")
    watch_program(world.cast.program, make.at(hours=1))
    assert the_incident().closed_as == "no_fault"
    with pytest.raises(Refused, match="closed"):
        say_no_fault(the_incident(), "Again", now=make.NOON, by="ruth")


def test_kin_are_hosts_of_the_same_site() -> None:
    assert is_kin("pay.shop.example", ["shop.example"])
    assert is_kin("pay.shop.example", ["www.shop.example:8443"])
    for stranger in ("shop.example.evil.example", "myshop.example", "example", "other.example"):
        assert not is_kin(stranger, ["shop.example"])
    assert not is_kin("evil.localhost", ["localhost"])


def test_a_checkout_whose_orders_lose_their_tokens_is_found_by_its_own_past_and_heals(world: World) -> None:
    cast, host = world.cast, "shop.example"
    for number in range(60):
        for back in (20 + number,):
            checkout(cast, host, back, 20, 8)
    for number in range(40):
        world.sell(f"N-{number}", at=make.at(-1 - number % 2, minutes=number), metadata={"checkout_host": host})
    world.run()
    ProgramDay.objects.filter(program_id=cast.program.pk).delete()
    assert watch_program(cast.program, make.NOON).opened == 1
    row = the_incident()
    assert (row.kind, row.about["is_unlisted"], row.evidence["good"]) == ("token_lost", False, 0)
    assert row.evidence["chance"] < row.evidence["level"]
    assert repair_of(row) == ""
    with pytest.raises(Refused, match="No button"):
        repair(row, now=make.NOON, by="ruth")
    for number in range(12):
        token = world.click(cast.anas_link.number, make.at(hours=20), f"h{number}")
        click: dict[str, Any] = {"click": token.text} if number % 2 else {}
        world.sell(f"H-{number}", at=make.at(hours=22), metadata={"checkout_host": host}, **click)
    world.run(make.at(1))
    watch_program(cast.program, make.at(1))
    assert the_incident().closed_as == ""
    watch_program(cast.program, make.at(2))
    assert the_incident().closed_as == "healed"


def test_a_new_checkout_is_compared_with_the_others_and_fewer_clicks_are_no_fault(cast: Cast) -> None:
    for back in range(1, 100):
        checkout(cast, "shop.example", back, 40, 16)
        clicks = 200 if back > 3 else 20
        ProgramDay.objects.create(program_id=cast.program.pk, day=TODAY - timedelta(days=back), clicks=clicks)
    for back in range(1, 4):
        checkout(cast, "b2b.shop.example", back, 15, 0)
    assert not lost_by_share(cast.program, TODAY)  # a tenth of the clicks: a tenth of the tokens is as usual
    ProgramDay.objects.update(clicks=200)
    fault = lost_by_share(cast.program, TODAY)
    assert [(one.key, one.evidence["tries"], one.evidence["good"]) for one in fault] == [
        ("token:b2b.shop.example", 45, 0)
    ]
    for number in range(30):  # many hosts with hardly an order each cost nothing and say nothing
        checkout(cast, f"h{number}.example", 1, 1, 0)
    assert len(lost_by_share(cast.program, TODAY)) == 1


def test_an_address_is_looked_at_daily_and_a_network_that_is_down_breaks_no_link_at_once(cast: Cast) -> None:
    url = cast.anas_link.destination_url
    assert due_destinations(make.at(), 5) == [Due(url, ("shop.example",), "hz_click")]
    down = Seen(url, f"{NOT_REACHED}:x")
    keep_checks([down], make.at())
    row = CheckedDestination.objects.get(url=url)
    assert (row.failures, row.failed_since, row.doubtful_since) == (0, None, make.at())
    assert due_destinations(make.at(hours=3), 5)
    keep_checks([down], make.at(hours=3))
    assert CheckedDestination.objects.get(url=url).failures == 0
    keep_checks([down], make.at(hours=7))
    row = CheckedDestination.objects.get(url=url)
    assert (row.failures, row.failed_since) == (1, make.at())
    keep_checks([down, Seen("https://shop.example/b")], make.at(hours=10))
    assert CheckedDestination.objects.get(url=url).failures == 2
    keep_checks([Seen(url, status=200)], make.at(hours=12))
    assert CheckedDestination.objects.get(url=url).failed_since is None
    assert not due_destinations(make.at(hours=20), 5)
    assert [seen.url for seen in check_destinations(make.at(2), 5, lambda due: Seen(due.url))] == [
        url, "https://shop.example/b",
    ][:1]  # fmt: skip


def test_a_page_that_is_gone_opens_one_incident_and_its_links_are_led_elsewhere(cast: Cast) -> None:
    url = "https://shop.example/lanterns"
    link = make.link(cast.anas, cast.offer, destination_url=url)
    note_destination(url, reason="status_404", now=make.at(-2))
    assert watch_program(cast.program, make.at(-2)).opened == 0
    note_destination(url, reason="status_404", now=make.at(-1))
    watch_program(cast.program, make.at(-1))
    watch_program(cast.program, make.NOON)
    row = the_incident()
    assert (row.kind, row.starts_at, row.about["links"]) == ("link_broken", make.at(-2), [link.number])
    assert [one.enrolment_id for one in row.touched.all()] == [cast.anas.pk]
    assert tell_touched(row, now=make.NOON, by="ruth") == 1
    assert repair(row, now=make.at(hours=1), by="ruth") == 1
    link.refresh_from_db()
    assert link.destination_url == cast.offer.destination_url
    assert the_incident().closed_as == "mended"
    assert Send.objects.filter(key__endswith=":mended").count() == 1
    assert watch_program(cast.program, make.at(hours=2)).opened == 0


def test_a_page_that_answers_again_closes_its_incident_and_flickering_opens_the_same_again(cast: Cast) -> None:
    url = cast.anas_link.destination_url
    for hours in (0, 3):
        note_destination(url, reason="status_503", now=make.at(hours=hours))
    watch_program(cast.program, make.at(hours=3))
    note_destination(url, reason="", now=make.at(hours=5))
    watch_program(cast.program, make.at(hours=5))
    row = the_incident()
    assert (row.closed_as, row.fault_key) == ("healed", "site:shop.example")
    assert "answers again" in row.mended_how
    assert not Send.objects.exists()
    for hours in (6, 9):
        note_destination(url, reason="not_reached:x", now=make.at(hours=hours))
    watch_program(cast.program, make.at(hours=9))
    assert (the_incident().closed_as, the_incident().closed_at) == ("", None)
    mend_incident(the_incident(), "The server is up.", now=make.at(hours=10), by="ruth")
    fail(url, 12, 15, reason="not_reached:x")
    watch_program(cast.program, make.at(hours=15))
    assert Incident.objects.count() == 2


def test_a_link_that_stops_selling_while_people_click_opens_an_incident_and_heals(cast: Cast) -> None:
    for back in range(1, 91):
        sold(cast, cast.anas_link, back, 60, 3 if back > 10 else 0)
        sold(cast, cast.bens_link, back, 60, 3)
    assert watch_program(cast.program, make.NOON).opened == 1
    row = the_incident()
    assert (row.kind, row.about["links"]) == ("link_sales_stopped", [cast.anas_link.number])
    assert local_day(row.starts_at, "Europe/London") == TODAY - timedelta(days=10)
    one = row.touched.get()
    assert (one.enrolment_id, one.clicks, one.orders, one.commission_minor) == (cast.anas.pk, 600, 30, 6_000)
    looks = {look.link_number: look.is_alarm for look in LinkLook.objects.all()}
    assert looks == {cast.anas_link.number: True, cast.bens_link.number: False}
    assert ProgramLook.objects.get().links == 2
    SliceDay.objects.filter(value=str(cast.anas_link.number), day__gte=TODAY - timedelta(days=3)).update(conversions=6)
    watch_program(cast.program, make.at(1))
    assert the_incident().closed_as == "healed"


def test_where_all_links_stop_it_is_one_fault(cast: Cast) -> None:
    for back in range(1, 91):
        sold(cast, cast.anas_link, back, 60, 3 if back > 10 else 0)
        sold(cast, cast.bens_link, back, 60, 3 if back > 10 else 0)
    watch_program(cast.program, make.NOON)
    row = the_incident()
    assert (row.fault_key, row.about["links"], row.touched.count()) == ("sales:all", None, 2)


def test_the_replayed_year_is_kept_and_the_clock_runs_it_all(cast: Cast) -> None:
    for back in range(1, 120):
        sold(cast, cast.anas_link, back, 60, 3)
    watch_over(make.NOON)
    told = ProgramLook.objects.get().replay
    assert (told["alarms"], told["false"], told["links"]) == (0, 0, 1)
    assert told["looks"] > 25
    assert {"watch", "repairs"} <= {task.name for task in TASKS}
    assert not Silence.objects.exists()


def test_the_replay_compares_links_as_the_live_look_does_also_such_as_rest(cast: Cast) -> None:
    for back in range(1, 131):
        sold(cast, cast.anas_link, back, 60, 3 if back > 4 else 1)
        if back > 100 or back < 50:  # a season's rest
            sold(cast, cast.bens_link, back, 40, 2)
    live = look_at_links(cast.program, TODAY).compared
    days, _begin = days_to_replay(cast.program, TODAY)
    assert {one.key for one in live} == {"all", str(cast.anas_link.number), str(cast.bens_link.number)}
    assert set(live) <= set(days.compared(days.length))


def test_more_links_and_more_pages_cost_no_more_queries(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            watch_program(cast.program, make.NOON)
        return len(caught)

    for back in range(1, 60):
        sold(cast, cast.anas_link, back, 60, 3)
    watch_program(cast.program, make.NOON)
    few = queries()
    for number in range(6):
        link = make.link(cast.bens, cast.offer, destination_url=f"https://shop.example/{number}")
        note_destination(link.destination_url, reason="", now=make.NOON)
        for back in range(1, 60):
            sold(cast, link, back, 60, 3)
    assert queries() == few
