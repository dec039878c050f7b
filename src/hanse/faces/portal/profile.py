"""Profile: name, language, time zone; everything we keep, as a file."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hanse.faces.common.access import actor, portal_page, team_member, writes
from hanse.faces.common.page import tell
from hanse.faces.common.problems import show_problems
from hanse.faces.portal.accounts import shown_account
from hanse.faces.portal.export import everything_about
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.demarcation.queries import types_of
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.people.access.actions import change_person
from hanse.people.access.models import TeamUser
from hanse.people.partners.actions import change_partner


class ProfileForm(forms.Form):
    """How a person is called and reads."""

    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Please fill this in.")},
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), required=False, help_text=gettext_lazy("Times on every page are written in it")
    )

    def __init__(self, *args: Any, program_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language, zone = self.fields["language"], self.fields["time_zone"]
        assert isinstance(language, forms.ChoiceField)
        assert isinstance(zone, forms.ChoiceField)
        codes = [code for code, _name in settings.LANGUAGES]
        language.choices = [(code, get_language_info(code)["name_local"].capitalize()) for code in codes]
        zones = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
        program_time = _("As the program: %(zone)s") % {"zone": program_zone}
        zone.choices = [("", program_time), *((name, name.replace("_", " ")) for name in zones), ("UTC", "UTC")]


@portal_page
@writes
@needs_seat
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show and change how the person is called and reads."""
    person = team_member(request)
    start = {"name": person.name, "language": person.language or request.LANGUAGE_CODE, "time_zone": person.time_zone}
    sent = request.POST if request.method == "POST" else None
    form = ProfileForm(sent, initial=start, program_zone=seat.program.time_zone)
    if request.method == "POST" and form.is_valid():
        try:
            change_person(person, **form.cleaned_data, now=clock.now(), by=actor(request))
            _change_letters(seat, person, form.cleaned_data, actor(request))
        except HanseError as error:
            show_problems(form, error)
        else:
            tell(request, _("Your profile is changed."))
            return HttpResponseRedirect(reverse("portal:profile"))
    details = seat.scope.payout_details()
    context: dict[str, Any] = {
        "form": form, "details": details, "account": shown_account(details), "person": person,
    }  # fmt: skip
    context["kinds"] = types_of(seat.partner.types)
    return portal(request, seat, "portal/profile.html", "profile", context, status=422 if form.errors else 200)


def _change_letters(seat: Seat, person: TeamUser, said: dict[str, str], by: str) -> None:
    """Let letters speak the reader's language and keep to their day: those go to the partner's own address."""
    if person.email == seat.partner.email:
        zone = said["time_zone"] or seat.program.time_zone
        change_partner(seat.partner, language=said["language"], time_zone=zone, now=clock.now(), by=by)


@portal_page
@needs_seat
@require_GET
def export(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Download everything that is kept about the partner, in every program."""
    response = JsonResponse(everything_about(seat), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
