"""Silence, facts and health in the console and the portal: seen, done, kept from others."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.silence.models import Silence, SilentSpell
from hanse.insight.events.models import PartnerEvent
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.marks import move_marks
from hanse.insight.rollups.types import Cells
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime.relations import look_again, look_daily
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, clock: Clock) -> Cast:
    """The cast; Ana sold for months and fell silent, Ben never began."""
    clock.set(make.at())
    made = build()
    for days in (40, 47, 54, 61, 68, 75):
        add(made, made.anas, days, clicks=30, click_conversions=3, conversions=3, value_minor=6000)
    look_again(made.program, make.at())
    return made


@pytest.fixture
def desk(cast: Cast) -> Client:
    return signed_in(cast.ruth)


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def add(cast: Cast, who: Enrolment, days: int, **numbers: int) -> None:
    day = local_day(make.at(), cast.program.time_zone) - timedelta(days=days)
    cells: Cells = {(cast.program.id, who.id, day): Counter(numbers)}
    for level in LEVELS:
        level.add(cells)
    move_marks(cells)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def one(who: Enrolment) -> str:
    return f"/console/silent/{text_id('enr', who.pk)}"


def test_silent_partners_are_listed_with_cause_and_play_most_at_stake_first(desk: Client, cast: Cast) -> None:
    shown = page(desk, "/console/silent")
    assert "Link gone cold" in shown
    assert "Never launched" in shown
    assert shown.index("Ana") < shown.index("Start together")
    assert "£60.00" in shown, "36,000 in 180 days is 60.00 a month"
    assert "Ben" not in page(desk, "/console/silent?cause=link_cold").split("<table")[1]
    table = b"".join(desk.get("/console/silent?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Ana" in table
    assert "Link gone cold" in table


def test_today_says_who_fell_silent_until_something_was_done(desk: Client, cast: Cast) -> None:
    SilentSpell.objects.update(is_left_alone=False)
    assert "Ana has gone silent: link gone cold" in page(desk, "/console/")
    assert "Freshen the link up" in page(desk, one(cast.anas))
    answer = desk.post(one(cast.anas), {"note": "Sent the new lanterns."})
    assert answer.status_code == 302
    assert "Ana has gone silent" not in page(desk, "/console/")
    assert "Sent the new lanterns." in page(desk, one(cast.anas))
    spell = SilentSpell.objects.get(enrolment=cast.anas)
    assert (spell.play, spell.acted_by) == ("freshen_link", cast.ruth.email)


def test_what_the_rule_saw_is_shown(desk: Client, cast: Cast) -> None:
    shown = page(desk, one(cast.anas))
    assert "Clicks" in shown
    assert "10.5" in shown, "quiet after one and a half weeks"


def test_a_note_for_nobody_silent_is_refused_and_a_strange_id_is_not_found(desk: Client, cast: Cast) -> None:
    Silence.objects.all().delete()
    desk.post(one(cast.anas), {"note": "late"})
    assert not SilentSpell.objects.exclude(acted_at=None).exists()
    other = make.enrolment(cast.ana, make.program("other"))
    assert desk.get(one(other)).status_code == 404
    assert desk.get("/console/silent/enr_nonsense").status_code == 404
    assert desk.get("/console/facts/nonsense").status_code == 404


def test_a_viewer_may_look_and_not_act(cast: Cast) -> None:
    viewer = signed_in(make.manager("vera@harbour.example", "viewer"))
    assert "I have done this" not in page(viewer, one(cast.anas))
    assert viewer.post(one(cast.anas), {"note": "x"}).status_code == 403


def test_the_past_is_judged_on_its_own_page(desk: Client, cast: Cast) -> None:
    assert "one alarm" in page(desk, "/console/silent/past")
    assert "Too few to say how often it is wrong" in page(desk, "/console/silent/past?days=180")


def test_the_partners_page_tells_silence_health_and_facts(desk: Client, cast: Cast) -> None:
    shown = page(desk, f"/console/partners/{text_id('prt', cast.ana.pk)}/side")
    assert "Gone silent" in shown
    assert "Sells as much as in the quarter before" in shown
    assert "Link never clicked" not in shown, "the sentence stands there, not its title"
    assert "Nobody has used your code ANA10 yet" in shown
    assert "Unused" not in shown


def test_kinds_of_facts_are_listed_with_their_fewest_cases(desk: Client, cast: Cast) -> None:
    assert "Code never used" in page(desk, "/console/facts")
    shown = page(desk, "/console/facts/unused_coupon")
    assert "Ana" in shown
    assert "BEN10" in shown


def test_more_silent_partners_cost_no_more_queries(desk: Client, cast: Cast) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            page(desk, path)
        return len(caught)

    paths = ("/console/silent", "/console/facts/unused_coupon", "/console/")
    few = [queries(path) for path in paths]
    for number in range(6):
        who = make.enrolment(make.partner(f"Paul {number}"), cast.program)
        make.coupon(who, f"P{number}")
        add(cast, who, 40 + number, clicks=5, conversions=1, value_minor=900)
    look_again(cast.program, make.at())
    assert [queries(path) for path in paths] == few


def test_the_daily_task_looks_once_a_day(cast: Cast) -> None:
    assert look_daily(make.at()).enrolments == 0, "the fixture has looked already"
    assert look_daily(make.at(1)).enrolments == 2
    assert look_daily(make.at(1, hours=2)).enrolments == 0


# --- the portal


def test_a_silent_partner_is_nudged_unless_left_alone(cast: Cast) -> None:
    SilentSpell.objects.update(is_left_alone=False)
    portal = signed_in(cast.anas_login)
    assert "Your links have gone quiet" in page(portal, "/p/")
    SilentSpell.objects.update(is_left_alone=True)
    assert "Your links have gone quiet" not in page(portal, "/p/")


def test_grow_tells_a_partner_their_own_facts_alone(cast: Cast) -> None:
    add(cast, cast.bens, 100, conversions=90, value_minor=9000)
    add(cast, cast.bens, 2, conversions=30, value_minor=3000)
    add(cast, cast.anas, 100, conversions=2000, value_minor=9000)
    add(cast, cast.anas, 2, conversions=2000, value_minor=9000)
    look_again(cast.program, make.at())
    shown = page(signed_in(cast.bens_login), "/p/grow")
    assert "BEN10" in shown
    assert "ANA10" not in shown
    assert "fell more than" not in shown, "what is for the team alone stays with the team"
    assert "too few partners of your kind" in shown
    assert "fell more than those of the others" in page(
        signed_in(cast.ruth), f"/console/partners/{text_id('prt', cast.ben.pk)}/side"
    )


def test_those_who_sell_most_are_compared_without_naming_anybody(cast: Cast) -> None:
    for number in range(24):
        who = make.enrolment(make.partner(f"Paul {number}"), cast.program)
        make.link(who, destination_url="https://shop.example/lamp" if number < 12 else "https://shop.example/")
        add(cast, who, 3, clicks=100, click_conversions=5, conversions=5, value_minor=1000 * (30 - number))
    look_again(cast.program, make.at())
    shown = page(signed_in(cast.bens_login), "/p/grow")
    assert "Those who sell most" in shown
    assert "90%" in shown, "nine of the ten who sell most; Ana has no such link"
    assert "Paul" not in shown


def test_signing_in_is_a_visit_to_the_portal(cast: Cast) -> None:
    signed_in(cast.anas_login)
    assert set(PartnerEvent.objects.values_list("enrolment_id", "kind")) == {(cast.anas.id, "portal_login")}


def test_a_manager_who_signs_in_is_no_visit(desk: Client) -> None:
    assert not PartnerEvent.objects.exists()


def test_the_timeline_tells_silences_and_what_was_done(desk: Client, cast: Cast) -> None:
    path = f"/console/partners/{text_id('prt', cast.ana.pk)}/events"
    desk.post(one(cast.anas), {"note": "Sent the new lanterns."})
    shown = page(desk, path)
    assert "Fell silent" in shown
    assert "Sent the new lanterns." in shown
    add(cast, cast.anas, 0, clicks=1)
    look_again(cast.program, make.at())
    assert "Heard again" in page(desk, f"{path}?show=standing")
    assert "Fell silent" not in page(desk, f"{path}?show=money")
