"""Challenges: goals with a deadline and a prize, how far the partner is, and sending proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.challenge_words import amount_words, goal_words, prize_words, standing_words
from hanse.faces.common.page import tell
from hanse.faces.common.problems import show_problems
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.challenges.deciding import send_proof
from hanse.growth.challenges.queries import Mine, challenges_for
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Invalid
from hanse.kernel.ids import parse_id, text_id


class ProofForm(forms.Form):
    """What shows that it is done."""

    use_required_attribute = False
    link = forms.CharField(
        label=gettext_lazy("Link to it"), max_length=500, required=False, label_suffix="",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("What you did"), max_length=4000, required=False, label_suffix="",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """One challenge as it is drawn; `form` where proof can be sent now."""

    mine: Mine
    id: str
    goal: str
    prize: str
    so_far: str
    missing: str
    word: tuple[str, str]
    form: ProofForm | None


@portal_page
@writes
@needs_seat
def challenges(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show what the partner can take part in, and take proof."""
    sent, bad = str(request.POST.get("challenge", "")), None
    found = challenges_for(seat.enrolment, clock.now())
    if request.method == "POST" and not seat.is_viewed:
        bad = ProofForm(request.POST, auto_id=f"{sent}-%s")
        if bad.is_valid() and _send(request, seat, found, sent, bad):
            tell(request, _("Sent. You hear from us by mail."))
            return HttpResponseRedirect(reverse("portal:challenges"), status=303)
    cards = [_card(one, seat, bad if text_id("chl", one.challenge.pk) == sent else None) for one in found]
    context = {
        "cards": [card for card in cards if card.mine.stage in ("running", "upcoming", "settling")],
        "past": [card for card in cards if card.mine.stage in ("over", "cancelled")],
    }  # fmt: skip
    return portal(request, seat, "portal/challenges.html", "challenges", context, status=422 if bad else 200)


def next_challenge(seat: Seat) -> Card | None:
    """Return the challenge for the home page: the one that runs and ends first, not won yet."""
    if not seat.scope.has_challenges(clock.now()):
        return None
    for one in challenges_for(seat.enrolment, clock.now()):
        if one.stage == "running" and one.progress.standing in ("going", "declined", "lapsed"):
            return _card(one, seat, None)
    return None


def _send(request: HttpRequest, seat: Seat, found: list[Mine], sent: str, form: ProofForm) -> bool:
    try:
        wanted = parse_id("chl", sent)
    except Invalid as error:
        raise Http404 from error
    mine = next((one for one in found if one.challenge.pk == wanted), None)
    if mine is None:
        raise Http404
    said: dict[str, Any] = form.cleaned_data
    try:
        send_proof(
            mine.challenge, seat.enrolment, link=said["link"], text=said["text"], now=clock.now(), by=actor(request)
        )
    except HanseError as error:
        show_problems(form, error)
        return False
    return True


def _card(one: Mine, seat: Seat, form: ProofForm | None) -> Card:
    challenge, progress, key = one.challenge, one.progress, text_id("chl", one.challenge.pk)
    takes_proof = (
        challenge.metric == "proof" and one.stage == "running" and not seat.is_viewed
        and progress.standing in ("going", "waiting", "declined") and seat.enrolment.status == "active"
    )  # fmt: skip
    return Card(
        one, key, goal_words(challenge), prize_words(challenge), amount_words(challenge, progress.amount),
        amount_words(challenge, progress.missing), standing_words(progress.standing),
        (form or ProofForm(auto_id=f"{key}-%s")) if takes_proof else None,
    )  # fmt: skip
