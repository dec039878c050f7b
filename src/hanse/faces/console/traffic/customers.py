"""Customers: the list of people who are no new ones, and whose a customer is."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel import clock
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import policy_of
from hanse.traffic.customers.lists import ListResult, list_customers, read_customer_csv
from hanse.traffic.customers.models import Customer, KnownCustomer

MAX_BYTES = 5_000_000


class ListForm(PlainForm):
    """A file of known customers."""

    file = forms.FileField(
        label=gettext_lazy("A CSV file with a column email or external_id, and since if you know it"),
        help_text=gettext_lazy("Addresses are hashed as they come in; the file is not kept."),
    )  # fmt: skip

    def clean_file(self) -> str:
        """Return the file's text. Refuses what is too long or is no text."""
        sent = self.cleaned_data["file"]
        if sent.size > MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than 5 MB. Please send it in parts."))
        try:
            text: str = sent.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This is no text file in UTF-8.")) from error
        return text


@console_page(write_roles=CHANGE)
@writes
@needs_program
def customers(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show buyers with what they are, and take a list of known ones."""
    form = ListForm(request.POST or None, request.FILES or None) if request.method == "POST" else ListForm()
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form, lambda: _listed(form.cleaned_data["file"], program, actor(request)), names={"file": "file"}
        )
        if done:
            names = {"added": done.added, "known": done.known}
            tell(request, _("%(added)d customers are new on the list, %(known)d were there already.") % names)
            return HttpResponseRedirect(reverse("console:customers"), status=303)
    state = UrlState(request.GET)
    found = Customer.objects.filter(program=program)
    if search := state.text("q"):
        found = found.filter(external_id__istartswith=search)
    table = Table(state, found, _columns(), "-seen")
    if wants_csv(request):
        return export("customers", table)
    context = {
        "table": table, "form": form, "q": search, "may_change": may(request, CHANGE),
        "listed": KnownCustomer.objects.filter(program=program).count(), "policy": policy_of(program.pk),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return traffic_page(request, program, "console/traffic/customers.html", "customers", context, status=status)


def _listed(text: str, program: Program, by: str) -> ListResult:
    return list_customers(program.pk, read_customer_csv(text), source="file", now=clock.now(), by=by)


def _columns() -> Sequence[Column[Customer]]:
    return [
        Column("customer", _("Customer"), order=("external_id",), cell=lambda row: row.external_id),
        Column("country", _("Country"), order=("country",), cell=lambda row: row.country),
        Column("seen", _("First seen"), ("first_seen_at",), lambda row: row.first_seen_at.isoformat(), is_number=True),
    ]
