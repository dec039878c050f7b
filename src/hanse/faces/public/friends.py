"""The page for customers who share: one click under a signed address, else a mail that proves the mailbox."""

from __future__ import annotations

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from hanse.faces.common.access import public_page, writes
from hanse.faces.common.goals import goal_names
from hanse.faces.common.problems import show_problems
from hanse.faces.common.reader import activate_zone
from hanse.faces.public.limits import client_address, within_limit
from hanse.growth.sharing.actions import join_by_sharing
from hanse.growth.sharing.addresses import is_signed_for, signed_address
from hanse.growth.sharing.letters import send_address
from hanse.growth.sharing.models import SharingOffer
from hanse.growth.sharing.queries import open_offer, sharing_terms
from hanse.growth.sharing.types import Buyer
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import sentences


class FriendsForm(forms.Form):
    """Whose link it is to be."""

    use_required_attribute = False

    email = forms.EmailField(label=gettext_lazy("Your e-mail"), max_length=254)
    homepage = forms.CharField(required=False)  # a trap: people do not see it


def _offer(slug: str) -> SharingOffer:
    offer = open_offer(slug)
    if offer is None:
        raise Http404
    activate_zone(offer.program.time_zone)
    return offer


@public_page
@never_cache
@writes
@require_http_methods(["GET", "POST"])
def friends(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what telling friends brings; give link and code to the customer for whom the address was signed."""
    offer, now = _offer(slug), clock.now()
    buyer = _buyer(request)
    if is_signed_for(offer, buyer, request.GET.get("at", ""), request.GET.get("signature", ""), now):
        return _one_click(request, offer, buyer)
    form = FriendsForm(request.POST or None)
    if form.is_valid() and _asked(request, offer, form):
        return redirect("friends_sent", slug=slug)
    context = {"form": form, "is_stale": bool(request.GET.get("signature")), **_said(offer)}
    return render(request, "public/friends.html", context, status=422 if form.errors else 200)


def _one_click(request: HttpRequest, offer: SharingOffer, buyer: Buyer) -> HttpResponse:
    form, sharing = forms.Form(), None
    if request.method == "POST":
        try:
            with transaction.atomic():
                sharing = join_by_sharing(
                    offer, buyer, source="order" if buyer.customer else "page", is_accepted=True, now=clock.now(),
                    by=buyer.email,
                )  # fmt: skip
        except HanseError as error:
            form = forms.Form({})
            show_problems(form, error)
    context = {"form": form, "buyer": buyer, "sharing": sharing, **_said(offer)}
    return render(request, "public/friends_click.html", context, status=422 if form.errors else 200)


def _buyer(request: HttpRequest) -> Buyer:
    said = request.GET
    language = get_language() or "en"
    return Buyer(said.get("email", ""), said.get("name", ""), said.get("customer", ""), language)


def _asked(request: HttpRequest, offer: SharingOffer, form: FriendsForm) -> bool:
    """Mail the address that takes one click. Traps and floods get the same answer, and nothing is sent."""
    data = form.cleaned_data
    email = data["email"].strip().lower()
    is_allowed = within_limit("friends", client_address(request), times=10, seconds=3600) and within_limit(
        "friends-mail", email, times=3, seconds=24 * 3600
    )
    if is_allowed and not data["homepage"]:
        buyer, now = Buyer(email, language=get_language() or "en"), clock.now()
        send_address(offer, buyer, signed_address(offer, buyer, now), now)
    return True


@public_page
@require_GET
def friends_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the click in the mail."""
    return render(request, "public/friends_sent.html", _said(_offer(slug)))


def _said(offer: SharingOffer) -> dict[str, object]:
    program = offer.program
    terms = sharing_terms(program, offer.tier_id, clock.now())
    lines = sentences(body_of(terms), program.currency, goal_names(program.pk)) if terms else []
    return {
        "offer": offer, "program": program, "lines": lines, "terms": terms, "brand": program.name,
        "brand_href": f"/friends/{program.slug}",
    }  # fmt: skip
