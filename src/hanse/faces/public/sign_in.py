"""Sign-in: by password, by a one-time link from a mail, by the link that a command printed; and sign-out."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hanse.faces.common.access import public_page
from hanse.faces.public.adapters import home_of
from hanse.faces.public.limits import client_address, within_limit
from hanse.kernel import clock
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.access import queries
from hanse.people.access.actions import use_sign_in_link
from hanse.people.access.letters import KIND
from hanse.people.access.models import TeamUser
from hanse.spine.outbox.actions import enqueue

_SENT_TO = "sign_in_link_sent_to"


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """E-mail and password; allauth compares, counts the tries and takes the same time for unknown addresses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label, password.help_text = _("E-mail"), _("Password"), ""
        login.widget = forms.EmailInput(attrs={"autocomplete": "username", "maxlength": 254})
        password.widget = forms.PasswordInput(attrs={"autocomplete": "current-password", "maxlength": 256})
        login.error_messages["invalid"] = _("This is not an e-mail address. It is written like name@company.example.")
        for field in (login, password):
            field.error_messages["required"] = _("Please fill this in.")


class SignInView(LoginView):  # type: ignore[misc]  # allauth has no types
    """The sign-in page: one form with two ways on."""

    form_class = SignInForm
    template_name = "public/sign_in.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign in by password, or promise a link to the address."""
        if "link" in request.POST:
            return _promise_link(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """Show the form again."""
        context = self.get_context_data(form=form)
        return render(self.request, self.template_name, context, status=422)


sign_in = public_page(SignInView.as_view())


def _promise_link(request: HttpRequest) -> HttpResponse:
    address = str(request.POST.get("login", "")).strip().lower()[:254]
    if "@" not in address:
        form = SignInForm(initial={"login": address}, request=request)
        return render(request, "public/sign_in.html", {"form": form, "needs_address": True}, status=422)
    may_ask = within_limit("sign-in-link", client_address(request), times=20, seconds=3600)
    may_get = within_limit("sign-in-link", address, times=4, seconds=900)
    if may_ask and may_get:
        _enqueue_link(address, str(request.POST.get("next", "")))
    request.session[_SENT_TO] = address
    return redirect("sign_in_sent")


def _enqueue_link(address: str, next_path: str) -> None:
    """Write down that somebody asked. Who it is, and whether anybody, is looked up when the mail is made: known and
    unknown addresses cost the same here."""
    now = clock.now()
    payload = {"email": address, "next_path": next_path[:300], "language": get_language() or "en"}
    enqueue(KIND, f"sign-in:{new_id(now)}", payload, due_at=now, now=now)


@public_page
@never_cache
@require_GET
def sign_in_sent(request: HttpRequest) -> HttpResponse:
    """Say that a link is on its way, if the address is known here."""
    return render(request, "public/sign_in_sent.html", {"address": request.session.get(_SENT_TO, "")})


@public_page
@never_cache
@require_GET
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in at once with a link that a command printed; a mere prefetch gets the page with a button instead."""
    if "prefetch" in f"{request.headers.get('Sec-Purpose')} {request.headers.get('Purpose')}":
        return redirect("sign_in_confirm", secret=secret)
    return _enter(request, secret)


@public_page
@never_cache
@require_http_methods(["GET", "POST"])
def confirm_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for one click before a mailed link is used up: mail scanners open every address they find."""
    if request.method == "POST":
        return _enter(request, secret)
    link = queries.sign_in_link(secret, clock.now())
    if link is None:
        return _spent(request)
    return render(request, "public/sign_in_confirm.html", {"person": link.person})


def _enter(request: HttpRequest, secret: str) -> HttpResponse:
    if not within_limit("sign-in-secret", client_address(request), times=60, seconds=600):
        return _spent(request)
    now = clock.now()
    link = queries.sign_in_link(secret, now)
    try:
        person = use_sign_in_link(secret, now)
    except Refused:
        if isinstance(request.user, TeamUser):
            return HttpResponseRedirect(home_of(request.user))
        return _spent(request)
    if request.user.is_authenticated:
        logout(request)
    target = link.next_path if link and link.next_path else None
    response: HttpResponse = perform_login(request, person, redirect_url=target)
    return response


def _spent(request: HttpRequest) -> HttpResponse:
    return render(request, "public/sign_in_spent.html", status=410)


@public_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("account_login")


@public_page
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead everybody to where they belong."""
    if isinstance(request.user, TeamUser) and request.user.is_active:
        return HttpResponseRedirect(home_of(request.user))
    return redirect("account_login")
