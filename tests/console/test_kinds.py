"""Pages of types, challenges, price lists, resale and clashes."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from hanse.growth.challenges.actions import keep_challenge, open_challenge
from hanse.growth.challenges.deciding import send_proof
from hanse.growth.challenges.models import Challenge
from hanse.growth.demarcation.actions import keep_draft, publish_types
from hanse.growth.demarcation.models import TypeRule, TypesPage
from hanse.growth.demarcation.queries import open_suggestions
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.ids import text_id
from hanse.traffic.deals.actions import register_deal
from hanse.traffic.deals.models import Deal, DealRoute
from hanse.traffic.pricelists.models import PriceLine, PriceList
from hanse.traffic.resale.models import CustomerContact, ResaleOrder
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.make import at

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def cast(db: None, clock: Clock) -> Cast:
    clock.set(at())
    return build()


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    client.force_login(make.manager("olga@harbour.example", "owner"))
    return client


@pytest.fixture
def anas(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.anas_login)
    return client


def test_a_version_is_written_published_and_read_by_everybody(desk: Client, cast: Cast) -> None:
    assert b"No version" in desk.get("/console/types").content
    desk.post("/console/types/begin")
    form = {"intro": "Who is what."}
    for number, name in enumerate(("Affiliate", "Agency", "Kin & friends")):
        form |= {f"t{number}-name": name, f"t{number}-is": HOSTILE, f"t{number}-slug": ""}
    answer = desk.post("/console/types/edit", form)
    assert answer.status_code == 303
    page = desk.get("/console/types").content.decode()
    assert "new: Kin &amp; friends" in page
    desk.post("/console/types/publish", {"reason": "Friends are a type now"})
    assert TypesPage.objects.get().number == 1
    public = Client().get("/types").content.decode()
    assert "Kin &amp; friends" in public
    assert HOSTILE not in public
    assert Client().get("/types/1").status_code == 200
    assert Client().get("/types/2").status_code == 404
    assert desk.post("/console/types/edit", {"t0-name": "X", "t0-is": ""}).status_code == 422


def test_a_rule_is_kept_suggests_and_is_answered_with_a_reason(desk: Client, cast: Cast) -> None:
    types = [{"slug": slug, "name": slug.title(), "is": "It."} for slug in ("affiliate", "ambassador")]
    keep_draft({"intro": "", "types": types}, now=at(), by="olga")
    publish_types(note="First", now=at(), by="olga")
    for enrolment in (cast.anas, cast.bens):
        EnrolmentDay.objects.create(
            program_id=cast.program.pk, enrolment_id=enrolment.pk, day=at(-2).date(), conversions=12, value_minor=90_000
        )
    said = {"name": "Sells much", "adds": "ambassador", "is_on": "on", "c-how": "all"}
    assert desk.post("/console/types/rules/new", said).status_code == 422
    tests = {"c0-field": "figures.conversions_90d", "c0-op": "gte", "c0-value": "10",
             "c1-field": "figures.value_90d_minor", "c1-op": "gte", "c1-value": "500"}  # fmt: skip
    assert desk.post("/console/types/rules/new", said | tests).status_code == 303
    assert TypeRule.objects.get().condition["all"][1]["value"] == 50_000
    page = desk.get("/console/types/changes").content.decode()
    assert "Sales in 90 days: <b>12</b>" in page
    first, second = open_suggestions(cast.program.pk)
    desk.post(f"/console/types/changes/{text_id('tys', first.pk)}/accept")
    desk.post(f"/console/types/changes/{text_id('tys', second.pk)}/decline", {"reason": "Not yet"})
    first.partner.refresh_from_db()
    assert first.partner.types == ["affiliate", "ambassador"]
    assert "Not yet" in desk.get("/console/types/changes").content.decode()
    rule = text_id("tyr", TypeRule.objects.get().pk)
    assert desk.get(f"/console/types/rules/{rule}").status_code == 200
    desk.post(f"/console/types/rules/{rule}/remove")
    assert TypeRule.objects.get().removed_at is not None
    assert "Types" not in Client().get("/console/types").content.decode()


def test_a_challenge_is_written_opened_reached_reviewed_and_told(desk: Client, anas: Client, cast: Cast) -> None:
    form = {"name": "First video", "metric": "proof", "starts_on": "2026-05-01", "ends_on": "2026-05-31", "prize": "50"}
    assert desk.post("/console/challenges/new", form | {"ends_on": "2026-04-01"}).status_code == 422
    assert desk.post("/console/challenges/new", form).status_code == 303
    challenge = Challenge.objects.get()
    key = text_id("chl", challenge.pk)
    assert b"First video" not in anas.get("/p/challenges").content
    desk.post(f"/console/challenges/{key}/open")
    assert b"First video" in anas.get("/p/challenges").content
    assert b"Challenges" in anas.get("/p/").content
    assert anas.post("/p/challenges", {"challenge": key, "link": "javascript:1"}).status_code == 422
    assert anas.post("/p/challenges", {"challenge": key, "text": HOSTILE}).status_code == 303
    page = desk.get(f"/console/challenges/{key}").content.decode()
    assert HOSTILE not in page
    entry = text_id("che", challenge.entries.get().pk)
    desk.post(f"/console/challenges/{key}/entries/{entry}/decline", {"reason": "We see no link"})
    assert b"We see no link" in anas.get("/p/challenges").content
    anas.post("/p/challenges", {"challenge": key, "link": "https://ana.example/video"})
    desk.post(f"/console/challenges/{key}/entries/{entry}/accept")
    assert challenge.entries.get().state == "won"
    assert desk.get("/console/challenges").status_code == 200
    assert desk.get(f"/console/challenges/{key}?export=csv").status_code == 200
    desk.post(f"/console/challenges/{key}/entries/{entry}/back", {"reason": "It was taken down"})
    desk.post(f"/console/challenges/{key}/end", {"reason": "Enough videos"})
    assert Challenge.objects.get().cancelled_at is not None


def test_a_partner_sends_proof_to_own_challenges_only(anas: Client, cast: Cast) -> None:
    only_ben = {"field": "partner.country", "op": "eq", "value": "PL"}
    row = keep_challenge(
        cast.program, name="For Poland", metric="proof", starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 31),
        prize_minor=100, audience=only_ben, now=at(), by="olga",
    )  # fmt: skip
    open_challenge(row, now=at(), by="olga")
    assert b"For Poland" not in anas.get("/p/challenges").content
    assert anas.post("/p/challenges", {"challenge": text_id("chl", row.pk), "text": "Me"}).status_code == 404
    assert anas.post("/p/challenges", {"challenge": "rubbish", "text": "Me"}).status_code == 404


def test_prices_are_published_orders_reported_and_confirmed(desk: Client, anas: Client, cast: Cast) -> None:
    assert b"No price list for you yet" in anas.get("/p/resale").content
    assert desk.post("/console/price-lists", {"name": "Trade", "whom": "type:affiliate"}).status_code == 303
    key = text_id("pls", PriceList.objects.get().pk)
    bad = desk.post(f"/console/price-lists/{key}", {"valid_from": "2026-05-01", "lines": "LAMP,Lamp,10,20"})
    assert bad.status_code == 422
    good = {"valid_from": "2026-05-01", "lines": "LAMP,Lamp,100.00,30%\nCUP,Cup,10.00,7.00", "note": "First"}
    assert desk.post(f"/console/price-lists/{key}", good).status_code == 303
    assert PriceLine.objects.count() == 2
    assert "£70.00" in anas.get("/p/resale").content.decode()
    order = {"external_id": "R-1", "ordered_on": "2026-05-14", "company_domain": "orchard.example",
             "sku": ["LAMP", ""], "quantity": ["3", ""]}  # fmt: skip
    assert anas.post("/p/resale", order | {"sku": ["SOFA"], "quantity": ["1"]}).status_code == 422
    assert anas.post("/p/resale", order).status_code == 303
    row = ResaleOrder.objects.get()
    assert (row.status, row.margin_minor) == ("reported", 9000)
    where = f"/console/traffic/resale/{text_id('rso', row.pk)}"
    assert b"reported" in desk.get(where).content
    desk.post(f"{where}/confirm")
    assert "£90.00" in anas.get("/p/resale").content.decode()
    assert desk.get("/console/traffic/resale?export=csv").status_code == 200
    desk.post(f"{where}/cancel", {"reason": "Sent back"})
    assert b"Sent back" in anas.get("/p/resale").content
    mine = {"enrolment": text_id("enr", cast.bens.pk), "external_id": "R-2", "ordered_on": "2026-05-14",
            "company_domain": "quince.example", "products": "CUP 4"}  # fmt: skip
    assert desk.post("/console/traffic/resale", mine).status_code == 303
    assert b"R-2" not in anas.get("/p/resale").content
    assert desk.get(f"/console/price-lists/{key}?version=1").status_code == 200
    desk.post(f"/console/price-lists/{key}/archive")
    assert b"No price list yet" in desk.get("/console/price-lists").content


def test_an_agency_is_made_a_contact_and_sees_its_customers(desk: Client, anas: Client, cast: Cast) -> None:
    form = {"enrolment": text_id("enr", cast.anas.pk), "company_domain": "orchard.example", "since_on": "2026-05-01"}
    assert desk.post("/console/traffic/resale/agencies", form).status_code == 303
    assert b"orchard.example" in anas.get("/p/resale").content
    clash = desk.post("/console/traffic/resale/agencies", form | {"enrolment": text_id("enr", cast.bens.pk)})
    assert clash.status_code == 422
    key = text_id("agc", CustomerContact.objects.get().pk)
    desk.post(f"/console/traffic/resale/agencies/{key}/end", {"reason": "They left"})
    assert CustomerContact.objects.get().until_on == at().date()


def test_a_clash_is_shown_and_settled_and_neither_learns_of_whom(desk: Client, anas: Client, cast: Cast) -> None:
    register_deal(cast.anas, company_domain="orchard.example", now=at(-3), by="ana")
    second = register_deal(cast.bens, company_domain="orchard.example", now=at(-2), by="ben")
    page = desk.get("/console/traffic/deals/clashes").content.decode()
    assert "Ana" in page
    assert "Ben" in page
    assert "Ben" not in anas.get("/p/deals").content.decode()
    settled = {"reason": "They had the first meeting", "days": "45"}
    desk.post(f"/console/traffic/deals/{text_id('dea', second.pk)}/settle", settled)
    second.refresh_from_db()
    assert second.protected_until == at(45)
    assert b"They had the first meeting" in anas.get("/p/deals").content
    assert b"No clash" in desk.get("/console/traffic/deals/clashes").content


def test_routes_are_kept_ordered_and_removed(desk: Client, cast: Cast) -> None:
    form = {
        "name": "Big ones",
        "owner": str(cast.ruth.pk),
        "c0-field": "deal.amount",
        "c0-op": "gte",
        "c0-value": "5000",
    }
    assert desk.post("/console/traffic/deals/routes", form).status_code == 303
    rest = {"name": "The rest", "owner": str(cast.ruth.pk)}
    assert desk.post("/console/traffic/deals/routes", rest).status_code == 303
    first, second = DealRoute.objects.order_by("position")
    assert first.condition["value"] == 500_000
    desk.post(f"/console/traffic/deals/routes/{text_id('rte', second.pk)}/up")
    assert DealRoute.objects.order_by("position").first() == second
    assert desk.get(f"/console/traffic/deals/routes/{text_id('rte', first.pk)}").status_code == 200
    register_deal(cast.anas, company_domain="orchard.example", now=at(), by="ana")
    assert Deal.objects.get().owner == cast.ruth
    page = desk.get("/console/traffic/deals?owner=nobody").content.decode()
    assert "orchard.example" not in page
    desk.post(f"/console/traffic/deals/{text_id('dea', Deal.objects.get().pk)}/owner", {"owner": ""})
    assert Deal.objects.get().owner is None
    desk.post(f"/console/traffic/deals/routes/{text_id('rte', first.pk)}/remove")
    assert DealRoute.objects.count() == 1


def test_viewers_read_and_change_nothing(cast: Cast) -> None:
    viewer = Client()
    viewer.force_login(make.manager("vera@harbour.example", "viewer"))
    for path in ("types", "types/changes", "challenges", "price-lists", "traffic/resale", "traffic/deals/clashes",
                 "traffic/deals/routes", "traffic/resale/agencies", "programs"):  # fmt: skip
        assert viewer.get(f"/console/{path}").status_code == 200, path
    for path in ("types/begin", "types/publish", "price-lists", "challenges/new", "traffic/resale"):
        assert viewer.post(f"/console/{path}").status_code == 403, path


def test_another_programs_challenge_is_not_found(desk: Client, cast: Cast) -> None:
    other = make.program("elsewhere")
    row = keep_challenge(
        other, name="There", metric="proof", starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 31), prize_minor=100,
        now=at(), by="olga",
    )  # fmt: skip
    assert desk.get(f"/console/challenges/{text_id('chl', row.pk)}").status_code == 404
    open_challenge(row, now=at(), by="olga")
    with pytest.raises(Exception, match="no proof"):
        send_proof(row, cast.anas, text="x", now=at(40), by="ana")


def test_today_says_what_waits_about_deals_challenges_resale_and_types(desk: Client, cast: Cast) -> None:
    register_deal(cast.anas, company_domain="orchard.example", amount_minor=90_000, now=at(-3), by="ana")
    register_deal(cast.bens, company_domain="orchard.example", now=at(-2), by="ben")
    register_deal(cast.bens, company_domain="quince.example", now=at(-2), by="ben")
    row = keep_challenge(
        cast.program, name="First video", metric="proof", starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 31),
        prize_minor=5000, now=at(), by="olga",
    )  # fmt: skip
    send_proof(open_challenge(row, now=at(), by="olga"), cast.anas, text="Done", now=at(), by="ana")
    page = desk.get("/console/").content.decode()
    assert "More than one partner claims orchard.example" in page
    assert "Ben registered quince.example" in page
    assert "Ana sent proof for “First video”" in page


def test_home_tells_the_partner_what_became_of_deals_and_prizes(desk: Client, anas: Client, cast: Cast) -> None:
    deal = register_deal(cast.anas, company_domain="orchard.example", now=at(-3), by="ana")
    desk.post(f"/console/traffic/deals/{text_id('dea', deal.pk)}/approve", {"days": "30"})
    row = keep_challenge(
        cast.program, name="First video", metric="proof", starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 31),
        prize_minor=5000, now=at(), by="olga",
    )  # fmt: skip
    entry = send_proof(open_challenge(row, now=at(), by="olga"), cast.anas, text="Done", now=at(), by="ana")
    where = f"/console/challenges/{text_id('chl', row.pk)}/entries/{text_id('che', entry.pk)}"
    desk.post(f"{where}/accept")
    page = anas.get("/p/").content.decode()
    assert "orchard.example is protected for you" in page
    assert "You won £50.00" in page
