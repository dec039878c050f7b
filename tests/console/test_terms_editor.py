"""The terms editor: sentences with slots that read as JSON, tried on last year's orders, published as versions."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict

from hanse.faces.console.programs.terms_draft import body_of_drafts, drafts_from_body, drafts_from_form
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.models import Transaction
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms, TermsDraft
from tests.console.conftest import NOW, Browser, Stage

EDIT = "/console/programs/harbour/terms/edit"
EVERYTHING: list[dict[str, Any]] = [
    {"kind": "percent", "rate": "20%", "goal": "sale",
     "when": {"field": "line.category", "op": "in", "value": ["books", "tea"]}},
    {"kind": "percent", "rate": "2.9%", "goal": "renewal", "recurring": {"months": 12}},
    {"kind": "fixed", "goal": "lead", "amount": 500, "per": "unit", "recurring": "life"},
    {"kind": "ladder", "metric": "value", "period": "month", "mode": "marginal",
     "steps": [{"from": 0, "rate": "4%"}, {"from": 20000, "rate": "6%"}]},
    {"kind": "ladder", "metric": "count", "period": "year", "mode": "bonus", "steps": [{"from": 10, "amount": 50000}]},
    {"kind": "multiplier", "factor": "1.5",
     "when": {"all": [{"field": "customer.is_new", "op": "eq", "value": True},
                      {"field": "order.amount", "op": "gte", "value": 5000}]}},
    {"kind": "milestone", "metric": "count", "at": 1, "amount": 5000},
    {"kind": "milestone", "metric": "value", "at": 100000, "amount": 7500,
     "when": {"any": [{"field": "metadata.channel", "op": "exists", "value": False},
                      {"field": "customer.country", "op": "not_in", "value": ["PL", "DE"]}]}},
    {"kind": "cap", "per": "period", "period": "year", "amount": 10000},
    {"kind": "cap", "per": "customer", "count": 3},
    {"kind": "floor", "amount": 2000000, "period": "quarter", "mode": "recoupable", "carry": True},
    {"kind": "floor", "amount": 1000, "period": "month", "mode": "greater_of"},
    {"kind": "fee", "amount": 2000000, "due": "signing"},
    {"kind": "fee", "amount": 5, "due": "2026-12-31"},
    {"kind": "referral", "rate": "10%", "months": 12},
    {"kind": "benefit", "name": "Sample box", "worth": 4500, "period": "quarter"},
    {"kind": "percent", "rate": "1%", "when": {"all": [{"any": [{"field": "line.sku", "op": "eq", "value": "x"}]}]}},
    {"kind": "percent", "rate": "1%", "when": {"any": [
        {"all": [{"field": "order.amount", "op": "gte", "value": 5000},
                 {"any": [{"field": "line.sku", "op": "eq", "value": "x"},
                          {"field": "metadata.plan", "op": "in", "value": ["a", "b"]}]},
                 {"field": "line.quantity", "op": "lt", "value": 3}]},
        {"field": "customer.is_new", "op": "eq", "value": True}]}},
]  # fmt: skip


def _sent(client: Any, path: str = EDIT) -> dict[str, str]:
    """Return what the browser would send of the editor as it stands."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, str] = {}
            self.select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            said = dict(attrs)
            if tag == "input" and said.get("name"):
                self.found[str(said["name"])] = said.get("value") or ""
            elif tag == "select":
                self.select = str(said.get("name") or "")
            elif tag == "option" and self.select and ("selected" in said or self.select not in self.found):
                self.found[self.select] = said.get("value") or ""

    page = Fields()
    page.feed(client.get(path).content.decode())
    return {name: value for name, value in page.found.items() if name not in ("csrfmiddlewaretoken", "do")}


@pytest.mark.parametrize("clause", EVERYTHING, ids=lambda clause: clause["kind"])
def test_every_clause_survives_the_editor_unchanged(clause: dict[str, Any], browser: Browser, stage: Stage) -> None:
    body = {"clauses": [clause]}
    assert body_of_drafts(drafts_from_body(body, "GBP"), "GBP") == body
    Terms.objects.filter(pk=stage.cast.terms.pk).update(body=body, body_hash="changed")
    form = QueryDict(mutable=True)
    form.update(_sent(browser("manager")))
    drafts = drafts_from_form(form)
    assert body_of_drafts(drafts, "GBP") == body
    assert drafts[0].errors == {}


def test_publishing_makes_the_next_version_and_keeps_the_first(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    form = _sent(client) | {
        "c0-rate": "25",
        "do": "publish",
        "reason": "A better year",
        "starts": NOW.date().isoformat(),
    }
    assert client.post(EDIT, form).status_code == 303
    first, second = Terms.objects.filter(program=stage.cast.program).order_by("number")
    assert first.body == stage.cast.terms.body
    assert (second.number, second.body["clauses"][0]["rate"], second.reason) == (2, "25%", "A better year")
    assert second.starts_at == NOW


def test_a_floor_is_added_and_published_and_a_wrong_day_is_told(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    page = client.post(EDIT, _sent(client) | {"do": "add:fee"}).content.decode()
    assert "when the partner accepts" in page
    form = _sent(client) | {
        "clauses": "2",
        "c1-kind": "fee",
        "c1-amount": "7.00",
        "c1-due": "date",
        "c1-due_on": "soon",
    }
    answer = client.post(EDIT, form | {"do": "publish"})
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()
    assert client.post(EDIT, form | {"c1-due_on": "2026-12-31", "do": "publish"}).status_code == 303
    made = Terms.objects.get(program=stage.cast.program, number=2)
    assert made.body["clauses"][1] == {"kind": "fee", "amount": 700, "due": "2026-12-31"}


def test_a_tier_gets_terms_of_its_own(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    client.post(EDIT, _sent(client, f"{EDIT}?scope=tier-power") | {"c0-rate": "30%", "do": "publish"})
    made = Terms.objects.get(tier__key="power")
    assert (made.number, made.body["clauses"][0]["rate"]) == (1, "30%")


def test_one_partner_gets_terms_of_their_own_until_a_day(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    scope = text_id("enr", stage.cast.anas.pk)
    form = _sent(client, f"{EDIT}?scope={scope}") | {"do": "publish", "starts": "2026-08-01", "ends": "2026-08-31"}
    client.post(EDIT, form)
    made = Terms.objects.get(enrolment=stage.cast.anas)
    assert made.starts_at.isoformat() == "2026-07-31T23:00:00+00:00"
    assert made.ends_at is not None
    assert made.ends_at.isoformat() == "2026-08-31T23:00:00+00:00"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("c0-rate", "120000%"),
        ("c0-rate", "lots"),
        ("c0-rate", ""),
        ("c0-recur", "months"),
        ("starts", "soon"),
        ("ends", "31/12"),
    ],
)
def test_a_wrong_value_is_told_and_nothing_is_published(browser: Browser, stage: Stage, field: str, value: str) -> None:
    client = browser("manager")
    answer = client.post(EDIT, _sent(client) | {field: value, "do": "publish"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="err"' in page
    assert "/clauses/" not in page
    assert Terms.objects.count() == 1


def test_better_terms_may_start_in_the_past_and_pay_at_once(browser: Browser, stage: Stage) -> None:
    client, before = browser("manager"), _owed()
    form = _sent(client) | {"starts": "2026-01-02", "c0-rate": "50", "do": "publish"}
    assert client.post(EDIT, form).status_code == 303
    assert _owed() > before
    assert verify_commissions() == []


def test_worse_terms_that_start_in_the_past_are_refused_beside_the_day(browser: Browser, stage: Stage) -> None:
    client, before = browser("manager"), _owed()
    answer = client.post(EDIT, _sent(client) | {"starts": "2026-01-02", "c0-rate": "1", "do": "publish"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Not published" in page
    assert "These would: " in page.split('id="starts"')[1].split("</p>")[0]
    assert Commission.objects.filter(owed_minor__gt=0).first().conversion.external_id in page  # type: ignore[union-attr]
    assert (Terms.objects.count(), _owed()) == (1, before)


def _owed() -> int:
    return sum(Commission.objects.values_list("owed_minor", flat=True))


def test_clauses_are_added_moved_and_removed_without_publishing_anything(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    form = _sent(client)
    page = client.post(EDIT, form | {"do": "add:cap"})
    assert [row.kind for row in page.context["rows"]] == ["percent", "percent", "cap"]
    moved = client.post(EDIT, form | {"do": "down:0"})
    assert [clause["goal"] for clause in moved.context["sheet"].body["clauses"]] == ["renewal", "sale"]
    assert client.post(EDIT, form | {"do": "remove:0"}).context["sheet"].body["clauses"][0]["goal"] == "renewal"
    assert Terms.objects.count() == 1


def test_a_half_written_version_survives_a_closed_tab_until_it_is_discarded(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    form = _sent(client) | {"c0-rate": "half of", "reason": "Not sure yet"}
    assert client.post(EDIT, form | {"do": "keep"}).status_code == 204
    again = _sent(client)
    assert (again["c0-rate"], again["reason"]) == ("half of", "Not sure yet")
    assert client.post(EDIT, again | {"do": "discard"}).status_code == 303
    assert _sent(client)["c0-rate"] == "20%"
    assert Terms.objects.count() == 1


def test_publishing_ends_the_draft(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    client.post(EDIT, _sent(client) | {"c0-rate": "25%", "do": "keep"})
    assert client.post(EDIT, _sent(client) | {"do": "publish"}).status_code == 303
    assert not TermsDraft.objects.exists()
    assert Terms.objects.get(number=2).body["clauses"][0]["rate"] == "25%"


def test_what_is_kept_a_moment_after_publishing_does_not_come_back_as_a_draft(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    form = _sent(client) | {"c0-rate": "25%"}
    assert client.post(EDIT, form | {"do": "publish"}).status_code == 303
    assert client.post(EDIT, form | {"do": "keep"}).status_code == 204
    assert not TermsDraft.objects.exists()


def test_a_form_sent_by_htmx_goes_on_to_a_whole_page(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    answer = client.post(EDIT, _sent(client) | {"c0-rate": "25%", "do": "publish"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/console/programs/harbour")


def test_conditions_nest_to_three_levels_by_buttons(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    for does in ("test:0", "group:0", "group:0:1", "group:0:3"):
        page = client.post(EDIT, _sent(client) | {"do": does})
        assert page.status_code == 200
    rows = page.context["sheet"].drafts[0].tests
    assert [(row["level"], "how" in row) for row in rows] == [
        ("1", False), ("1", True), ("2", False), ("2", True), ("3", False),
    ]  # fmt: skip
    gone = client.post(EDIT, _sent(client) | {"do": "untest:0:1"}).context["sheet"].drafts[0].tests
    assert len(gone) == 1


def test_a_mistake_deep_in_a_condition_is_told_at_its_row(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    for does in ("test:0", "group:0"):
        client.post(EDIT, _sent(client) | {"do": does})
    form = _sent(client) | {"c0-w2-field": "order.amount", "c0-w2-op": "gte", "c0-w2-value": "lots", "do": "show"}
    answer = client.post(EDIT, form)
    assert answer.status_code == 422
    assert "w2" in answer.context["sheet"].drafts[0].errors


def test_a_program_with_notice_refuses_lower_terms_before_it_is_over(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    Program.objects.update(notice_days=30)
    form = _sent(client) | {"c0-rate": "19%", "do": "publish"}
    answer = client.post(EDIT, form)
    assert answer.status_code == 422
    assert "30 days’ notice" in answer.content.decode()
    assert client.post(EDIT, form | {"c0-rate": "21%"}).status_code == 303
    later = (NOW + timedelta(days=31)).date().isoformat()
    assert client.post(EDIT, _sent(client) | {"c0-rate": "15%", "starts": later, "do": "publish"}).status_code == 303


def test_conditions_and_steps_are_added_and_removed(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    page = client.post(EDIT, _sent(client) | {"do": "test:0"})
    assert len(page.context["rows"][0].tests) == 1
    form = _sent(client) | {"clauses": "1", "c0-kind": "ladder", "c0-s0-from": "0", "c0-s0-pays": "5%", "do": "step:0"}
    assert len(client.post(EDIT, form).context["rows"][0].steps) == 2


def test_the_json_view_says_the_same_and_refuses_nonsense(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    shown = client.post(EDIT, _sent(client) | {"do": "json"}).context["sheet"]
    assert json.loads(shown.json_text) == stage.cast.terms.body
    for text in ("{", '{"clauses": [{"kind": "percent", "rate": "x"}]}', '{"clauses": [], "more": 1}', "[]"):
        answer = client.post(EDIT, {"view": "json", "json": text, "do": "publish", "scope": "program"})
        assert answer.status_code == 422, text
        assert answer.context["sheet"].json_error
    good = json.dumps({"clauses": EVERYTHING[:3]})
    back = client.post(EDIT, {"view": "json", "json": good, "do": "sentences", "scope": "program"})
    assert [row.kind for row in back.context["rows"]] == ["percent", "percent", "fixed"]
    assert Terms.objects.count() == 1


def test_a_draft_is_tried_on_last_years_orders_without_booking(browser: Browser, stage: Stage) -> None:
    before = Transaction.objects.count()
    client = browser("manager")
    answer = client.post(EDIT, _sent(client) | {"c0-rate": "10%", "do": "show"})
    tried = answer.context["tried"]
    # 500.00 and what is left of 100.00: 75.00. At 20 % that was 115.00, at 10 % it is 57.50.
    assert (tried.result.before_minor, tried.result.after_minor, tried.change_minor) == (11_500, 5_750, -5_750)
    assert (tried.result.orders, tried.result.lose, tried.result.gain) == (2, 1, 0)
    page = " ".join(answer.content.decode().split())
    assert "Ana" in page
    assert "loses" in page
    assert Transaction.objects.count() == before


def test_a_draft_for_one_partner_touches_nobody_else(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    scope = text_id("enr", stage.cast.bens.pk)
    answer = client.post(EDIT, _sent(client, f"{EDIT}?scope={scope}") | {"c0-rate": "90%", "do": "show"})
    assert answer.context["tried"].result.effects == []


def test_the_history_shows_who_published_what_and_why(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    client.post(EDIT, _sent(client) | {"c0-rate": "25%", "do": "publish", "reason": "A better year"})
    page = client.get("/console/programs/harbour/terms").content.decode()
    assert "A better year" in page
    assert "manager@harbour.example" in page
