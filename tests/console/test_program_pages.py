"""Programs: started by five questions, changed, archived; goals, offers, tiers, policy."""

from __future__ import annotations

import pytest

from hanse.kernel.ids import text_id
from hanse.people.partners.models import Partner
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import AttributionPolicy, Goal, Program
from hanse.programs.terms.models import Terms
from hanse.spine.doors.models import DoorLink
from hanse.traffic.links.models import Link
from tests.console.conftest import Browser, Stage

FIVE = {
    "name": "Tea & Tinsel", "website": "https://tea.example/", "currency": "EUR", "time_zone": "Europe/Berlin",
    "rate": "12,5", "partner_name": "Mia", "partner_email": "mia@example.com",
}  # fmt: skip


def _text(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return " ".join(content.decode().split())


def test_five_answers_make_a_program_with_a_working_link(browser: Browser) -> None:
    client = browser("manager")
    answer = client.post("/console/programs/new", FIVE)
    program = Program.objects.get(slug="tea-tinsel")
    assert answer.headers["Location"] == "/console/programs/tea-tinsel/start"
    assert Terms.objects.get(program=program).body == {
        "clauses": [{"kind": "percent", "rate": "12.5%", "goal": "sale"}]
    }
    link = Link.objects.get(enrolment__program=program)
    assert (link.destination_url, link.enrolment.partner.email) == ("https://tea.example/", "mia@example.com")
    assert DoorLink.objects.filter(slug=link.slug, status="").exists()
    page = _text(client.get("/console/programs/tea-tinsel/start"))
    assert f"/{link.slug}" in page
    assert "/shop/tea-tinsel" in page
    assert "waiting for it" in page


def test_a_known_partner_is_enrolled_and_not_made_twice(browser: Browser, stage: Stage) -> None:
    browser("manager").post("/console/programs/new", {**FIVE, "partner_email": stage.cast.ana.email})
    assert Partner.objects.count() == 2
    assert Program.objects.get(slug="tea-tinsel").enrolments.get().partner == stage.cast.ana


def test_a_second_program_of_the_same_name_gets_an_address_of_its_own(browser: Browser) -> None:
    client = browser("manager")
    client.post("/console/programs/new", FIVE)
    client.post("/console/programs/new", FIVE)
    assert set(Program.objects.filter(name=FIVE["name"]).values_list("slug", flat=True)) == {
        "tea-tinsel",
        "tea-tinsel-2",
    }


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("website", "not an address", "no spaces"), ("rate", "lots", "percentage"), ("partner_email", "mia", "e-mail"),
        ("name", "", "required"), ("currency", "XXX", "valid choice"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_at_its_field_and_starts_nothing(
    browser: Browser, field: str, value: str, words: str
) -> None:
    before = (Program.objects.count(), Partner.objects.count(), Terms.objects.count())
    answer = browser("manager").post("/console/programs/new", {**FIVE, field: value})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field], form.errors
    assert words in form.errors[field][0]
    assert (Program.objects.count(), Partner.objects.count(), Terms.objects.count()) == before


def _fields(client_page: object) -> dict[str, object]:
    form = client_page.context["form"]  # type: ignore[attr-defined]
    return {name: form[name].value() or "" for name in form.fields}


def test_a_program_is_edited_in_its_own_currency(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    said = _fields(client.get("/console/programs/harbour/edit"))
    said |= {"name": "Harbour Two", "minimum_payout_minor": "25.50", "approval_ceiling_minor": "", "hold_days": "14"}
    said = {name: value for name, value in said.items() if value not in (False, None)}
    assert client.post("/console/programs/harbour/edit", said).status_code == 303
    program = stage.cast.program
    program.refresh_from_db()
    assert (program.name, program.minimum_payout_minor, program.hold_days) == ("Harbour Two", 2_550, 14)


def test_a_wrong_edit_changes_nothing(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    said = _fields(client.get("/console/programs/harbour/edit"))
    answer = client.post("/console/programs/harbour/edit", said | {"minimum_payout_minor": "1.234", "name": "X"})
    assert answer.status_code == 422
    stage.cast.program.refresh_from_db()
    assert stage.cast.program.name == "Harbour"


def test_a_policy_is_a_new_version_and_the_code_can_go_first(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    form = {"window_days": 45, "model": "linear", "place_coupon": 1, "window_click": 7, "self_referral": "zero"}
    assert client.post("/console/programs/harbour/policy", form).status_code == 303
    newest = AttributionPolicy.objects.filter(program=stage.cast.program).order_by("-number")[0]
    assert (newest.number, newest.window_days, newest.order[:2]) == (2, 45, ["deal", "coupon"])
    assert (newest.windows, newest.half_life_days, newest.stand_down_minutes) == ({"click": 7}, 7, 30)
    assert client.post("/console/programs/harbour/policy", form | {"window_days": 0}).status_code == 422
    assert AttributionPolicy.objects.filter(program=stage.cast.program).count() == 2


def test_goals_are_added_renamed_and_archived(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    client.post("/console/programs/harbour/goals", {"name": "First box", "recurring": "on"})
    goal = Goal.objects.get(program=stage.cast.program, key="first-box")
    assert goal.is_recurring
    client.post("/console/programs/harbour/goals", {"name": "First box"})
    assert Goal.objects.filter(program=stage.cast.program, name="First box").count() == 1
    client.post("/console/programs/harbour/goals/first-box", {"name": "Starter box"})
    client.post("/console/programs/harbour/goals/first-box/archive")
    goal.refresh_from_db()
    assert (goal.name, goal.archived_at is not None) == ("Starter box", True)


def test_an_offer_leads_only_to_its_hosts(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    wrong = {"name": "Sale", "destination_url": "https://a.example/", "allowed_hosts": "b.example"}
    assert client.post("/console/programs/harbour/offers/new", wrong).status_code == 422
    right = wrong | {"allowed_hosts": "a.example\nb.example"}
    assert client.post("/console/programs/harbour/offers/new", right).status_code == 303
    offer = Offer.objects.get(name="Sale")
    path = f"/console/programs/harbour/offers/{text_id('off', offer.pk)}"
    assert client.post(path, right | {"name": "Winter sale"}).status_code == 303
    client.post(f"{path}/archive")
    offer.refresh_from_db()
    assert (offer.name, offer.archived_at is not None) == ("Winter sale", True)


def test_tiers_are_renamed(browser: Browser, stage: Stage) -> None:
    browser("manager").post("/console/programs/harbour/tiers/power", {"name": "Captains"})
    assert "Captains" in _text(browser("viewer").get("/console/programs/harbour"))


def test_an_archived_program_leaves_the_lists_with_a_reason(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    client.post("/console/programs/new", FIVE)
    client.post("/console/programs/tea-tinsel/archive", {"reason": "Only a test"})
    program = Program.objects.get(slug="tea-tinsel")
    assert program.archived_at is not None
    assert "Archived" in _text(client.get("/console/programs"))


def test_a_viewer_changes_nothing_of_a_program(browser: Browser, stage: Stage) -> None:
    client = browser("viewer")
    for path, form in (
        ("programs/new", FIVE), ("programs/harbour/goals", {"name": "X"}),
        ("programs/harbour/archive", {"reason": "x"}),

        ("programs/harbour/tiers/power", {"name": "X"}), ("programs/harbour/terms/edit", {"do": "publish"}),
    ):  # fmt: skip
        assert client.post(f"/console/{path}", form).status_code == 403, path
