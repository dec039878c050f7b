"""Traffic: clicks by reason, conversions with their evidence, parked facts that a person decides; and the tracer."""

from __future__ import annotations

from typing import Any

from hanse.kernel.facts import FactDefaults, as_object, parse_conversion
from hanse.kernel.ids import text_id
from hanse.spine.audit.models import AuditEntry
from hanse.spine.parked.models import ParkedFact
from tests import make
from tests.console.conftest import NOW, Browser, Stage, click
from tests.money import books


def _text(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return " ".join(content.decode().split())


def _park(stage: Stage, status: str, reason: str, **fields: Any) -> ParkedFact:
    sent = {"goal": "sale", "external_id": "HP-1", "occurred_at": make.at().isoformat(), "amount": 40_000}
    fact = parse_conversion(sent, FactDefaults("GBP", NOW, make.EMAIL_KEY, frozenset({"sale"})))
    values = {"detail": {}, "body": as_object(fact)} | fields
    return ParkedFact.objects.create(
        status=status, reason=reason, source="webhook", kind="conversion", program_id=stage.cast.program.pk,
        external_id="HP-1", sequence=7, occurred_at=make.at(), received_at=NOW, **values,
    )  # fmt: skip


def test_clicks_are_counted_by_reason_and_filtered(browser: Browser, stage: Stage) -> None:
    for number in range(3):
        click(stage.cast, number)
    click(stage.cast, 3, "bot_declared")
    client = browser("viewer")
    page = _text(client.get("/console/traffic/clicks"))
    assert "<b>3</b> of 4 clicks count" in page
    assert "Robot, by its own word" in page
    only = client.get("/console/traffic/clicks?reason=bot_declared").context["table"]
    assert only.total == 1
    ben = text_id("enr", stage.cast.bens.pk)
    assert client.get(f"/console/traffic/clicks?partner={ben}").context["table"].total == 0
    assert client.get("/console/traffic/clicks?partner=nonsense").context["table"].total == 4


def test_a_link_shows_its_clicks(browser: Browser, stage: Stage) -> None:
    click(stage.cast, 0)
    click(stage.cast, 1, "duplicate")
    rows = browser("viewer").get("/console/traffic?q=ana").context["rows"]
    assert [(row["clicks"].valid, row["clicks"].invalid) for row in rows] == [(1, 1)]


def test_a_conversion_shows_lines_refunds_evidence_and_commission(browser: Browser, stage: Stage) -> None:
    page = _text(browser("viewer").get(f"/console/traffic/conversions/{text_id('cnv', stage.sold.pk)}"))
    for words in ("HP-1", "kitchen", "won", "1 day before the order", "£100.00"):
        assert words in page, words


def test_both_versions_of_a_conflict_stand_side_by_side(browser: Browser, stage: Stage) -> None:
    _park(stage, "conflict", "amount_differs")
    page = _text(browser("viewer").get("/console/traffic/parked?status=conflict"))
    assert "£500.00" in page
    assert '<td class="differs"><b>£400.00</b></td>' in page
    assert "Take the new version" not in page


def test_a_parked_fact_is_retried_or_dismissed_with_a_reason(browser: Browser, stage: Stage) -> None:
    fact = _park(stage, "waiting", "waits_for_conversion", detail={"conversion": "HP-9"})
    client = browser("manager")
    assert "order HP-9" in _text(client.get("/console/traffic/parked?status=waiting"))
    client.post(f"/console/traffic/parked/{fact.pk}/retry")
    fact.refresh_from_db()
    assert (fact.status, fact.until) == ("waiting", NOW)
    client.post(f"/console/traffic/parked/{fact.pk}/dismiss", {"reason": "A test order"})
    fact.refresh_from_db()
    assert (fact.status, fact.detail["dismissed_because"]) == ("dismissed", "A test order")
    assert AuditEntry.objects.filter(verb="dismiss_fact", reason="A test order").exists()
    again = client.post(f"/console/traffic/parked/{fact.pk}/dismiss", {"reason": "Twice"}, follow=True)
    assert "closed already" in _text(again)


def test_the_new_version_of_a_conflict_is_taken_by_a_manager_only(browser: Browser, stage: Stage) -> None:
    fact = _park(stage, "conflict", "amount_differs")
    assert browser("viewer").post(f"/console/traffic/parked/{fact.pk}/retry").status_code == 403
    browser("manager").post(f"/console/traffic/parked/{fact.pk}/retry")
    fact.refresh_from_db()
    assert (fact.status, fact.detail["taken_by"]) == ("waiting", "manager@harbour.example")


def test_the_tracer_frames_the_check_that_failed_and_offers_the_fix(browser: Browser, stage: Stage) -> None:
    sold = books.sell(stage.cast.anas, 4_000, name="HP-3")
    from hanse.traffic.attribution.models import Credit

    Credit.objects.filter(conversion=sold).delete()
    answer = browser("manager").get("/console/why?q=HP-3")
    looks = [row.look for row in answer.context["rows"]]
    assert looks.count("failed") == 1
    assert looks.index("failed") == looks.index("not_reached") - 1
    page = _text(answer)
    assert "/console/settings/tracking" in page
    assert "Credit by hand" in page
    assert "Credit by hand" not in _text(browser("viewer").get("/console/why?q=HP-3"))


def test_the_tracer_leads_from_an_order_that_earned_to_its_receipt(browser: Browser, stage: Stage) -> None:
    page = _text(browser("viewer").get("/console/why?kind=order&q=HP-1"))
    assert stage.commission_path in page
    assert 'class="fail"' not in page


def test_the_tracer_says_so_when_nothing_like_it_is_known(browser: Browser, stage: Stage) -> None:
    page = _text(browser("viewer").get("/console/why?kind=order&q=HP-10"))
    assert "not known here" in page
    assert "HP-1" in page
