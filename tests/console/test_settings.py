"""Settings: people, keys, the audit log, one's own profile."""

from __future__ import annotations

import re

from django.core.cache import cache

from hanse.kernel.ids import text_id
from hanse.people.access.actions import set_password
from hanse.people.access.models import ApiKey, SignInLink, TeamUser
from hanse.spine.audit.models import AuditEntry
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.console.conftest import NOW, Browser, Stage


def test_an_owner_invites_a_colleague_who_gets_a_link(browser: Browser) -> None:
    answer = browser("owner").post(
        "/console/settings", {"name": "Nora", "email": "Nora@harbour.example", "role": "viewer"}
    )
    person = TeamUser.objects.get(email="nora@harbour.example")
    assert (answer.status_code, person.role) == (200, "viewer")
    assert "/sign-in/" in answer.content.decode()
    assert SignInLink.objects.filter(person=person).count() == 1
    assert OutboxItem.objects.filter(kind="mail", payload__to="nora@harbour.example").count() == 1


def test_an_invitation_with_a_known_address_changes_nothing_and_says_why(browser: Browser) -> None:
    client = browser("owner")
    before = TeamUser.objects.count()
    answer = client.post("/console/settings", {"name": "Ruth", "email": "ruth@harbour.example", "role": "owner"})
    assert answer.status_code == 422
    assert "already signs in" in answer.content.decode()
    assert TeamUser.objects.count() == before


def test_a_manager_invites_nobody(browser: Browser) -> None:
    answer = browser("manager").post("/console/settings", {"name": "X", "email": "x@x.example", "role": "owner"})
    assert answer.status_code == 403
    assert not TeamUser.objects.filter(email="x@x.example").exists()


def test_the_last_owner_stays_one(browser: Browser) -> None:
    client = browser("owner")
    owner = TeamUser.objects.get(role="owner")
    client.post(f"/console/settings/people/{owner.pk}/role", {"role": "viewer"})
    client.post(f"/console/settings/people/{owner.pk}/close")
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_a_change_of_role_can_be_taken_back_by_the_toast(browser: Browser, stage: Stage) -> None:
    client, ruth = browser("owner"), stage.cast.ruth
    client.post(f"/console/settings/people/{ruth.pk}/role", {"role": "finance"})
    ruth.refresh_from_db()
    assert ruth.role == "finance"
    undo = f"/console/settings/people/{ruth.pk}/role?role=manager"
    assert undo in client.get("/console/settings").content.decode().replace("&amp;", "&")
    client.post(undo)
    ruth.refresh_from_db()
    assert ruth.role == "manager"


def test_a_closed_login_is_out_at_once_and_can_be_opened_again(browser: Browser, stage: Stage) -> None:
    from django.test import Client

    client, ruth, hers = browser("owner"), stage.cast.ruth, Client()
    hers.force_login(ruth)
    client.post(f"/console/settings/people/{ruth.pk}/close")
    assert hers.get("/console/").status_code == 302
    client.post(f"/console/settings/people/{ruth.pk}/reopen")
    ruth.refresh_from_db()
    assert ruth.is_active


def test_a_key_is_shown_once_and_revoked_for_good(browser: Browser, stage: Stage) -> None:
    client = browser("owner")
    page = client.post("/console/settings/keys", {"name": "Shop", "scopes": "facts:write read"}).content.decode()
    key = ApiKey.objects.get(name="Shop")
    assert key.scopes == ["facts:write", "read"]
    assert key.program_id == stage.cast.program.pk
    secret = next(word for word in page.replace("<", " ").replace(">", " ").split() if word.startswith("hz_"))
    assert len(secret) > 30
    assert secret not in client.get("/console/settings/keys").content.decode()
    client.post(f"/console/settings/keys/{text_id('key', key.pk)}/revoke")
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_key_without_a_name_is_not_made(browser: Browser) -> None:
    answer = browser("owner").post("/console/settings/keys", {"name": " ", "scopes": "read"})
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


def test_only_owners_make_keys(browser: Browser) -> None:
    assert browser("manager").post("/console/settings/keys", {"name": "A", "scopes": "read"}).status_code == 403


def test_the_setup_names_the_real_key_and_program(browser: Browser, stage: Stage) -> None:
    client = browser("owner")
    client.post("/console/settings/keys", {"name": "Shop", "scopes": "facts:write"})
    page = client.get("/console/settings/tracking").content.decode()
    assert ApiKey.objects.get().prefix in page
    assert "/hz.js" in page
    assert "/shop/harbour" in page


def test_the_browser_door_is_opened_and_shut_by_hand(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    client.post("/console/settings/tracking", {"browser": "open"})
    stage.cast.program.refresh_from_db()
    assert stage.cast.program.browser_conversions
    assert browser("viewer").post("/console/settings/tracking", {"browser": "shut"}).status_code == 403


def test_a_person_chooses_language_and_time_zone(browser: Browser) -> None:
    client = browser("viewer")
    client.post("/console/settings/profile", {"name": "Vic", "language": "pl", "time_zone": "Europe/Warsaw"})
    person = TeamUser.objects.get(email="viewer@harbour.example")
    assert (person.name, person.language, person.time_zone) == ("Vic", "pl", "Europe/Warsaw")
    refused = client.post("/console/settings/profile", {"name": "", "language": "xx", "time_zone": "Mars/Base"})
    assert refused.status_code == 422
    person.refresh_from_db()
    assert person.name == "Vic"


def test_a_password_is_changed_only_with_the_old_one(browser: Browser) -> None:
    client = browser("viewer")
    person = TeamUser.objects.get(email="viewer@harbour.example")
    person.set_password("an old sentence")
    person.save()
    client.force_login(person)
    wrong = client.post("/console/settings/profile/password", {"current": "no", "password": "a new long sentence"})
    assert wrong.status_code == 422
    short = client.post("/console/settings/profile/password", {"current": "an old sentence", "password": "short"})
    assert short.status_code == 422
    right = {"current": "an old sentence", "password": "a new long sentence"}
    assert client.post("/console/settings/profile/password", right).status_code == 303
    person.refresh_from_db()
    assert person.check_password("a new long sentence")
    assert client.get("/console/settings/profile").status_code == 200


def test_the_audit_log_finds_changes_by_what_was_done(browser: Browser) -> None:
    client = browser("owner")
    client.post("/console/settings/keys", {"name": "Shop", "scopes": "read"})
    assert AuditEntry.objects.filter(verb="create_key").exists()
    assert "Shop" in client.get("/console/settings/audit?q=create key").content.decode()
    assert "Shop" not in client.get("/console/settings/audit?q=revoke").content.decode()


def test_a_key_is_made_for_the_program_whose_page_was_sent_though_another_tab_chose_another(
    stage: Stage, browser: Browser
) -> None:
    other, owner = make.program("quay"), browser("owner")
    drawn = owner.get("/console/settings/keys?program=harbour").content.decode()
    owner.get("/console/settings/keys?program=quay")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', drawn))
    answer = owner.post("/console/settings/keys", {"name": "shop", "scopes": "all", **hidden})
    assert ApiKey.objects.get(name="shop").program_id == stage.cast.program.pk
    assert "Harbour" in answer.content.decode()
    stage.cast.program.archived_at = NOW
    stage.cast.program.save()
    assert owner.post("/console/settings/keys", {"name": "late", "scopes": "all", **hidden}).status_code == 404
    assert not ApiKey.objects.filter(program_id=other.pk).exists()


def test_whoever_finds_an_open_browser_does_not_get_to_guess_the_password(browser: Browser) -> None:
    cache.clear()
    owner, right = browser("owner"), "a quiet harbour at six"
    person = TeamUser.objects.get(role="owner")
    set_password(person, right, now=NOW, by="tests")
    owner.force_login(TeamUser.objects.get(pk=person.pk))
    for number in range(10):
        sent = {"current": f"guess number {number}", "password": "another quiet harbour"}
        assert owner.post("/console/settings/profile/password", sent).status_code == 422
    sent = {"current": right, "password": "another quiet harbour"}
    assert "Too many tries" in owner.post("/console/settings/profile/password", sent).content.decode()
    assert TeamUser.objects.get(pk=person.pk).check_password(right)
