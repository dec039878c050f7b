"""Tiers in the console: the field, decisions, the rule's editor, locks, moves that wait, promises."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.faces.common.links import href, partner_href
from hanse.growth.care.actions import promise
from hanse.growth.care.falling_due import find_dues
from hanse.growth.care.models import PromiseDue, TierPromise, TierTreatment, UpcomingDay
from hanse.growth.tiers.models import TierDecision, TierLock, TierReview, TierRuleVersion, TierSweep
from hanse.growth.tiers.sweeping import sweep
from hanse.growth.tiers.versions import publish_rules, read_rules, rules_of
from hanse.insight.rollups.rebuilding import rebuild_rollups
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment, TierChange
from hanse.programs.tiers.models import Tier
from tests import make
from tests.console.conftest import NOW, Browser, Stage

pytestmark = pytest.mark.django_db
PAGES = ("", "/past", "/everybody", "/decisions", "/rule", "/rule?from=default", "/gets", "/gets/power", "/promises")


@pytest.fixture
def swept(stage: Stage) -> Stage:
    """Ana is in power, Ben has sold nothing."""
    rebuild_rollups(NOW)
    sweep(stage.cast.program, NOW, now=NOW)
    return stage


@pytest.mark.parametrize("role", ["manager", "viewer"])
def test_every_page_opens(swept: Stage, browser: Browser, role: str) -> None:
    client = browser(role)
    assert {page: client.get(f"/console/tiers{page}").status_code for page in PAGES} == dict.fromkeys(PAGES, 200)


def test_pages_open_before_anything_is_evaluated(stage: Stage, browser: Browser) -> None:
    client = browser("manager")
    assert {page: client.get(f"/console/tiers{page}").status_code for page in PAGES} == dict.fromkeys(PAGES, 200)


def test_the_field_names_tiers_and_numbers(swept: Stage, browser: Browser) -> None:
    manager = browser("manager")
    page = manager.get("/console/tiers").content.decode()
    assert "Power 1" in page
    assert "the first" in page
    assert "Ana" in manager.get("/console/tiers/everybody").content.decode()


def test_check_now_evaluates(stage: Stage, browser: Browser) -> None:
    rebuild_rollups(NOW)
    assert browser("viewer").post("/console/tiers/check").status_code == 403
    assert browser("manager").post("/console/tiers/check").status_code == 302
    assert TierSweep.objects.get().sizes == {"power": 1, "inactive": 1}


def path_of(enrolment: Enrolment) -> str:
    return f"/console/tiers/of/{text_id('enr', enrolment.pk)}"


def test_a_lock_is_set_let_go_and_needs_a_reason(swept: Stage, browser: Browser) -> None:
    manager, path = browser("manager"), path_of(swept.cast.anas)
    manager.post(f"{path}/lock", {"reason": ""})
    assert not TierLock.objects.exists()
    manager.post(f"{path}/lock", {"reason": "Writes our book", "until": "tomorrow"})
    assert not TierLock.objects.exists()
    manager.post(f"{path}/lock", {"reason": "Writes our book", "until": "2027-01-31", "back": "partner"})
    assert TierLock.objects.get().reason == "Writes our book"
    manager.post(f"{path}/unlock")
    assert TierLock.objects.get().released_at is not None
    assert browser("viewer").post(f"{path}/lock", {"reason": "x"}).status_code == 403


def test_another_programs_enrolment_is_not_there(swept: Stage, browser: Browser) -> None:
    foreign = make.enrolment(make.partner("Zoe"), make.program("orchard"))
    assert browser("manager").post(f"{path_of(foreign)}/lock", {"reason": "x"}).status_code == 404


def test_a_move_by_hand_is_told_with_its_reason(swept: Stage, browser: Browser) -> None:
    manager = browser("manager")
    manager.post(f"{path_of(swept.cast.bens)}/move", {"tier": "growth", "reason": "A launch is coming"})
    told = TierDecision.objects.filter(kind="moved").get()
    assert (told.after, told.reason, told.actor) == ("growth", "A launch is coming", "manager@harbour.example")
    assert "A launch is coming" in manager.get("/console/tiers/decisions").content.decode()
    assert manager.post(f"{path_of(swept.cast.bens)}/move", {"tier": "gold", "reason": "x"}).status_code == 404


def test_a_move_that_waits_is_decided(swept: Stage, browser: Browser) -> None:
    review = TierReview.objects.create(
        program=swept.cast.program, enrolment=swept.cast.anas, before="power", after="casual", direction="down",
        cause="review", asked_at=NOW,
    )  # fmt: skip
    manager = browser("manager")
    assert "you decide" in manager.get("/console/tiers").content.decode()
    assert "you decide" in manager.get("/console/").content.decode()
    manager.post(f"/console/tiers/review/{review.pk}", {"verdict": "kept", "reason": ""})
    review.refresh_from_db()
    assert review.verdict == ""
    manager.post(f"/console/tiers/review/{review.pk}", {"verdict": "moved"})
    swept.cast.anas.refresh_from_db()
    assert swept.cast.anas.tier is not None
    assert swept.cast.anas.tier.key == "casual"


def typed(**more: Any) -> dict[str, Any]:
    rows = [("power", "Power", "share", "10", "", ""), ("growth", "Growth", "share", "30", "", ""),
            ("casual", "Casual", "least", "1", "conversions", ""), ("new", "New", "new", "60", "", ""),
            ("inactive", "Inactive", "rest", "", "", "")]  # fmt: skip
    form: dict[str, Any] = {
        "metric": "value", "window_days": "180", "stay_days": "90", "checks": "2", "band": "20", "strategic": "20",
        "goals": ["sale", "renewal"],
    }  # fmt: skip
    for place, (key, name, kind, number, what, months) in enumerate(rows):
        values = {"key": key, "name": name, "kind": kind, "number": number, "field": what or "conversions",
                  "months": months, "order": str(place + 1)}  # fmt: skip
        form |= {f"{one}-{place}": value for one, value in values.items()}
    return form | more


def test_the_editor_writes_the_default_back_unchanged(swept: Stage, browser: Browser) -> None:
    from hanse.growth.tiers.rules import DEFAULT

    browser("manager").post("/console/tiers/rule", typed(act="publish", note="As before"))
    assert rules_of(TierRuleVersion.objects.get()) == DEFAULT


def test_the_editor_adds_takes_away_and_orders_tiers(swept: Stage, browser: Browser) -> None:
    more = {
        "name-5": "Maker’s circle", "kind-5": "least", "number-5": "1,500.00".replace(",", ""), "field-5": "value",
        "exit-5": "1200", "order-5": "0", "gone-1": "1", "act": "publish",
    }  # fmt: skip
    manager = browser("manager")
    manager.post("/console/tiers/rule", typed(**more))
    body = TierRuleVersion.objects.get().body
    assert [one["tier"] for one in body["tiers"]] == ["maker-s-circle", "power", "casual", "new", "inactive"]
    assert body["tiers"][0]["when"] == {"field": "value", "op": "gte", "value": 150_000}
    assert body["tiers"][0]["exit"]["value"] == 120_000
    assert Tier.objects.get(key="maker-s-circle").name == "Maker’s circle"
    page = manager.get("/console/tiers/rule").content.decode()
    assert 'value="1500.00"' in page


def test_own_conditions_are_json_and_mistakes_are_told(swept: Stage, browser: Browser) -> None:
    own = '{"when": {"all": [{"field": "value", "op": "gte", "value": 1}, {"steady": {"at_least": 2, "months": 3}}]}}'
    manager = browser("manager")
    wrong = manager.post("/console/tiers/rule", typed(**{"kind-0": "own", "own-0": "{", "act": "publish"}))
    assert wrong.status_code == 422
    assert "Power" in wrong.content.decode()
    assert manager.post("/console/tiers/rule", typed(**{"number-0": "ten", "act": "publish"})).status_code == 422
    assert manager.post("/console/tiers/rule", typed(window_days="0", act="publish")).status_code == 422
    assert not TierRuleVersion.objects.exists()
    manager.post("/console/tiers/rule", typed(**{"kind-0": "own", "own-0": own, "act": "publish"}))
    assert "steady" in str(TierRuleVersion.objects.get().body)


def test_a_try_stores_nothing_and_shows_who_would_move(swept: Stage, browser: Browser) -> None:
    before = TierDecision.objects.count()
    answer = browser("manager").post(
        "/console/tiers/rule", typed(**{"kind-0": "least", "number-0": "99", "act": "try"})
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "would move tonight" in page
    assert "Moves and cost" in page
    assert (TierRuleVersion.objects.count(), TierDecision.objects.count()) == (0, before)


def test_what_a_tier_gets_and_our_promises_are_written(swept: Stage, browser: Browser) -> None:
    manager = browser("manager")
    manager.post("/console/tiers/gets/power", {"contact": "", "contact_words": "Ruth", "benefits": "A <b>box</b>"})
    assert TierTreatment.objects.get().benefits == "A <b>box</b>"
    manager.post("/console/tiers/gets/power/promise", {"kind": "call", "number": "30", "words": ""})
    assert TierPromise.objects.get().number == 30
    assert manager.post("/console/tiers/gets/power/promise", {"kind": "call", "number": "x"}).status_code == 422
    page = manager.get("/console/tiers/gets").content.decode()
    assert "a call every 30 days" in page
    assert "A &lt;b&gt;box" in page
    manager.post(f"/console/tiers/promises/{TierPromise.objects.get().pk}/end")
    assert TierPromise.objects.get().ended_at is not None


def test_a_promise_is_kept_from_the_list(swept: Stage, browser: Browser) -> None:
    power = Tier.objects.get(program=swept.cast.program, key="power")
    TierChange.objects.filter(tier=power).update(at=make.at(30))
    promise(power, "call", 7, now=make.at(40), by="ruth")
    find_dues(swept.cast.program, NOW)
    manager = browser("manager")
    page = manager.get("/console/tiers/promises").content.decode()
    assert "overdue" in page
    assert "We owe Ana" in manager.get("/console/").content.decode()
    manager.post(f"/console/tiers/owed/{PromiseDue.objects.get().pk}/keep")
    assert PromiseDue.objects.get().kept_at == NOW
    assert manager.post("/console/tiers/promises", {"name": "Sale", "on": "2020-01-01"}).status_code == 422
    manager.post("/console/tiers/promises", {"name": "Winter sale", "on": "2026-12-01"})
    assert UpcomingDay.objects.get().name == "Winter sale"
    assert (
        manager.post("/console/tiers/promises/briefed", {"key": f"day:{UpcomingDay.objects.get().pk}"}).status_code
        == 302
    )


def test_the_partner_page_shows_the_tier_and_its_acts(swept: Stage, browser: Browser) -> None:
    publish_rules(swept.cast.program, read_rules(swept.cast.program, None), now=NOW, by="ruth")
    partner = text_id("prt", swept.cast.ana.pk)
    page = (
        browser("manager")
        .get(href("console:partner_side", partner) or partner_href(swept.cast.ana.pk))
        .content.decode()
    )
    assert "Place <b>1</b> of 2" in page
    assert path_of(swept.cast.anas) + "/lock" in page
