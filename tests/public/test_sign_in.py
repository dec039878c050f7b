"""Who gets in, and what outsiders can learn from the sign-in page."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from hanse.kernel import clock as kernel_clock
from hanse.people.access.actions import make_sign_in_link, set_password
from hanse.people.access.models import TeamUser
from hanse.spine.outbox.models import OutboxItem
from tests.cast import Cast

PASSWORD = "a quiet harbour at six"
SIGN_IN = "/sign-in"


@pytest.fixture
def ruth(cast: Cast) -> TeamUser:
    set_password(cast.ruth, PASSWORD, now=kernel_clock.now(), by="tests")
    return cast.ruth


@pytest.fixture
def data(tmp_path: Path, settings: object) -> Path:
    """A data folder of the test's own, for its mails."""
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def _enter(client: Client, email: str, password: str, **more: str) -> object:
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def _without(answer: object, email: str) -> str:
    text = answer.content.decode().replace(email, "")  # type: ignore[attr-defined]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def _secret(person: TeamUser, **more: object) -> str:
    return make_sign_in_link(person, now=kernel_clock.now(), **more)  # type: ignore[arg-type]


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_team_lands_in_the_console_and_partners_in_their_portal(client: Client, cast: Cast, ruth: TeamUser) -> None:
    assert _enter(client, "Ruth@Harbour.example", PASSWORD)["Location"] == "/console/"
    assert client.get("/")["Location"] == "/console/"
    client.post("/sign-out")
    assert not _is_in(client)
    assert client.get("/")["Location"] == SIGN_IN
    set_password(cast.anas_login, PASSWORD, now=kernel_clock.now(), by="tests")
    assert _enter(client, cast.anas_login.email, PASSWORD)["Location"] == "/p/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client, ruth: TeamUser) -> None:
    known, unknown = _enter(client, ruth.email, "wrong"), _enter(client, "nobody@harbour.example", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert _without(known, ruth.email) == _without(unknown, "nobody@harbour.example")
    assert b"do not belong together" in known.content


@pytest.mark.slow
def test_a_wrong_password_and_an_unknown_address_take_the_same_time(
    client: Client, ruth: TeamUser, settings: object
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # type: ignore[attr-defined]
    settings.ACCOUNT_RATE_LIMITS = False  # type: ignore[attr-defined]
    set_password(ruth, PASSWORD, now=kernel_clock.now(), by="tests")

    def seconds(email: str) -> float:
        best = 9.0
        for _again in range(3):
            started = time.perf_counter()
            _enter(client, email, "wrong wrong wrong")
            best = min(best, time.perf_counter() - started)
        return best

    known, unknown = seconds(ruth.email), seconds("nobody@harbour.example")
    assert 0.6 < known / unknown < 1.6


def test_asking_for_a_link_leaves_the_same_trace_for_unknown_addresses(client: Client, ruth: TeamUser) -> None:
    answers = [client.post(SIGN_IN, {"login": email, "link": "1"}) for email in (ruth.email, "nobody@harbour.example")]
    assert [answer["Location"] for answer in answers] == ["/sign-in/sent", "/sign-in/sent"]
    kept = [item.payload for item in OutboxItem.objects.order_by("id")]
    assert [{**payload, "email": ""} for payload in kept] == [{**kept[0], "email": ""}] * 2
    assert b"nobody@harbour.example" in client.get("/sign-in/sent").content


def test_the_mail_with_a_link_is_made_for_known_addresses_only(client: Client, ruth: TeamUser, data: Path) -> None:
    from hanse.runtime.schedule import send_letters

    client.post(SIGN_IN, {"login": "nobody@harbour.example", "link": "1"})
    client.post(SIGN_IN, {"login": ruth.email.upper(), "link": "1"})
    assert send_letters(kernel_clock.now()) == 2
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in data.glob("mail/*.eml")]
    assert [letter["To"] for letter in letters] == [ruth.email]
    path = re.search(r"(/sign-in/\S+/confirm)", letters[0].get_body(("plain",)).get_content())
    assert path
    assert client.post(path[1])["Location"] == "/console/"


def test_the_fifth_link_for_one_address_within_a_quarter_hour_is_not_sent(client: Client, ruth: TeamUser) -> None:
    for _again in range(7):
        assert client.post(SIGN_IN, {"login": ruth.email, "link": "1"})["Location"] == "/sign-in/sent"
    assert OutboxItem.objects.count() == 4


def test_guessing_is_stopped_after_five_tries(client: Client, ruth: TeamUser) -> None:
    for _again in range(5):
        _enter(client, ruth.email, "wrong")
    answer = _enter(client, ruth.email, PASSWORD)
    assert b"Too many tries" in answer.content
    assert not _is_in(client)


def test_a_printed_link_signs_in_with_one_click_and_only_once(client: Client, ruth: TeamUser) -> None:
    secret = _secret(ruth)
    assert client.head(f"/sign-in/{secret}").status_code == 405
    assert client.get(f"/sign-in/{secret}", headers={"Sec-Purpose": "prefetch"})["Location"].endswith("/confirm")
    assert client.get(f"/sign-in/{secret}")["Location"] == "/console/"
    assert _is_in(client)
    other = Client()
    assert other.get(f"/sign-in/{secret}").status_code == 410
    assert not _is_in(other)


def test_a_mailed_link_waits_for_a_click_so_that_scanners_do_not_use_it_up(client: Client, cast: Cast) -> None:
    path = f"/sign-in/{_secret(cast.anas_login, next_path='/p/links')}/confirm"
    for _scanner in range(3):
        assert client.get(path).status_code == 200
    assert not _is_in(client)
    assert client.post(path)["Location"] == "/p/links"
    assert _is_in(client)


def test_an_old_or_foreign_link_opens_nothing(client: Client, ruth: TeamUser) -> None:
    late = make_sign_in_link(ruth, now=kernel_clock.now() - timedelta(hours=25))
    for secret in (late, "x" * 43):
        assert client.get(f"/sign-in/{secret}").status_code == 410
        assert client.get(f"/sign-in/{secret}/confirm").status_code == 410
        assert client.post(f"/sign-in/{secret}/confirm").status_code == 410
    assert not _is_in(client)


def test_a_closed_login_does_not_open_by_password_or_link(client: Client, ruth: TeamUser) -> None:
    secret = _secret(ruth)
    TeamUser.objects.filter(pk=ruth.pk).update(is_active=False)
    assert client.get(f"/sign-in/{secret}").status_code == 410
    _enter(client, ruth.email, PASSWORD)
    assert not _is_in(client)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x()"])
def test_sign_in_never_leads_to_another_site(client: Client, ruth: TeamUser, target: str) -> None:
    assert _enter(client, ruth.email, PASSWORD, next=target)["Location"] == "/console/"


def test_sign_in_leads_to_the_page_that_was_asked_for(client: Client, ruth: TeamUser) -> None:
    assert client.get("/console/")["Location"] == "/sign-in?next=/console/"
    assert b'value="/console/money"' in client.get("/sign-in?next=/console/money").content
    assert _enter(client, ruth.email, PASSWORD, next="/console/money")["Location"] == "/console/money"


def test_nobody_can_sign_out_another_person_by_a_link(client: Client, ruth: TeamUser) -> None:
    client.force_login(ruth)
    assert client.get("/sign-out").status_code == 405
    assert _is_in(client)


def test_a_person_changes_the_password_only_with_the_present_one(client: Client, ruth: TeamUser) -> None:
    client.force_login(ruth)
    page = reverse("mfa_index")
    assert client.post(page, {"present": "wrong", "password": "another quiet harbour"}).status_code == 422
    assert client.post(page, {"present": PASSWORD, "password": "short"}).status_code == 422
    assert client.post(page, {"present": PASSWORD, "password": "another quiet harbour"}).status_code == 302
    assert _is_in(client)
    assert TeamUser.objects.get(pk=ruth.pk).check_password("another quiet harbour")


def _code(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_a_second_step_is_asked_for_after_password_and_after_link(client: Client, ruth: TeamUser) -> None:
    _enter(client, ruth.email, PASSWORD)
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith("/accounts/again")
    client.post(f"/accounts/again?next={reverse('mfa_activate_totp')}", {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 422
    assert client.post(reverse("mfa_activate_totp"), {"code": _code(secret)})["Location"] == "/accounts/recovery-codes"
    codes = client.get("/accounts/recovery-codes").context["unused_codes"]
    assert len(codes) == 10
    client.post("/sign-out")
    assert _enter(client, ruth.email, PASSWORD)["Location"] == "/sign-in/code"
    assert not _is_in(client)
    assert client.post("/sign-in/code", {"code": "000000"}).status_code == 422
    assert client.post("/sign-in/code", {"code": codes[0]})["Location"] == "/console/"
    assert _is_in(client)
    other = Client()
    assert other.get(f"/sign-in/{_secret(ruth)}")["Location"] == "/sign-in/code"
    assert not _is_in(other)


def test_secrets_of_authenticator_apps_are_not_stored_in_the_clear() -> None:
    from hanse.faces.public.adapters import MfaAdapter

    kept = MfaAdapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in kept
    assert MfaAdapter().decrypt(kept) == "JBSWY3DPEHPK3PXP"
    assert django_settings.MFA_ADAPTER.endswith("MfaAdapter")
