"""Links and domains in the console: made, changed with messages at the field, switched off, shown on their domain."""

from __future__ import annotations

import pytest

from hanse.kernel.ids import text_id
from hanse.programs.domains.actions import add_domain
from hanse.programs.domains.models import Domain
from hanse.spine.doors.models import DoorLink, DoorProgram
from hanse.traffic.links.models import Link
from tests import make
from tests.console.conftest import NOW, Browser, Stage, click


@pytest.fixture
def path(stage: Stage) -> str:
    return f"/console/traffic/links/{text_id('lnk', stage.cast.anas_link.pk)}"


def typed(link: Link, **more: str) -> dict[str, str]:
    return {"destination_url": link.destination_url, "label": "", "initiative": "", "expires_at": "", **more}


def test_routes_and_split_are_typed_saved_and_shown_again(browser: Browser, stage: Stage, path: str) -> None:
    link = stage.cast.anas_link
    host = link.offer.allowed_hosts[0]
    manager = browser("manager")
    answer = manager.post(path, typed(
        link, initiative="spring", expires_at="2030-01-01T12:00",
        rule_1_countries="de, at", rule_1_devices="phone", rule_1_to=f"https://{host}/de",
        arm_0_name="a", arm_0_weight="70", arm_2_name="b", arm_2_weight="30", arm_2_to=f"https://{host}/b",
    ))  # fmt: skip
    assert answer.status_code == 303
    link.refresh_from_db()
    assert link.initiative == "spring"
    assert link.routes == {
        "rules": [{"countries": ["AT", "DE"], "devices": ["phone"], "to": f"https://{host}/de"}],
        "split": [{"name": "a", "weight": 70, "to": ""}, {"name": "b", "weight": 30, "to": f"https://{host}/b"}],
    }
    assert DoorLink.objects.get(number=link.number).routes
    page = manager.get(path).content.decode()
    assert 'value="AT, DE"' in page
    assert f'value="https://{host}/b"' in page
    assert "Split" in manager.get("/console/traffic").content.decode()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"rule_1_countries": "DE", "rule_1_to": "https://evil.example/"}, "rule_1_to"),
        ({"rule_0_countries": "Germany", "rule_0_to": "https://shop.example/"}, "rule_0_countries"),
        ({"rule_0_to": "https://shop.example/"}, "rule_0_countries"),
        ({"arm_0_name": "a", "arm_0_weight": "1"}, "arm_0_name"),
        ({"arm_0_name": "a", "arm_0_weight": "1", "arm_2_name": "a", "arm_2_weight": "1"}, "arm_2_name"),
        ({"arm_0_name": "a", "arm_0_weight": "x", "arm_2_name": "b", "arm_2_weight": "1"}, "arm_0_weight"),
        ({"destination_url": "https://evil.example/"}, "destination_url"),
        ({"expires_at": "2001-01-01T00:00"}, "expires_at"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_changes(
    browser: Browser, stage: Stage, path: str, more: dict[str, str], field: str
) -> None:
    link = stage.cast.anas_link
    answer = browser("manager").post(path, typed(link, **more))
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()
    link.refresh_from_db()
    assert link.routes == {}


def test_links_are_made_for_several_partners_at_once(browser: Browser, stage: Stage) -> None:
    cast, manager = stage.cast, browser("manager")
    chosen = [str(cast.anas.pk), str(cast.bens.pk)]
    offer = str(cast.anas_link.offer_id)
    before = Link.objects.count()
    page = "/console/traffic/links/new"
    assert manager.get(page).status_code == 200
    refused = manager.post(page, {"partners": chosen, "offer": offer, "slug": "same"})
    assert refused.status_code == 422
    assert manager.post(page, {"partners": chosen, "offer": offer, "initiative": "june"}).status_code == 303
    assert Link.objects.filter(initiative="june").count() == 2
    alone = manager.post(page, {"partners": chosen[:1], "offer": offer, "slug": "just-ana"})
    assert alone["Location"].startswith("/console/traffic/links/lnk_")
    taken = manager.post(page, {"partners": chosen[:1], "offer": offer, "slug": "Just-Ana"})
    assert 'id="id_slug-error"' in taken.content.decode()
    assert Link.objects.count() == before + 3


def test_a_link_is_switched_off_and_on_and_has_a_code_to_print(browser: Browser, stage: Stage, path: str) -> None:
    manager, number = browser("manager"), stage.cast.anas_link.number
    assert manager.post(f"{path}/archive").status_code == 303
    door = DoorLink.objects.filter(number=number)
    assert not door or door[0].status == "link_disabled"
    assert "switched off" in manager.get(path).content.decode()
    manager.post(f"{path}/restore")
    stage.cast.anas_link.refresh_from_db()
    assert stage.cast.anas_link.archived_at is None
    assert manager.get(f"{path}/qr.svg")["Content-Type"] == "image/svg+xml"


def test_the_list_of_clicks_names_the_arm_and_the_initiative(browser: Browser, stage: Stage) -> None:
    seen = click(stage.cast, 1)
    seen.variant, seen.subs = "arm-b", {"initiative": "june", "sub1": "x"}
    seen.save()
    manager = browser("manager")
    page = manager.get("/console/traffic/clicks?days=all").content.decode()
    assert "arm arm-b" in page
    assert "june" in page
    answer = manager.get("/console/traffic/clicks?days=all&format=csv")
    file = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"arm-b" in file
    assert b"initiative=june" in file


def test_a_viewer_reads_links_and_domains_and_changes_nothing(browser: Browser, stage: Stage, path: str) -> None:
    viewer = browser("viewer")
    assert viewer.get(path).status_code == 200
    assert viewer.get("/console/settings/domains").status_code == 200
    assert viewer.post(path, typed(stage.cast.anas_link)).status_code == 403
    assert viewer.get("/console/traffic/links/new").status_code == 403
    assert viewer.post("/console/settings/domains", {"host": "go.harbour.example"}).status_code == 403


def test_a_domain_is_added_explained_and_removed(browser: Browser, stage: Stage) -> None:
    owner = browser("owner")
    assert owner.post("/console/settings/domains", {"host": "https://go.harbour.example"}).status_code == 422
    assert owner.post("/console/settings/domains", {"host": "Gö.harbour.example"}).status_code == 303
    domain = Domain.objects.get()
    assert domain.host == "xn--g-1ga.harbour.example"
    page = owner.get("/console/settings/domains").content.decode()
    assert f"{domain.host}. A 127.0.0.1" in page
    assert DoorProgram.objects.get(program_id=stage.cast.program.pk).click_hosts == [domain.host]
    assert f"{domain.host}" in owner.get("/console/traffic").content.decode()
    assert owner.post(f"/console/settings/domains/{text_id('dom', domain.pk)}/remove").status_code == 303
    assert not Domain.objects.exists()
    assert DoorProgram.objects.get(program_id=stage.cast.program.pk).click_hosts == []


def test_what_belongs_to_another_program_is_not_found(browser: Browser, stage: Stage) -> None:
    other = make.program("orchard")
    domain = add_domain(other, host="go.orchard.example", now=NOW, by="tests")
    link = make.link(make.enrolment(make.partner("Zoe"), other), make.offer(other))
    owner = browser("owner")
    link_path = f"/console/traffic/links/{text_id('lnk', link.pk)}"
    assert owner.get(link_path).status_code == 404
    assert owner.post(f"{link_path}/archive").status_code == 404
    assert owner.post(f"/console/settings/domains/{text_id('dom', domain.pk)}/remove").status_code == 404


def test_a_partner_sees_links_on_the_programs_domain(browser: Browser, stage: Stage) -> None:
    add_domain(stage.cast.program, host="go.harbour.example", now=NOW, by="tests")
    page = browser("partner").get("/p/links").content.decode()
    assert f"go.harbour.example:8000/{stage.cast.anas_link.slug}" in page or (
        f"go.harbour.example/{stage.cast.anas_link.slug}" in page
    )
