"""Kits and the calendar in the portal: taking, copying, ticking off, publishing, consent, the secret address."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.test import Client

from hanse.faces.common.access import VIEWED_PARTNER
from hanse.growth.content.actions import note_piece
from hanse.growth.content.models import Piece
from hanse.growth.kits.actions import keep_kit, publish_kit
from hanse.growth.kits.models import Kit, KitTap, KitUse
from hanse.growth.prompts.actions import keep_prompt, publish_prompt
from hanse.growth.prompts.examples import ask_consent
from hanse.growth.prompts.models import CalendarAddress
from hanse.kernel import clock as time
from hanse.kernel.ids import text_id
from hanse.traffic.links.models import Link
from tests.cast import Cast, build
from tests.conftest import Clock

pytestmark = pytest.mark.django_db
PAGE = "https://shop.example/spring"


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return build()


@pytest.fixture
def ana(cast: Cast, client: Client) -> Client:
    client.force_login(cast.anas_login)
    return client


def kit_of(cast: Cast, **fields: Any) -> Kit:
    values: dict[str, Any] = {
        "key": "spring", "name": "Spring table", "offer": cast.offer, "prompt": "Set it for {name}.",
        "steps": [{"title": "Pick", "text": "One <b>thing</b>.", "minutes": 15}],
        "copies": [{"channel": "stories", "title": "", "text": "Look <i>here</i>: {link}"},
                   {"channel": "newsletter", "title": "The table", "text": "{link} {code}"}],
    } | fields  # fmt: skip
    return publish_kit(keep_kit(cast.program, now=time.now(), by="ruth", **values), now=time.now(), by="ruth")


def path_of(kit: Kit, act: str = "") -> str:
    return f"/p/kits/{text_id('kit', kit.pk)}{act}"


def test_a_partner_takes_a_kit_copies_from_it_and_says_that_it_is_out(cast: Cast, ana: Client) -> None:
    kit = kit_of(cast, destination_url=PAGE)
    listed = ana.get("/p/kits").content.decode()
    assert "Spring table" in listed
    assert "Instagram Stories" in listed
    shown = ana.get(path_of(kit)).content.decode()
    assert "Put mine inside" in shown, "she has no link to this page"
    assert "Copy the text" not in shown
    assert "Set it for Ana." in shown
    assert "&lt;b&gt;thing&lt;/b&gt;" in shown
    assert not KitUse.objects.exists()
    assert ana.post(path_of(kit, "/take")).status_code == 303
    link = Link.objects.get(destination_url=PAGE)
    shown = ana.get(path_of(kit)).content.decode()
    assert f"/{link.slug}?kit=spring.stories" in shown
    assert "Copy the text" in shown
    answer = ana.post(path_of(kit, "/copied?kind=text&about=0&channel=stories"))
    assert (answer.status_code, KitTap.objects.get().channel) == (204, "stories")
    assert ana.post(path_of(kit, "/step"), {"place": "0", "done": "1"}).status_code == 303
    use = KitUse.objects.get()
    assert use.finished_at == time.now()
    assert ana.post(path_of(kit), {"address": "javascript:alert(1)"}).status_code == 422
    assert ana.post(path_of(kit), {"address": "https://ana.example/table"}).status_code == 303
    piece = Piece.objects.get()
    assert (piece.address, piece.enrolment) == ("https://ana.example/table", cast.anas)
    assert "kit" in str(piece.links), "the piece knows the link that was copied"
    assert "It is out" in ana.get(path_of(kit)).content.decode()


def test_copying_from_a_kit_with_an_own_link_takes_it(cast: Cast, ana: Client) -> None:
    kit = kit_of(cast)
    assert "?kit=spring.newsletter ANA10" in ana.get(path_of(kit)).content.decode()
    assert ana.post(path_of(kit, "/copied?kind=code")).status_code == 204
    assert KitUse.objects.get().link == cast.anas_link


def test_what_makes_no_sense_is_not_there(cast: Cast, ana: Client) -> None:
    kit, hidden = kit_of(cast), kit_of(cast, key="pl", language="pl")
    for act, data in (
        ("/copied?kind=everything", {}), ("/copied", {}), ("/step", {"place": "1", "done": "1"}),
        ("/step", {"place": "-1"}), ("/step", {"place": "²"}),
    ):  # fmt: skip
        assert ana.post(path_of(kit, act), data).status_code == 404, act
    for path in (path_of(hidden), "/p/kits/kit_x", "/p/kits/lnk_01", path_of(kit, "0")):
        assert ana.get(path).status_code == 404, path
    assert ana.get(path_of(kit, "/take")).status_code == 405


def test_all_of_a_kit_comes_in_one_file(cast: Cast, ana: Client) -> None:
    answer = ana.post(path_of(kit_of(cast), "/kit.zip"))
    assert answer["Content-Disposition"] == 'attachment; filename="spring.zip"'
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert names == ["01-stories.txt", "02-newsletter.txt", "00-read-me.txt"]
    assert KitTap.objects.get().kind == "zip"


def test_a_manager_looking_over_the_shoulder_changes_nothing(cast: Cast, client: Client) -> None:
    kit = kit_of(cast, destination_url=PAGE)
    client.force_login(cast.ruth)
    session = client.session
    session[VIEWED_PARTNER] = text_id("prt", cast.ana.pk)
    session.save()
    shown = client.get(path_of(kit)).content.decode()
    assert "Put mine inside" not in shown
    for act in ("/take", "/copied?kind=text", "/step", "/kit.zip", ""):
        assert client.post(path_of(kit, act)).status_code == 403, act
    assert client.post("/p/calendar/address").status_code == 403
    assert "/p/calendar/" not in client.get("/p/calendar").content.decode().replace("/p/calendar/address", "")
    assert not KitUse.objects.exists()


def test_the_calendar_shows_what_is_seen_with_the_link_inside(cast: Cast, ana: Client, clock: Clock) -> None:
    fields: dict[str, Any] = {"kind": "launch", "hook": "It is back.", "sample": "See {link}", "offer": cast.offer}
    for title, day in (("Teapot", date(2026, 11, 20)), ("Far away", date(2026, 12, 24))):
        row = keep_prompt(cast.program, title=title, on=day, now=clock.now, by="ruth", **fields)
        publish_prompt(row, now=clock.now, by="ruth")
    shown = ana.get("/p/calendar").content.decode()
    assert "Teapot" in shown
    assert "Far away" not in shown, "the tier new sees it seven days ahead"
    assert "/ana?initiative=teapot" in shown
    Link.objects.update(archived_at=clock.now)
    assert "Put my link inside" in ana.get("/p/calendar").content.decode()
    assert ana.post(f"/p/calendar/prompts/{row.pk}/link").status_code == 404


def test_the_secret_address_is_made_shown_again_renewed_and_ended(cast: Cast, ana: Client) -> None:
    assert ana.post("/p/calendar/address").status_code == 303
    first = CalendarAddress.objects.get().secret_hash
    assert ".ics</p>" in ana.get("/p/calendar").content.decode()
    ana.post("/p/calendar/address")
    assert CalendarAddress.objects.get().secret_hash != first
    ana.post("/p/calendar/address", {"end": "1"})
    assert not CalendarAddress.objects.exists()


def test_an_author_says_yes_with_a_name_and_takes_it_back(cast: Cast, ana: Client, clock: Clock) -> None:
    piece = note_piece(
        cast.anas, address="https://ana.example/1", title="The table", published_at=None, source="team",
        now=clock.now, by="ruth",
    )  # fmt: skip
    row = ask_consent(piece, why="A clear first line.", now=clock.now, by="ruth")
    path = f"/p/calendar/examples/{row.pk}"
    assert "A clear first line." in ana.get("/p/calendar").content.decode()
    assert ana.post(path, {"answer": "yes", "shown_name": " "}).status_code == 422
    assert ana.post(path, {"answer": "yes", "shown_name": "Ana T."}).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.shown_name, row.shows_numbers) == ("agreed", "Ana T.", False)
    ben = Client()
    ben.force_login(cast.bens_login)
    assert "by Ana T." in ben.get("/p/calendar").content.decode()
    assert ben.post(path, {"answer": "no"}).status_code == 404, "only the author answers"
    ana.post(path, {"answer": "no"})
    assert "by Ana T." not in ben.get("/p/calendar").content.decode()


def test_a_new_kit_is_news_until_it_is_taken(cast: Cast, ana: Client, clock: Clock) -> None:
    kit = kit_of(cast)
    clock.move(minutes=1)
    assert "New kit: Spring table" in ana.get("/p/").content.decode()
    ana.post(path_of(kit, "/take"))
    assert "New kit" not in ana.get("/p/").content.decode()


def test_what_a_partner_did_with_kits_is_in_the_file_of_their_data(cast: Cast, ana: Client) -> None:
    ana.post(path_of(kit_of(cast), "/take"))
    data = ana.get("/p/my-data.json").json()["programs"][0]
    assert [row["kit__name"] for row in data["kits"]] == ["Spring table"]
    assert data["examples"] == []
