"""Tax details: what invoices and reports need of the partner, and the agreement that we write their invoices."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.page import tell, warn
from hanse.faces.common.problems import show_problems
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import HanseError, Refused
from hanse.money.statements.billing import billing_profile
from hanse.money.statements.consents import agreement_text, consent_on, end_consent, give_consent
from hanse.people.partners.tax import set_tax_profile, tax_profile

_NEEDED = {"required": gettext_lazy("Please fill this in.")}


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TaxForm(forms.Form):
    """Name and address as on tax papers, VAT number, tax number; American forms as data."""

    use_required_attribute = False
    legal_name = forms.CharField(
        label=gettext_lazy("Name on tax papers"), max_length=140, error_messages=_NEEDED
    )  # fmt: skip
    is_business = forms.BooleanField(label=gettext_lazy("This is a company or a registered trader"), required=False)
    country = forms.CharField(
        label=gettext_lazy("Country"), max_length=2, error_messages=_NEEDED,
        help_text=gettext_lazy("Two letters, like GB"),
    )  # fmt: skip
    street = forms.CharField(label=gettext_lazy("Street"), max_length=140, required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=80, required=False)
    vat_id = forms.CharField(
        label=gettext_lazy("VAT number"), max_length=20, required=False,
        help_text=gettext_lazy("Leave it empty if you are not registered for VAT."),
    )  # fmt: skip
    tax_number = forms.CharField(label=gettext_lazy("Tax number"), max_length=40, required=False)
    born_on = forms.DateField(
        label=gettext_lazy("Date of birth"), required=False, widget=_day_input(),
        help_text=gettext_lazy("For people without a tax number"),
    )  # fmt: skip
    us_form = forms.ChoiceField(
        label=gettext_lazy("American tax form"), required=False,
        choices=(
            ("", gettext_lazy("None")), ("w9", "W-9"), ("w8ben", "W-8BEN"), ("w8bene", "W-8BEN-E"), ("w8eci", "W-8ECI"),
            ("w8exp", "W-8EXP"), ("w8imy", "W-8IMY"),
        ),
        help_text=gettext_lazy("Only for programs that are run from the United States"),
    )  # fmt: skip
    us_form_signed_on = forms.DateField(
        label=gettext_lazy("Signed on"), required=False, widget=_day_input()
    )  # fmt: skip


@portal_page
@writes
@needs_seat
@require_http_methods(["GET", "POST"])
def tax(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show and keep the partner's tax details, and the agreement to self-billing."""
    known, now = tax_profile(seat.partner), clock.now()
    start = {name: getattr(known, name) for name in TaxForm.base_fields} if known else {
        "legal_name": seat.partner.company or seat.partner.name, "country": seat.partner.country,
    }  # fmt: skip
    if seat.is_viewed:  # the team tells numbers apart by their end
        start |= {"tax_number": f"…{known.tax_number[-4:]}" if known and known.tax_number else "", "born_on": None}
    form = TaxForm(request.POST if request.method == "POST" else None, initial=start, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            set_tax_profile(seat.partner, **form.cleaned_data, now=now, by=actor(request))
        except HanseError as error:
            show_problems(form, error)
        else:
            tell(request, _("Your tax details are kept."))
            return HttpResponseRedirect(reverse("portal:tax"))
    payer = billing_profile(seat.program)
    consent = consent_on(seat.enrolment.pk, local_day(now, seat.program.time_zone))
    context = {
        "form": form, "known": known, "consent": consent, "bills": payer.issues_invoices,
        "is_stale": consent is not None and known is not None and consent.vat_id != known.vat_id,
        "text": agreement_text(seat.enrolment, payer.legal_name),
    }  # fmt: skip
    return portal(request, seat, "portal/tax.html", "payouts", context, status=422 if form.errors else 200)


@portal_page
@require_POST
@writes
@needs_seat
def self_billing(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Agree to self-billing, or end the agreement."""
    now, by = clock.now(), actor(request)
    if request.POST.get("act") == "end":
        end_consent(seat.enrolment, now=now, by=by)
        tell(request, _("The agreement has ended: we write no more invoices for you."))
        return HttpResponseRedirect(reverse("portal:tax"))
    try:
        give_consent(seat.enrolment, now=now, by=by)
        tell(request, _("Agreed. Your invoices stand beside your statements."))
    except Refused as refusal:
        warn(request, refusal.message)
    return HttpResponseRedirect(reverse("portal:tax"))
