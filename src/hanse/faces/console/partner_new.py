"""Add a partner by hand, and change what is known of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import console, needs_program, tell
from hanse.faces.console.forms import PlainForm, attempt
from hanse.kernel import clock
from hanse.people.access.actions import create_partner_login
from hanse.people.access.queries import partner_people
from hanse.people.partners.actions import change_partner, create_partner
from hanse.people.partners.models import Partner
from hanse.people.partners.queries import partner_types
from hanse.programs.enrolments.actions import enrol
from hanse.programs.offers.queries import first_offer
from hanse.programs.programs.models import Program
from hanse.traffic.links.actions import create_link


class PartnerForm(PlainForm):
    """What is known of a partner. The verbs below check it; the form only gathers it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254)
    contact_name = forms.CharField(label=gettext_lazy("Contact person"), required=False, max_length=200)
    company = forms.CharField(label=gettext_lazy("Company"), required=False, max_length=200)
    website = forms.CharField(
        label=gettext_lazy("Website"), required=False, max_length=300,
        widget=forms.TextInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    country = forms.CharField(
        label=gettext_lazy("Country"),
        required=False,
        max_length=2,
        help_text=gettext_lazy("Two letters, like GB or PL"),
    )
    types = forms.MultipleChoiceField(
        label=gettext_lazy("What kind of partner"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"), required=False, help_text=gettext_lazy("With commas between"), max_length=600
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as they came
        choices = [(kind.slug, kind.name) for kind in partner_types()]
        self.fields["types"].choices = choices  # type: ignore[attr-defined]  # the field is declared above

    def values(self) -> dict[str, object]:
        """The answers as the verbs take them."""
        given = dict(self.cleaned_data)
        given["tags"] = [tag.strip() for tag in given["tags"].split(",") if tag.strip()]
        given["country"] = given["country"].upper()
        return given


@console_page()
@writes
@needs_program
def new(request: HttpRequest, program: Program) -> HttpResponse:
    """Ask who it is; then partner, login, enrolment and a first link are made at once."""
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        partner = attempt(form, lambda: _make(program, form, actor(request)))
        if partner:
            tell(request, _("%(name)s is a partner now and has a first link") % {"name": partner.name})
            return HttpResponseRedirect(partner_href(partner.id))
    context = {"form": form, "program": program}
    return console(request, "console/partner_new.html", "partners", context, status=422 if form.errors else 200)


def _make(program: Program, form: PartnerForm, by: str) -> Partner:
    now = clock.now()
    known: Any = {"source": "console", "time_zone": program.time_zone, **form.values()}
    partner = create_partner(now=now, by=by, **known)
    enrolment = enrol(partner, program, enrolled_at=now, now=now, by=by)
    create_partner_login(partner, now=now, by=by)
    offer = first_offer(program.id)
    if offer:
        create_link(enrolment, offer, now=now, by=by)
    return partner


@console_page()
@writes
@needs_program
def edit(request: HttpRequest, program: Program, partner_id: str) -> HttpResponse:
    """Change what is known of a partner."""
    partner = get_object_or_404(Partner, id=id_or_404("prt", partner_id))
    known = {name: getattr(partner, name) for name in PartnerForm.base_fields if name != "tags"}
    form = PartnerForm(request.POST or None, initial={**known, "tags": ", ".join(partner.tags)})
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form, lambda: change_partner(partner, now=clock.now(), by=actor(request), **form.values())  # type: ignore[arg-type]  # checked there
        )  # fmt: skip
        if changed:
            tell(request, _("Saved"))
            return HttpResponseRedirect(partner_href(partner.id))
    people = list(partner_people(partner.id))
    context = {
        "form": form, "program": program, "partner": partner, "back": partner_href(partner.id), "people": people,
        "is_out": all(one.email != partner.email for one in people), "logins": f"{partner_href(partner.id)}/logins",
    }  # fmt: skip
    return console(request, "console/partner_new.html", "partners", context, status=422 if form.errors else 200)
