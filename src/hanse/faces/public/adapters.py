"""What allauth asks the product: where to go, what to say, who is asking, and how a second factor's secret is kept."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from hanse.faces.public.limits import client_address
from hanse.people.access import rules
from hanse.people.access.models import TeamUser
from hanse.spine.secrets.keys import key_for


def home_of(person: TeamUser) -> str:
    """Return where a person belongs: the team to the console, partners to their portal."""
    return "/p/" if person.role == TeamUser.Role.PARTNER else "/console/"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in without sign-up: logins are made by the team or by an approved application."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and password do not belong together."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or let us mail you a link."),
        "incorrect_password": _("This is not your present password."),
        "incorrect_code": _("This code does not fit. Codes change every 30 seconds; take the newest."),
        "rate_limited": _("Too many tries. Wait a minute."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes a login for themselves."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where a person lands after signing in."""
        return home_of(request.user) if isinstance(request.user, TeamUser) else "/"

    def is_safe_url(self, url: str) -> bool:
        """Only paths of this site are followed after signing in."""
        return rules.is_local_path(url or "")

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that tries are counted for."""
        return client_address(request)

    def respond_user_inactive(self, request: HttpRequest, _user: TeamUser) -> HttpResponse:
        """Somebody knows the password of a closed login."""
        return render(request, "public/login_closed.html", status=403)

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Our pages say themselves what was done."""

    def reauthenticate(self, user: TeamUser, password: str) -> bool:
        """Compare a password again. (allauth would look for its own table of addresses, which is empty here.)"""
        return user.check_password(password)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps secrets of authenticator apps encrypted under the installation's own key."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code does not fit. Codes change every 30 seconds; take the newest."),
    }

    def encrypt(self, text: str) -> str:
        """Return what is stored."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was stored."""
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key_for("at-rest")))
