"""The list of partners, one partner, and what is done there."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from hanse.kernel.ids import text_id
from hanse.people.access.models import TeamUser
from hanse.people.partners.models import Note, Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.models import AuditEntry
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link
from tests import make
from tests.cast import Cast
from tests.faces.conftest import day


def path(partner: Partner, act: str = "") -> str:
    return f"/console/partners/{text_id('prt', partner.id)}{act}"


def listed(browser: Client, query: str) -> list[str]:
    answer = browser.get(f"/console/partners?format=csv&{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return [row["Partner"] for row in csv.DictReader(io.StringIO(text))]


def test_partners_stand_in_the_order_of_what_they_brought(cast: Cast, ruth: Client) -> None:
    day(cast.bens, 2, value_minor=900, refunded_minor=100, conversions=1)
    day(cast.anas, 2, value_minor=1_000, refunded_minor=500, conversions=1)
    assert listed(ruth, "") == ["Ben", "Ana"]
    assert listed(ruth, "sort=name") == ["Ana", "Ben"]


def test_the_list_is_narrowed_by_words_status_type_tag_and_activity(cast: Cast, ruth: Client) -> None:
    Partner.objects.filter(id=cast.ana.id).update(types=["creator"], tags=["advent"], company="Dom z Duszą")
    make.change_status(cast.bens, "paused", make.NOON)
    day(cast.anas, 3, clicks=5)
    assert listed(ruth, "q=duszą ana") == ["Ana"]
    assert listed(ruth, "q=duszą ben") == []
    assert listed(ruth, "status=paused") == ["Ben"]
    assert listed(ruth, "type=creator") == ["Ana"]
    assert listed(ruth, "tag=advent") == ["Ana"]
    assert listed(ruth, "tag=adv") == []
    assert listed(ruth, "had=no_sale") == ["Ana"]
    assert listed(ruth, "had=never_clicked") == []
    assert listed(ruth, "tier=new&sort=name") == ["Ana", "Ben"]
    assert listed(ruth, "status=none&had=none&sort=name") == ["Ana", "Ben"]


def test_a_partner_named_like_a_formula_is_harmless_in_the_file(cast: Cast, ruth: Client) -> None:
    Partner.objects.filter(id=cast.ana.id).update(name="=cmd|' /C calc'!A0")
    assert "'=cmd|' /C calc'!A0" in listed(ruth, "")


def test_a_name_with_markup_is_only_text(cast: Cast, ruth: Client) -> None:
    Partner.objects.filter(id=cast.ana.id).update(name="<script>alert(1)</script>")
    for page in ("/console/partners", path(cast.ana), "/console/find?q=script"):
        assert "<script>alert" not in ruth.get(page).content.decode()


def test_adding_a_partner_enrols_them_with_a_login_and_a_link(cast: Cast, ruth: Client) -> None:
    answer = ruth.post(
        "/console/partners/new", {"name": "Cora", "email": "Cora@X.example", "types": ["affiliate"], "tags": "a, b"}
    )
    cora = Partner.objects.get(name="Cora")
    assert answer.status_code == 302
    assert answer["Location"] == path(cora)
    assert cora.tags == ["a", "b"]
    enrolment = Enrolment.objects.get(partner=cora)
    assert enrolment.status == "active"
    assert Link.objects.filter(enrolment=enrolment).count() == 1
    assert TeamUser.objects.filter(partner=cora, role="partner").exists()


def test_bad_answers_are_told_at_their_field_and_change_nothing(cast: Cast, ruth: Client) -> None:
    answers = {"name": "Cora", "email": "nonsense", "country": "XX", "website": "javascript:alert(1)"}
    answer = ruth.post("/console/partners/new", answers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count('class="err"') >= 3
    assert 'aria-invalid="true"' in page
    assert not Partner.objects.filter(name="Cora").exists()
    known = ruth.post("/console/partners/new", {"name": "Cora", "email": cast.ana.email})
    assert known.status_code == 422
    assert "already a partner" in known.content.decode()


def test_many_are_tagged_or_paused_at_once(cast: Cast, ruth: Client) -> None:
    both = [str(cast.anas.id), str(cast.bens.id)]
    ruth.post("/console/partners/many", {"id": both, "act": "tag", "tag": "summer"})
    assert all("summer" in partner.tags for partner in Partner.objects.all())
    ruth.post("/console/partners/many", {"id": [both[0], "nonsense"], "act": "pause"})
    cast.anas.refresh_from_db()
    cast.bens.refresh_from_db()
    assert (cast.anas.status, cast.bens.status) == ("paused", "active")


def test_one_page_holds_terms_links_and_what_happened(cast: Cast, ruth: Client) -> None:
    day(cast.anas, 2, value_minor=5_000, conversions=2, clicks=20, commission_minor=1_000)
    page = ruth.get(path(cast.ana)).content.decode()
    assert "20%" in page
    assert "/ana" in page
    assert "ANA10" in page
    assert "£50.00" in page
    happened = ruth.get(path(cast.ana, "/events")).content.decode()
    assert "First click" in happened
    assert "Active in the program" in happened


def test_an_unknown_partner_is_not_found(cast: Cast, ruth: Client) -> None:
    assert ruth.get("/console/partners/prt_nonsense").status_code == 404
    assert ruth.get(f"/console/partners/{text_id('prt', cast.program.id)}").status_code == 404


def test_notes_links_and_codes_are_made_there(cast: Cast, ruth: Client) -> None:
    ruth.post(path(cast.ana, "/note"), {"text": "Prefers mails in the evening"})
    assert Note.objects.get(partner=cast.ana).author == cast.ruth.email
    ruth.post(path(cast.ana, "/link"), {"slug": "ana-tea", "destination_url": "https://shop.example/tea"})
    link = Link.objects.get(slug="ana-tea")
    ruth.post(path(cast.ana, "/coupon"), {"code": "tea10", "ends_on": "2026-12-24"})
    assert Coupon.objects.get(code="TEA10").ends_at is not None
    ruth.post(path(cast.ana, "/switch-off"), {"key": str(link.id), "kind": "link"})
    link.refresh_from_db()
    assert link.archived_at is not None


@pytest.mark.parametrize("day", ["31.12.2026", "2026-02-31"])
def test_a_code_whose_last_day_cannot_be_read_is_not_made_for_ever(cast: Cast, ruth: Client, day: str) -> None:
    before = Coupon.objects.count()
    page = ruth.post(path(cast.ana, "/coupon"), {"code": "tea10", "ends_on": day}, follow=True)
    assert Coupon.objects.count() == before
    assert b"2026-05-31" in page.content


@pytest.mark.parametrize("key", ["z" * 36, "nonsense", ""])
def test_an_id_that_is_none_leads_nowhere_and_breaks_nothing(cast: Cast, ruth: Client, key: str) -> None:
    assert ruth.post(path(cast.ana, "/switch-off"), {"key": key, "kind": "code"}).status_code == 404
    assert ruth.post(path(cast.ana, f"/switch-on?key={key}")).status_code == 404
    assert ruth.post("/console/partners/many", {"id": [key], "act": "pause"}).status_code == 302


def test_a_link_to_a_foreign_host_is_refused_with_a_word(cast: Cast, ruth: Client) -> None:
    page = ruth.post(path(cast.ana, "/link"), {"destination_url": "https://evil.example/"}, follow=True)
    assert Link.objects.filter(enrolment=cast.anas).count() == 1
    assert b"data-toast" in page.content


def test_a_wrong_address_of_a_partner_is_shut_out_and_the_right_one_let_in(cast: Cast, ruth: Client) -> None:
    stranger = Client()
    stranger.force_login(cast.anas_login)
    Partner.objects.filter(pk=cast.ana.pk).update(email="right@partners.example")
    page = ruth.get(path(cast.ana, "/edit")).content.decode()
    assert cast.anas_login.email in page
    ruth.post(path(cast.ana, "/logins"), {"do": "close", "person": str(cast.anas_login.pk)})
    assert stranger.get("/p/").status_code == 302
    ruth.post(path(cast.ana, "/logins"), {"do": "give"})
    assert TeamUser.objects.get(email="right@partners.example").partner == cast.ana
    someone = make.manager("finance@harbour.example", "finance")
    for person in (cast.bens_login, someone):
        answer = ruth.post(path(cast.ana, "/logins"), {"do": "close", "person": str(person.pk)})
        assert answer.status_code == 404
    assert TeamUser.objects.filter(is_active=False).count() == 1


def test_standing_changes_with_a_reason_where_one_is_needed(cast: Cast, ruth: Client) -> None:
    ruth.post(path(cast.ana, "/status"), {"status": "suspended"})
    cast.anas.refresh_from_db()
    assert cast.anas.status == "active"
    ruth.post(path(cast.ana, "/status"), {"status": "suspended", "reason": "Bought with own code"})
    cast.anas.refresh_from_db()
    assert cast.anas.status == "suspended"


def test_looking_at_a_portal_is_kept(cast: Cast, ruth: Client) -> None:
    answer = ruth.post(f"/p/as/{text_id('prt', cast.ana.id)}")
    assert answer["Location"].startswith("/p")
    entry = AuditEntry.objects.get(verb="view_portal")
    assert (entry.actor, entry.subject_id) == (cast.ruth.email, str(cast.ana.id))
    ruth.post("/p/as/end")
    assert "viewed_partner" not in ruth.session


def test_somebody_elses_link_cannot_be_switched_off_from_here(cast: Cast, ruth: Client) -> None:
    answer = ruth.post(path(cast.ana, "/switch-off"), {"key": str(cast.bens_link.id), "kind": "link"})
    assert answer.status_code == 404


def test_the_palette_finds_partners_links_codes_and_pages(cast: Cast, ruth: Client) -> None:
    assert 'data-href="' + path(cast.ana) in ruth.get("/console/find?q=ana").content.decode()
    assert "ANA10" in ruth.get("/console/find?q=ana1").content.decode()
    assert "/console/overview" in ruth.get("/console/find?q=over").content.decode()
    assert (
        "Nothing is called" in ruth.get("/console/find?q=zzzz").content.decode()
        or "Why did" in ruth.get("/console/find?q=zzzz").content.decode()
    )
