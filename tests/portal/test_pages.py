"""What the portal's pages say, count and take."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hanse.faces.portal.terms import compared
from hanse.growth.challenges.actions import keep_challenge, open_challenge
from hanse.insight.readers.rules import average_minor, best_hours, categories, new_share
from hanse.insight.readers.types import Sale
from hanse.insight.rollups.rebuilding import rebuild_rollups
from hanse.kernel.ids import text_id
from hanse.people.access.models import TeamUser
from hanse.people.partners.models import Partner, PayoutDetails
from hanse.programs.enrolments.models import Agreement
from hanse.programs.programs.models import Program
from hanse.traffic.links.models import Link
from tests import make
from tests.conftest import Clock
from tests.money import books
from tests.portal.conftest import Portal

PAGES = ("home", "links", "earnings", "why", "payouts", "profile", "payout_details", "terms")


def _text(client: Client, name: str, *arguments: str, **query: str) -> str:
    return client.get(reverse(f"portal:{name}", args=arguments), query).content.decode()


def test_home_says_what_was_earned_is_coming_and_was_paid(ana: Client, portal: Portal) -> None:
    page = _text(ana, "home")
    assert "Earned in November" in page
    assert "£10.00" in page  # 20 % of 50.00, on hold
    assert "£15.60" in page  # 20 % of 78.00, paid
    assert "1 sale" in page


def test_earnings_list_every_commission_and_open_its_explanation(ana: Client, portal: Portal) -> None:
    page = _text(ana, "earnings")
    assert "HP-1" in page
    assert "HP-2" in page
    receipt = _text(ana, "earning", portal.commission(portal.paid))
    assert "£78.00 × 20% = 15.6" in receipt
    assert "Commissionable value" in receipt
    assert _text(ana, "earnings", state="paid").count("HP-1") > 0
    assert 'href="/p/earnings/' + portal.commission(portal.held) not in _text(ana, "earnings", state="paid")


def test_the_csv_of_earnings_adds_up_to_what_the_page_says(ana: Client, portal: Portal) -> None:
    answer = ana.get(reverse("portal:earnings"), {"format": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["HP-2", "HP-1"]
    assert [row[5] for row in rows[1:]] == ["10.00", "15.60"]


def test_a_statement_and_its_csv_agree(ana: Client, portal: Portal) -> None:
    page = _text(ana, "statement", "2026-11")
    answer = ana.get(reverse("portal:statement", args=["2026-11"]), {"format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[-1][2] == "closing"
    assert rows[-1][-2] == "15.60"
    assert "£15.60" in page
    for bad in ("2026-13", "x", "0000-00"):
        assert ana.get(reverse("portal:statement", args=[bad])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_at_most_thirty_queries_however_much_was_sold(
    ana: Client, portal: Portal, clock: Clock, name: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert ana.get(reverse(f"portal:{name}")).status_code == 200
        return len(caught)

    few = queries()
    sold = [
        books.sell(portal.cast.anas, 1000 + n, at=clock.now - timedelta(days=n % 60, hours=n), name=f"M-{n}")
        for n in range(40)
    ]
    books.price(*sold, now=clock.now)
    for number in range(10, 22):
        make.link(portal.cast.anas, portal.cast.offer, number=number, slug=f"more-{number}")
    rebuild_rollups(clock.now)
    many = queries()
    assert many <= (36 if name == "home" else 30)  # home tells news of every room, with a query each
    assert many <= few + 3  # what is not asked of few: readers' facts begin at ten sales


def test_a_partner_makes_copies_and_switches_off_a_link(ana: Client, portal: Portal) -> None:
    made = {"offer": str(portal.cast.offer.pk), "slug": "ana-tea", "destination_url": "https://shop.example/tea"}
    assert ana.post(reverse("portal:links"), made).status_code == 302
    link = Link.objects.get(slug="ana-tea")
    assert link.enrolment == portal.cast.anas
    assert ana.post(reverse("portal:links"), made).status_code == 422  # taken
    elsewhere = made | {"slug": "x-1", "destination_url": "https://evil.example/"}
    assert "may lead to" in ana.post(reverse("portal:links"), elsewhere).content.decode()
    name = text_id("lnk", link.pk)
    assert ana.post(reverse("portal:link_copied", args=[name])).status_code == 204
    ana.post(reverse("portal:link_archive", args=[name]))
    link.refresh_from_db()
    assert link.copied_at
    assert link.archived_at
    ana.post(reverse("portal:link_restore", args=[name]))
    assert Link.objects.get(pk=link.pk).archived_at is None


def test_a_link_comes_as_a_qr_code_to_print_and_to_show(ana: Client, portal: Portal) -> None:
    name = text_id("lnk", portal.cast.anas_link.pk)
    svg, png = (ana.get(reverse("portal:link_qr", args=[name, kind])) for kind in ("svg", "png"))
    assert b"<svg" in svg.content
    assert png.content.startswith(b"\x89PNG")
    assert svg["Content-Disposition"] == 'attachment; filename="ana.svg"'


@pytest.mark.parametrize(
    ("rail", "account", "is_good"),
    [
        ("sepa", "GB33 BUKB 2020 1555 5555 55", True),
        ("sepa", "GB33 BUKB 2020 1555 5555 56", False),
        ("paypal", "ana@example.com", True),
        ("paypal", "not an address", False),
        ("manual", "Cash at the market", True),
    ],
)
def test_payout_details_are_checked(ana: Client, portal: Portal, rail: str, account: str, is_good: bool) -> None:
    before = PayoutDetails.objects.get(partner=portal.cast.ana).account
    form = {"rail": rail, "account_name": "Ana", "account": account, "bic": ""}
    assert ana.post(reverse("portal:payout_details"), form).status_code == (302 if is_good else 422)
    after = PayoutDetails.objects.get(partner=portal.cast.ana).account
    assert (after == before) is not is_good


def test_new_terms_show_what_changes_and_wait_for_a_yes(ana: Client, portal: Portal, clock: Clock) -> None:
    better = {"kind": "percent", "rate": "25%", "goal": "sale"}
    make.terms(portal.cast.program, better, starts_at=clock.now, reason="We can pay more.")
    assert "Read and accept your terms" in _text(ana, "home")
    page = _text(ana, "terms")
    assert '<del class="gone">20% of each sale</del>' in page
    assert "25% of each sale</ins>" in page
    assert "We can pay more." in page
    ana.post(reverse("portal:terms"))
    assert Agreement.objects.filter(enrolment=portal.cast.anas).count() == 2
    assert "accepted" in _text(ana, "terms")


def test_the_difference_of_terms_keeps_the_reading_order() -> None:
    found = [(line.text, line.mark) for line in compared(["a", "b", "c"], ["a", "x", "c", "d"])]
    assert found == [("a", ""), ("b", "gone"), ("x", "came"), ("c", ""), ("d", "came")]


def test_the_profile_keeps_language_and_zone(ana: Client, portal: Portal) -> None:
    form = {"name": "Ana Nova", "language": "pl", "time_zone": "Europe/Warsaw"}
    assert ana.post(reverse("portal:profile"), form).status_code == 302
    person = TeamUser.objects.get(pk=portal.cast.anas_login.pk)
    assert (person.name, person.language, person.time_zone) == ("Ana Nova", "pl", "Europe/Warsaw")
    assert '<html lang="pl"' in _text(ana, "home")
    assert ana.post(reverse("portal:profile"), form | {"language": "xx"}).status_code == 422


def test_a_login_without_a_program_says_so(portal: Portal) -> None:
    cleo = make.partner("Cleo")
    browser = Client()
    browser.force_login(make.partner_login(cleo))
    assert "No program yet" in browser.get(reverse("portal:home")).content.decode()


def test_a_partner_of_two_programs_chooses_which_one_to_see(ana: Client, portal: Portal) -> None:
    second = make.program("second", name="Second Shop", currency="EUR")
    make.enrolment(portal.cast.ana, second)
    make.terms(second)
    assert "Second Shop" in _text(ana, "home")
    assert "€0.00" in _text(ana, "home", program="second")
    assert "HP-1" not in _text(ana, "earnings")
    assert "£15.60" in _text(ana, "home", program="harbour")


def test_nothing_is_said_about_fewer_than_ten_sales() -> None:
    nine = [Sale(20, 1000, True, frozenset({"kitchen"}))] * 9
    assert average_minor(nine) is None
    assert new_share(nine) is None
    assert categories(nine) == []
    ten = [*nine, Sale(9, 2000, False, frozenset({"kitchen", "shipping"}))]
    assert average_minor(ten) == 1100
    assert str(new_share(ten)) == "0.9"
    assert [name for name, _share in categories(ten)] == ["kitchen"]
    assert best_hours(ten)[:2] == (18, 21)


def test_letters_follow_the_language_and_the_day_that_a_partner_chose(ana: Client, portal: Portal) -> None:
    form = {"name": "Ana Nova", "language": "pl", "time_zone": "America/New_York"}
    assert ana.post(reverse("portal:profile"), form).status_code == 302
    partner = Partner.objects.get(pk=portal.cast.ana.pk)
    assert (partner.language, partner.time_zone) == ("pl", "America/New_York")
    assert ana.post(reverse("portal:profile"), form | {"time_zone": ""}).status_code == 302
    partner.refresh_from_db()
    assert partner.time_zone == "Europe/London", "as the program"


def test_a_page_left_open_signs_no_terms_that_it_did_not_show(ana: Client, portal: Portal, clock: Clock) -> None:
    shown = make.terms(portal.cast.program, starts_at=clock.now - timedelta(hours=2))
    page = _text(ana, "terms")
    assert text_id("trm", shown.pk) in page
    less = {"kind": "percent", "rate": "1%", "goal": "sale"}
    later = make.terms(portal.cast.program, less, starts_at=clock.now - timedelta(hours=1))
    ana.post(reverse("portal:terms"), {"terms": text_id("trm", shown.pk)})
    assert not Agreement.objects.filter(terms=later).exists()
    ana.post(reverse("portal:terms"), {"terms": text_id("trm", later.pk)})
    assert Agreement.objects.filter(terms=later, enrolment=portal.cast.anas).exists()


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-13", "x"])
def test_a_month_that_cannot_be_is_not_found(ana: Client, month: str) -> None:
    assert ana.get(reverse("portal:statement", args=[month])).status_code in (200, 404)


def test_a_challenge_stays_in_the_menu_until_its_last_day_ends_where_the_program_is(
    ana: Client, portal: Portal, clock: Clock
) -> None:
    program, today = portal.cast.program, clock.now.date()
    Program.objects.filter(pk=program.pk).update(time_zone="America/Los_Angeles")
    program.refresh_from_db()
    row = keep_challenge(
        program, name="A picture a day", metric="proof", starts_on=today, ends_on=today, prize_minor=500, now=clock.now,
        by="ruth",
    )  # fmt: skip
    open_challenge(row, now=clock.now, by="ruth")
    clock.set(datetime.combine(today + timedelta(days=1), time(3), UTC))  # seven in the evening of the day before
    assert reverse("portal:challenges") in _text(ana, "home")
    clock.move(hours=6)
    assert reverse("portal:challenges") not in _text(ana, "home")
