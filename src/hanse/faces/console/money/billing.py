"""Who bills: the business on tax papers, and whether invoices are written."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.acts import APPROVE
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.money.frame import money_page
from hanse.kernel import clock
from hanse.money.statements.billing import billing_profile, set_billing
from hanse.programs.programs.models import Program

_COLUMNS = {"numbers_begin": "prefix"}
_FIELDS = {"prefix": "numbers_begin"}


class BillingForm(PlainForm):
    """Name, address, VAT; and how invoices are numbered and taxed."""

    legal_name = forms.CharField(label=gettext_lazy("Legal name of your business"), max_length=140, required=False)
    street = forms.CharField(label=gettext_lazy("Street"), max_length=140, required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=80, required=False)
    country = forms.CharField(
        label=gettext_lazy("Country"), max_length=2, required=False, help_text=gettext_lazy("Two letters, like GB")
    )
    vat_id = forms.CharField(label=gettext_lazy("VAT number"), max_length=20, required=False)
    issues_invoices = forms.BooleanField(
        label=gettext_lazy("Write self-billing invoices when a month is issued"), required=False,
        help_text=gettext_lazy("For partners who agreed to it and gave their tax details."),
    )  # fmt: skip
    adds_vat = forms.BooleanField(
        label=gettext_lazy("VAT comes on top of commissions"), required=False,
        help_text=gettext_lazy("Booked with the invoice and paid with the next run. Off: commissions include it."),
    )  # fmt: skip
    numbers_begin = forms.CharField(
        label=gettext_lazy("Numbers begin with"), max_length=10, required=False, help_text=gettext_lazy("Like HP-")
    )
    nature = forms.CharField(label=gettext_lazy("Nature of the service"), max_length=140, required=False)


@console_page(write_roles=APPROVE)
@writes
@needs_program
def billing(request: HttpRequest, program: Program) -> HttpResponse:
    """Show and keep who bills."""
    known = billing_profile(program)
    initial = {name: getattr(known, _COLUMNS.get(name, name)) for name in BillingForm.base_fields}
    form = BillingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = {_COLUMNS.get(name, name): value for name, value in form.cleaned_data.items()}
        if attempt(form, lambda: set_billing(program, **said, now=clock.now(), by=actor(request)), _FIELDS):
            tell(request, _("Saved. What was issued before stays as it was."))
            return HttpResponseRedirect(reverse("console:papers"), status=303)
    context = {"form": form, "may_change": may(request, APPROVE), "next_number": known.next_number}
    status = 422 if form.errors else 200
    return money_page(request, program, "console/money/billing.html", "papers", context, status=status)
