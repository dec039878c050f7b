"""Offers: where links of a program may lead."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import console, tell
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.programs.common import program_of
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.offers.actions import archive_offer, change_offer, create_offer
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program


class OfferForm(PlainForm):
    """What an offer is, and where its links may lead."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    destination_url = forms.CharField(
        label=gettext_lazy("Links lead to"), max_length=500, help_text=gettext_lazy("Unless a partner chose a page.")
    )
    allowed_hosts = forms.CharField(
        label=gettext_lazy("Hosts that links may lead to"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line, like shop.example. Empty: the host above only."),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("What partners read about it"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def clean_allowed_hosts(self) -> list[str]:
        """Return the hosts as a list."""
        return [line.strip() for line in str(self.cleaned_data["allowed_hosts"]).splitlines() if line.strip()]


@console_page(roles=CHANGE, write_roles=CHANGE)
@writes
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an offer."""
    program = program_of(request, slug)
    form = OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: create_offer(program, **form.cleaned_data, now=clock.now(), by=actor(request)))
        if made:
            tell(request, _("Partners can make links to “%(name)s”.") % {"name": made.name})
            return _to(program)
    return _page(request, program, form, None)


@console_page(roles=CHANGE, write_roles=CHANGE)
@writes
def change(request: HttpRequest, slug: str, offer_id: str) -> HttpResponse:
    """Change an offer."""
    program = program_of(request, slug)
    offer = _offer(program, offer_id)
    known = {
        "name": offer.name, "destination_url": offer.destination_url, "description": offer.description,
        "allowed_hosts": "\n".join(offer.allowed_hosts),
    }  # fmt: skip
    form = OfferForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: change_offer(offer, **form.cleaned_data, now=clock.now(), by=actor(request)))
        if saved:
            tell(request, _("“%(name)s” is saved.") % {"name": saved.name})
            return _to(program)
    return _page(request, program, form, offer)


@console_page(write_roles=CHANGE)
@require_POST
@writes
def archive(request: HttpRequest, slug: str, offer_id: str) -> HttpResponse:
    """Make no new links for an offer."""
    program = program_of(request, slug)
    offer = _offer(program, offer_id)
    attempt_or_warn(
        request,
        lambda: archive_offer(offer, now=clock.now(), by=actor(request)),
        _("“%(name)s” is archived. Its links go on working.") % {"name": offer.name},
    )
    return _to(program)


def _offer(program: Program, offer_id: str) -> Offer:
    return get_object_or_404(Offer, pk=id_or_404("off", offer_id), program=program)


def _page(request: HttpRequest, program: Program, form: OfferForm, offer: Offer | None) -> HttpResponse:
    context = {"program": program, "form": form, "offer": offer, "id": text_id("off", offer.pk) if offer else ""}
    return console(request, "console/programs/offer.html", "programs", context, status=422 if form.errors else 200)


def _to(program: Program) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:program", args=[program.slug]), status=303)
