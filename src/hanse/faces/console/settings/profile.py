"""My profile: name, language, time zone, look, password."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import READ, actor, console_page, team_member, writes
from hanse.faces.common.page import tell
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.settings.frame import settings_page
from hanse.faces.public.limits import within_limit
from hanse.kernel import clock
from hanse.people.access import actions
from hanse.people.access.models import TeamUser


class ProfileForm(PlainForm):
    """How somebody is called and reads."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), required=False, help_text=gettext_lazy("Of the times on every page.")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        zones = sorted(
            name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
        )
        self.fields["language"].choices = [("", _("As the browser says")), *settings.LANGUAGES]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = [("", _("As the program’s")), ("UTC", "UTC"), *((z, z) for z in zones)]  # type: ignore[attr-defined]


class PasswordForm(PlainForm):
    """The password as it is, and as it shall be."""

    current = forms.CharField(
        label=gettext_lazy("Password now"), required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("Leave empty if you have only signed in by link so far."),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("New password"), max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters; a short sentence is easy to remember."),
    )  # fmt: skip


@console_page(write_roles=READ)
@writes
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change the reader's own profile."""
    person = team_member(request)
    form = ProfileForm(request.POST or None, initial=_known(person))
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form, lambda: actions.change_person(person, **form.cleaned_data, now=clock.now(), by=actor(request))
        )
        if changed:
            tell(request, _("Your profile is saved."))
            return HttpResponseRedirect(reverse("console:profile"), status=303)
    return _page(request, form, PasswordForm(), 422 if form.errors else 200)


@console_page(write_roles=READ)
@writes
def password(request: HttpRequest) -> HttpResponse:
    """Set another password; whoever has one must say it first, at most ten times in ten minutes on either page."""
    person = team_member(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        current = form.cleaned_data["current"]
        if not within_limit("present-password", str(person.pk), times=10, seconds=600):
            form.add_error("current", _("Too many tries. Wait ten minutes."))
        elif person.has_usable_password() and not person.check_password(current):
            form.add_error("current", _("This is not your password."))
        else:
            new = form.cleaned_data["password"]
            attempt(form, lambda: actions.set_password(person, new, now=clock.now(), by=actor(request)))
        if not form.errors:
            update_session_auth_hash(request, person)
            tell(request, _("Your password is changed. Other browsers have to sign in again."))
            return HttpResponseRedirect(reverse("console:profile"), status=303)
    return _page(request, ProfileForm(initial=_known(person)), form, 422 if form.errors else 200)


def _known(person: TeamUser) -> dict[str, str]:
    return {"name": person.name, "language": person.language, "time_zone": person.time_zone}


def _page(request: HttpRequest, form: ProfileForm, secret: PasswordForm, status: int) -> HttpResponse:
    context = {"form": form, "password_form": secret, "person": team_member(request)}
    return settings_page(request, "console/settings/profile.html", "profile", context, status=status)
