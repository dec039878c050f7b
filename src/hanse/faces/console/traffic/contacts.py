"""Agencies' customers: who speaks for which customer to us, since when and until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program
from hanse.traffic.resale.contacts import end_contact, make_contact
from hanse.traffic.resale.queries import contacts_in

_SHOWN = 300


class ContactForm(PlainForm):
    """Which agency speaks for which customer."""

    enrolment = forms.ChoiceField(label=gettext_lazy("Agency"))
    customer_label = forms.CharField(label=gettext_lazy("Customer"), max_length=200, required=False)
    customer_email = forms.CharField(
        label=gettext_lazy("Customer’s e-mail address"), max_length=254, required=False,
        help_text=gettext_lazy("Kept as a hash only."),
    )  # fmt: skip
    customer_external_id = forms.CharField(label=gettext_lazy("or their customer id"), max_length=200, required=False)
    company_domain = forms.CharField(label=gettext_lazy("or their company’s domain"), max_length=200, required=False)
    contact_name = forms.CharField(label=gettext_lazy("Person at the agency"), max_length=200, required=False)
    since_on = forms.DateField(label=gettext_lazy("Since"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=2000, required=False)

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {text_id("enr", row.pk): row for row in enrolments_of_program(program.pk).filter(status="active")}
        self.fields["enrolment"].choices = [("", "…")] + [  # type: ignore[attr-defined]  # a choice field
            (key, row.partner.name) for key, row in self.people.items()
        ]


@console_page(write_roles=CHANGE)
@writes
@needs_program
def contacts(request: HttpRequest, program: Program) -> HttpResponse:
    """List who speaks for whom, and add one."""
    form = ContactForm(program, request.POST or None, initial={"since_on": reader().today})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        enrolment = form.people[said.pop("enrolment")]
        made = attempt(form, lambda: make_contact(enrolment, now=clock.now(), by=actor(request), **said))
        if made is not None:
            tell(request, _("They are this customer’s contact now."))
            return HttpResponseRedirect(reverse("console:contacts"), status=303)
    today = reader().today
    context = {
        "rows": [
            (row, text_id("agc", row.pk), partner_href(row.enrolment.partner_id),
             row.until_on is None or row.until_on >= today)
            for row in contacts_in(program.pk)[:_SHOWN]
        ],
        "form": form, "may_change": may(request, CHANGE),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return traffic_page(request, program, "console/traffic/contacts.html", "resale", context, status=status)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def end(request: HttpRequest, program: Program, contact_id: str) -> HttpResponse:
    """Let an agency be a customer's contact until today."""
    row = get_object_or_404(contacts_in(program.pk), pk=id_or_404("agc", contact_id))
    reason = str(request.POST.get("reason", ""))
    attempt_or_warn(
        request,
        lambda: end_contact(row, until_on=reader().today, reason=reason, now=clock.now(), by=actor(request)),
        _("Ended today. The customer can have another agency from tomorrow on."),
    )
    return HttpResponseRedirect(reverse("console:contacts"), status=303)
