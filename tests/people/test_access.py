"""Logins, one-time links, keys and roles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from hanse.kernel.errors import Invalid, Refused
from hanse.people.access import actions, queries, rules
from hanse.people.access.models import ApiKey, SignInLink, TeamUser
from hanse.spine.audit.models import AuditEntry
from hanse.spine.doors.models import DoorKey, DoorState
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet harbour at dawn"


def member(email: str = "ruth@x.example", role: str = "owner", password: str | None = PASSWORD) -> TeamUser:
    return actions.create_team_member(email=email, name="Ruth", role=role, password=password, now=NOON, by="cli")


def test_a_colleague_gets_a_login_and_the_log_says_who_gave_it() -> None:
    person = member("Ruth@X.example")
    assert person.email == "ruth@x.example"
    assert person.check_password(PASSWORD)
    entry = AuditEntry.objects.get(verb="create_person")
    assert (entry.actor, entry.after["role"]) == ("cli", "owner")
    assert PASSWORD not in str(entry.after)


def test_an_address_signs_in_once_however_it_is_capitalised() -> None:
    member()
    with pytest.raises(Refused):
        member("RUTH@x.example")


@pytest.mark.parametrize("password", ["short", "password123", "ruth@x.example", "x" * 300])
def test_a_weak_password_is_refused_with_the_reason(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        member(password=password)
    assert {problem.pointer for problem in refusal.value.problems} == {"/password"}
    assert not TeamUser.objects.exists()


def test_a_partners_person_needs_a_partner_and_never_joins_the_team() -> None:
    ana = make.partner("Ana")
    login = actions.create_partner_login(ana, now=NOON, by="ruth")
    assert (login.role, login.partner, login.email) == ("partner", ana, ana.email)
    assert not login.has_usable_password()
    with pytest.raises(Invalid):
        actions.create_team_member(email="x@x.example", name="X", role="partner", now=NOON, by="ruth")
    with pytest.raises(Refused):
        actions.change_role(login, "owner", now=NOON, by="ruth")


def test_djangos_own_way_makes_people_too() -> None:
    person = get_user_model().objects.create_user("New@X.example", "pw", name="N", role="viewer")
    assert get_user_model().objects.get_by_natural_key("NEW@x.example") == person


def test_a_sign_in_link_works_once_and_only_for_a_while() -> None:
    person = member()
    secret = actions.make_sign_in_link(person, next_path="/console/", now=NOON)
    assert secret not in str(SignInLink.objects.values())
    link = queries.sign_in_link(secret, NOON)
    assert link is not None
    assert link.next_path == "/console/"
    assert actions.use_sign_in_link(secret, NOON + timedelta(hours=23)) == person
    late = actions.make_sign_in_link(person, now=NOON)
    for bad, at in ((secret, NOON), ("guess", NOON), (late, NOON + timedelta(hours=25))):
        with pytest.raises(Refused) as refusal:
            actions.use_sign_in_link(bad, at)
        assert refusal.value.code == "sign_in_link_spent"


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/\n/x", "x"]
)
def test_a_sign_in_link_leads_to_this_site_only(path: str) -> None:
    secret = actions.make_sign_in_link(member(), next_path=path, now=NOON)
    link = queries.sign_in_link(secret, NOON)
    assert link is not None
    assert link.next_path == ""


def test_closing_a_login_spends_its_links_and_the_last_owner_stays() -> None:
    owner, other = member(), member("finn@x.example", "manager")
    secret = actions.make_sign_in_link(other, now=NOON)
    actions.close_login(other, now=NOON, by="ruth")
    with pytest.raises(Refused):
        actions.use_sign_in_link(secret, NOON)
    with pytest.raises(Refused):
        actions.make_sign_in_link(other, now=NOON)
    for attempt in (
        lambda: actions.close_login(owner, now=NOON, by="x"),
        lambda: actions.change_role(owner, "viewer", now=NOON, by="x"),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "last_owner"


def test_a_new_password_spends_open_links() -> None:
    person = member()
    secret = actions.make_sign_in_link(person, now=NOON)
    actions.set_password(person, "another quiet harbour", now=NOON, by="ruth")
    with pytest.raises(Refused):
        actions.use_sign_in_link(secret, NOON)


def test_a_key_is_known_at_the_edge_by_its_hash_until_it_is_revoked() -> None:
    program = make.program()
    key, secret = actions.create_key(name="shop", scopes=["facts:write"], program=program, now=NOON, by="ruth")
    door = DoorKey.objects.get()
    assert (door.key_id, door.program_id, door.scopes, door.revoked) == (key.pk, program.pk, ["facts:write"], False)
    assert secret.startswith(key.prefix)
    assert secret not in str(ApiKey.objects.values()) + str(AuditEntry.objects.values())
    assert queries.key_by_secret(secret) == key
    version = DoorState.objects.get().version
    actions.revoke_key(key, now=NOON, by="ruth")
    actions.revoke_key(key, now=NOON, by="ruth")
    assert queries.key_by_secret(secret) is None
    door.refresh_from_db()
    assert (door.revoked, door.version, DoorState.objects.get().version) == (True, version + 1, version + 1)


def test_a_key_needs_a_name_and_scopes_that_exist() -> None:
    with pytest.raises(Invalid) as refusal:
        actions.create_key(name=" ", scopes=[], now=NOON, by="ruth")
    assert {problem.pointer for problem in refusal.value.problems} == {"/name", "/scopes"}
    with pytest.raises(Invalid):
        actions.create_key(name="x", scopes=["root"], now=NOON, by="ruth")


@pytest.mark.parametrize(
    ("role", "act", "answer"),
    [
        ("owner", rules.Act.KEEP_KEYS, True), ("owner", rules.Act.OWN_PORTAL, False),
        ("manager", rules.Act.MANAGE, True), ("manager", rules.Act.APPROVE_PAYOUTS, False),
        ("manager", rules.Act.KEEP_TEAM, False), ("finance", rules.Act.APPROVE_PAYOUTS, True),
        ("finance", rules.Act.MANAGE, False), ("viewer", rules.Act.READ, True), ("viewer", rules.Act.MANAGE, False),
        ("partner", rules.Act.READ, False), ("partner", rules.Act.OWN_PORTAL, True), ("guest", rules.Act.READ, False),
    ],
)  # fmt: skip
def test_each_role_may_do_its_part(role: str, act: rules.Act, answer: bool) -> None:
    assert rules.may(role, act) is answer


@pytest.mark.parametrize(
    ("scopes", "needed", "answer"),
    [
        (["read"], "read", True), (["read"], "write", False), (["write"], "read", True), (["write"], "all", False),
        (["facts:write"], "read", False), (["all"], "facts:write", True), ([], "read", False), (["odd"], "read", False),
    ],
)  # fmt: skip
def test_scopes_cover_each_other_as_documented(scopes: list[str], needed: str, answer: bool) -> None:
    assert rules.scope_allows(scopes, needed) is answer
