"""Verbs of access: people of the team, partners' logins, one-time links."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hanse.kernel import signing
from hanse.kernel.errors import Refused
from hanse.people.access import queries, rules
from hanse.people.access.keys import create_key as create_key
from hanse.people.access.keys import revoke_key as revoke_key
from hanse.people.access.models import SignInLink, TeamUser
from hanse.people.partners.models import Partner
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

_FIELDS = ("email", "name", "role", "partner_id", "language")


def create_team_member(
    *, email: str, name: str, role: str, password: str | None = None, language: str = "", time_zone: str = "",
    now: datetime, by: str,
) -> TeamUser:  # fmt: skip
    """Give a colleague a login. Without a password they sign in by link. Raises Invalid; refuses a known address."""
    checks = Checks()
    checks.one_of("role", role, rules.TEAM_ROLES)
    return _create_person(
        checks, email=email, name=name, role=role, partner=None, password=password,
        language=language, time_zone=time_zone, now=now, by=by,
    )  # fmt: skip


def create_partner_login(
    partner: Partner, *, email: str = "", name: str = "", password: str | None = None, now: datetime, by: str
) -> TeamUser:
    """Give a partner's person a login to the portal, by default at the partner's own address. Raises as above."""
    return _create_person(
        Checks(), email=email or partner.email, name=name or partner.contact_name or partner.name, role="partner",
        partner=partner, password=password, language=partner.language, time_zone=partner.time_zone, now=now, by=by,
    )  # fmt: skip


def _create_person(
    checks: Checks, *, email: str, name: str, role: str, partner: Partner | None, password: str | None,
    language: str, time_zone: str, now: datetime, by: str,
) -> TeamUser:  # fmt: skip
    address = checks.email("email", email)
    person = TeamUser(
        email=address, name=checks.text("name", name, 200, required=True), role=role, partner=partner,
        language=checks.language("language", language) if language else "",
        time_zone=checks.time_zone("time_zone", time_zone) if time_zone else "", created_at=now,
    )  # fmt: skip
    if password is not None:
        _check_password(checks, password, person)
    checks.done()
    if queries.person_by_email(address):
        raise Refused("email_in_use", _("Somebody already signs in with %(email)s.") % {"email": address})
    person.set_password(password)
    person.save(force_insert=True)
    record_creation(person, actor=by, verb="create_person", fields=_FIELDS, now=now)
    return person


def _check_password(checks: Checks, password: str, person: TeamUser) -> None:
    if not rules.PASSWORD_MIN_LENGTH <= len(password) <= rules.PASSWORD_MAX_LENGTH:
        message = _("A password has %(low)d to %(high)d characters; a short sentence is easy to remember.")
        limits = {"low": rules.PASSWORD_MIN_LENGTH, "high": rules.PASSWORD_MAX_LENGTH}
        checks.refuse("password", message % limits, "bad_password")
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        for message in error.messages:
            checks.refuse("password", message, "bad_password")


def change_person(
    person: TeamUser, *, name: str | None = None, language: str | None = None, time_zone: str | None = None,
    now: datetime, by: str,
) -> TeamUser:  # fmt: skip
    """Change how a person is called and which language and time zone they read in. Raises Invalid."""
    checks, values = Checks(), dict[str, object]()
    if name is not None:
        values["name"] = checks.text("name", name, 200, required=True)
    if language is not None:
        values["language"] = checks.language("language", language) if language else ""
    if time_zone is not None:
        values["time_zone"] = checks.time_zone("time_zone", time_zone) if time_zone else ""
    checks.done()
    audited_save(person, values, actor=by, verb="change_person", now=now)
    return person


def change_role(person: TeamUser, role: str, *, now: datetime, by: str) -> None:
    """Give a member of the team another role. Refuses for partners' people and for the last owner."""
    checks = Checks()
    checks.one_of("role", role, rules.TEAM_ROLES)
    checks.done()
    if person.partner_id is not None:
        raise Refused("not_of_the_team", _("A partner's login cannot become a member of the team."))
    if role != "owner":
        _keep_an_owner(person)
    audited_save(person, {"role": role}, actor=by, verb="change_role", now=now)


def close_login(person: TeamUser, *, now: datetime, by: str) -> None:
    """Stop a person from signing in; what they did stays on the record. Refuses for the last owner."""
    _keep_an_owner(person)
    SignInLink.objects.filter(person=person, used_at=None).delete()
    audited_save(person, {"is_active": False}, actor=by, verb="close_login", now=now)


def reopen_login(person: TeamUser, *, now: datetime, by: str) -> None:
    """Let a person sign in again."""
    audited_save(person, {"is_active": True}, actor=by, verb="reopen_login", now=now)


def _keep_an_owner(person: TeamUser) -> None:
    owners = TeamUser.objects.filter(role="owner", is_active=True).select_for_update()
    if [owner.pk for owner in owners] == [person.pk]:
        raise Refused("last_owner", _("This is the last owner. Make somebody else an owner first."))


def set_password(person: TeamUser, password: str, *, now: datetime, by: str) -> None:
    """Set a person's password and end their open one-time links. Raises Invalid with what makes it too weak."""
    checks = Checks()
    _check_password(checks, password, person)
    checks.done()
    person.set_password(password)
    person.save(update_fields=["password"])
    SignInLink.objects.filter(person=person, used_at=None).delete()
    record_change(
        actor=by, verb="set_password", subject_kind="teamuser", subject_id=person.pk, before={}, after={}, now=now
    )


def make_sign_in_link(
    person: TeamUser, *, next_path: str = "", now: datetime, valid_for: timedelta = rules.SIGN_IN_LINK_LASTS
) -> str:
    """Return the secret of a new one-time link (`/sign-in/<secret>`); only its hash is kept. Refuses a closed login."""
    if not person.is_active:
        raise Refused("login_closed", _("This login is closed."))
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        hash=signing.key_hash(secret), person=person, made_at=now, expires_at=now + valid_for,
        next_path=next_path if rules.is_local_path(next_path) and len(next_path) <= 300 else "",
    )  # fmt: skip
    return secret


def use_sign_in_link(secret: str, now: datetime) -> TeamUser:
    """Use up a one-time link and return its person. Refuses, with one answer, what is unknown, used, old or closed."""
    link = queries.sign_in_link(secret, now)
    used = link and SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now)
    if link is None or not used:
        raise Refused(
            "sign_in_link_spent", _("This sign-in link has been used or is too old. Please ask for a new one.")
        )
    return link.person
