"""Every page answers those who may read it, and nobody else; and costs the same however much there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from hanse.kernel.ids import text_id
from hanse.money.commissions.actions import release_holds
from hanse.spine.parked.models import ParkedFact
from tests import make
from tests.console.conftest import NOW, Browser, Stage, click
from tests.money import books

TEAM = ("owner", "manager", "finance", "viewer")
READ = (
    "settings", "settings/keys", "settings/tracking", "settings/domains",
    "settings/audit", "settings/audit?q=run", "settings/health",
    "settings/profile", "traffic", "traffic?q=ana&state=all", "traffic/clicks", "traffic/clicks?days=all&reason=valid",
    "traffic/conversions", "traffic/conversions?which=nobody&days=all&q=HP", "traffic/conversions/{cnv}",
    "traffic/parked", "traffic/parked?status=conflict", "traffic/parked?status=dismissed", "why", "why?q=HP-1",
    "why?q=nothing&kind=order", "why?q=ANA10&kind=coupon", "why?q=c-1&kind=customer", "money", "money?all=1",
    "money/commissions", "money/commissions?state=held&days=all", "money/commissions/{com}",
    "money/commissions/{com}.json", "money/cases", "money/cases?show=decided", "money/adjustments", "money/payouts",
    "money/payouts/{run}", "money/statements/{enr}", "money/statements/{enr}?month=all", "programs",
    "programs/harbour", "programs/harbour/start", "programs/harbour/start/progress", "programs/harbour/terms",
    "terms/{trm}", "inbox", "inbox?status=closed", "inbox/rules", "inbox/our-silence", "inbox/doors", "meetings",
    "recognition",
)  # fmt: skip
SOME = {
    "inbox/sent": ("owner",),
    "money/payouts/new": ("owner", "manager", "finance"),
    "programs/new": ("owner", "manager"),
    "programs/harbour/edit": ("owner", "manager"),
    "programs/harbour/policy": ("owner", "manager"),
    "programs/harbour/offers/new": ("owner", "manager"),
    "programs/harbour/offers/{off}": ("owner", "manager"),
    "programs/harbour/terms/edit": ("owner", "manager"),
    "programs/harbour/terms/edit?scope=tier-power": ("owner", "manager"),
    "programs/harbour/terms/edit?scope={enr}": ("owner", "manager"),
}
EXPORTS = (
    "settings/audit", "traffic", "traffic/clicks", "traffic/conversions", "traffic/parked", "money",
    "money/commissions", "money/cases", "money/adjustments", "money/payouts", "money/payouts/{run}",
    "money/statements/{enr}",
)  # fmt: skip


@pytest.fixture
def path(stage: Stage) -> Callable[[str], str]:
    """Fill the ids into a path."""

    def filled(form: str) -> str:
        return "/console/" + form.format(
            cnv=text_id("cnv", stage.sold.pk), com=text_id("com", stage.commission.pk),
            run=text_id("run", stage.run.pk), enr=text_id("enr", stage.cast.anas.pk),
            trm=text_id("trm", stage.cast.terms.pk), off=text_id("off", stage.cast.offer.pk),
        )  # fmt: skip

    return filled


@pytest.mark.parametrize("role", TEAM)
def test_the_team_reads_every_page(role: str, browser: Browser, path: Callable[[str], str]) -> None:
    client = browser(role)
    found = {form: client.get(path(form)).status_code for form in READ}
    assert {form: status for form, status in found.items() if status != 200} == {}


@pytest.mark.parametrize("role", TEAM)
def test_pages_that_change_things_open_only_to_those_who_may(
    role: str, browser: Browser, path: Callable[[str], str]
) -> None:
    client = browser(role)
    found = {form: client.get(path(form)).status_code for form in SOME}
    assert found == {form: 200 if role in roles else 403 for form, roles in SOME.items()}


def test_partners_and_strangers_see_nothing_of_the_console(browser: Browser, path: Callable[[str], str]) -> None:
    partner, stranger = browser("partner"), browser("nobody")
    for form in (*READ, *SOME):
        assert partner.get(path(form)).status_code == 403, form
        assert stranger.get(path(form)).headers["Location"].startswith("/sign-in?next="), form


def test_every_list_can_be_taken_home(browser: Browser, path: Callable[[str], str]) -> None:
    client = browser("finance")
    for form in EXPORTS:
        answer = client.get(path(form), {"format": "csv"})
        assert answer.headers["Content-Type"].startswith("text/csv"), form
        text = answer.getvalue().decode()
        assert text.count("\n") >= 1, form


def test_unknown_things_are_not_found(browser: Browser) -> None:
    client = browser("owner")
    for form in (
        "money/commissions/com_nonsense", f"money/commissions/{text_id('com', make.program('other').pk)}",
        "traffic/conversions/cnv_1", "money/payouts/run_1", "programs/nowhere", "terms/trm_1", "money/statements/enr_1",
        "programs/harbour/terms/edit?scope=tier-nope", "programs/harbour/offers/off_1",
    ):  # fmt: skip
        assert client.get(f"/console/{form}").status_code == 404, form


def test_what_belongs_to_another_program_is_not_found(browser: Browser, path: Callable[[str], str]) -> None:
    make.program("second", created_at=make.at(-200))
    client = browser("owner")
    for form in (
        "money/commissions/{com}",
        "traffic/conversions/{cnv}",
        "money/payouts/{run}",
        "money/statements/{enr}",
    ):
        assert client.get(path(form) + "?program=second").status_code == 404, form


def _queries(client_path: Callable[[], object]) -> int:
    """Count the queries of both stores."""
    with CaptureQueriesContext(connections["default"]) as main:
        if "clicks" in connections:
            with CaptureQueriesContext(connections["clicks"]) as clicks:
                client_path()
            return len(main) + len(clicks)
        client_path()
    return len(main)


def test_pages_cost_the_same_however_much_there_is(stage: Stage, browser: Browser, path: Callable[[str], str]) -> None:
    client = browser("owner")
    _grow(stage, 3)
    small = {form: _queries(lambda form=form: client.get(path(form))) for form in (*READ, *SOME)}  # type: ignore[misc]
    _grow(stage, 30)
    large = {form: _queries(lambda form=form: client.get(path(form))) for form in (*READ, *SOME)}  # type: ignore[misc]
    assert {form: (small[form], large[form]) for form in small if large[form] > small[form]} == {}
    assert {form: count for form, count in large.items() if count > 30} == {}


def _grow(stage: Stage, many: int) -> None:
    """Add partners with sales, clicks, refunds and parked facts."""
    cast, sold = stage.cast, []
    for number in range(many):
        partner = make.partner(f"Grown {many} {number}")
        enrolment = make.enrolment(partner, cast.program)
        make.link(enrolment, cast.offer)
        sold.append(books.sell(enrolment, 1_000 + number, at=make.at(number % 50), customer=f"c-{many}-{number}"))
        books.refund(sold[-1], 100)
        click(cast, many * 1000 + number, "" if number % 2 else "duplicate")
        for status in ("waiting", "conflict"):
            ParkedFact.objects.create(
                status=status, source="shop", kind="conversion", program_id=cast.program.pk, body={},
                external_id=sold[-1].external_id, reason="amount_differs", sequence=many * 1000 + number,
                index=0 if status == "waiting" else 1, occurred_at=NOW, received_at=NOW,
            )  # fmt: skip
    books.price(*sold, now=NOW)
    release_holds(NOW, 1000)
