"""What letters lead to: one click stops a kind, scanners change nothing, links lead where they were signed for."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.test import Client

from hanse.growth.reach.queries import choices_of
from hanse.growth.sends import tokens
from hanse.growth.sends.actions import plan_send
from hanse.growth.sends.models import Send
from hanse.growth.sends.types import Priority
from tests.cast import Cast, build
from tests.growth import post

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 11, 10, 0, tzinfo=UTC)
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def actors() -> Cast:
    return build()


@pytest.fixture
def send(actors: Cast) -> Send:
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    post.pass_time(MONDAY)
    return Send.objects.get()


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_a_mail_programs_one_click_stops_the_kind_without_cookies_or_questions(actors: Cast, send: Send) -> None:
    outside = Client(enforce_csrf_checks=True)
    path = _path(tokens.stop_address(send.pk))
    answer = outside.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert choices_of(actors.ana.pk)["newsletter"] is False
    assert all(is_on for kind, is_on in choices_of(actors.ana.pk).items() if kind != "newsletter")
    send.refresh_from_db()
    assert send.unsubscribed_at is not None
    assert outside.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_looking_at_the_page_changes_nothing(actors: Cast, send: Send) -> None:
    path = _path(tokens.stop_address(send.pk))
    for method in (Client().get, Client().head):
        assert method(path).status_code == 200
    assert all(choices_of(actors.ana.pk).values())
    send.refresh_from_db()
    assert send.unsubscribed_at is None


def test_the_page_keeps_what_is_ticked_or_stops_all(actors: Cast, send: Send) -> None:
    path = _path(tokens.stop_address(send.pk))
    Client().post(path, {"kept": "1", "kind": ["thanks", "honesty", "nonsense"]})
    assert [kind for kind, is_on in choices_of(actors.ana.pk).items() if is_on] == ["thanks"]
    Client().post(path, {"kept": "1", "all": "1"})
    assert not any(choices_of(actors.ana.pk).values())


@pytest.mark.parametrize("token", ["x", "%00", "A" * 40, "a" * 41, "ä", "AAAA-BBBB", "A" * 5000])
def test_a_made_up_token_leads_nowhere(actors: Cast, send: Send, token: str) -> None:
    for path in (f"/letters/{token}", f"/letters/go/{token}?to=https://shop.example/", f"/letters/seen/{token}.gif"):
        assert Client().get(path).status_code == 404
    assert Client().post(f"/letters/{token}", {"List-Unsubscribe": "One-Click"}).status_code == 404


def test_the_token_of_one_use_is_none_for_another(actors: Cast, send: Send) -> None:
    stop = tokens.stop_address(send.pk).rpartition("/")[2]
    assert Client().get(f"/letters/seen/{stop}.gif").status_code == 404
    assert Client().get(f"/letters/go/{stop}?to=https://shop.example/").status_code == 404


def test_a_link_is_counted_and_leads_where_it_was_signed_for_alone(actors: Cast, send: Send) -> None:
    destination = "https://shop.example/spring?a=1&b=zwei#c"
    path = _path(tokens.link_address(send.pk, destination))
    answer = Client().get(path, **BROWSER)
    assert (answer.status_code, answer["Location"]) == (302, destination)
    send.refresh_from_db()
    assert send.clicked_at is not None
    token = path.split("?")[0].rpartition("/")[2]
    for wrong in ("https://evil.example/", "https://shop.example/other", "javascript:alert(1)", "//evil.example", ""):
        assert Client().get(f"/letters/go/{token}", {"to": wrong}, **BROWSER).status_code == 404


def test_a_signed_link_to_a_host_that_is_no_longer_ours_leads_nowhere(actors: Cast, send: Send) -> None:
    path = _path(tokens.link_address(send.pk, "https://shop.example/spring"))
    actors.offer.archived_at = MONDAY
    actors.offer.save()
    assert Client().get(path, **BROWSER).status_code == 404


def test_machines_follow_links_and_are_not_counted(actors: Cast, send: Send) -> None:
    path = _path(tokens.link_address(send.pk, "https://shop.example/spring"))
    for agent in ("", "BarracudaBot/1.0", "python-requests/2.32", "Mozilla/5.0 (compatible; Mail Scanner)"):
        assert Client().get(path, HTTP_USER_AGENT=agent).status_code == 302
    assert Client().head(path, **BROWSER).status_code == 302
    send.refresh_from_db()
    assert send.clicked_at is None


def test_the_picture_notes_that_it_was_asked_for(actors: Cast, send: Send) -> None:
    answer = Client().get(_path(tokens.picture_address(send.pk)))
    assert answer["Content-Type"] == "image/gif"
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]
    send.refresh_from_db()
    assert send.opened_at is not None


def test_the_page_speaks_the_readers_language(actors: Cast, send: Send) -> None:
    actors.ana.language = "pl"
    actors.ana.save()
    assert '<html lang="pl"' in Client().get(_path(tokens.stop_address(send.pk))).content.decode()


def test_in_the_portal_a_partner_chooses_and_a_manager_only_looks(actors: Cast) -> None:
    portal = Client()
    portal.force_login(actors.anas_login)
    assert "7 of 7" in portal.get("/p/profile/letters").content.decode()
    assert portal.post("/p/profile/letters", {"kind": ["newsletter", "thanks"]}).status_code == 302
    assert sum(choices_of(actors.ana.pk).values()) == 2
    assert all(choices_of(actors.ben.pk).values())


def test_who_keeps_every_kind_has_stopped_nothing(actors: Cast, send: Send) -> None:
    path = _path(tokens.stop_address(send.pk))
    Client().post(path, {"kept": "1", "kind": list(choices_of(actors.ana.pk))})
    send.refresh_from_db()
    assert send.unsubscribed_at is None
