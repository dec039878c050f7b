"""Letters: which kinds the partner gets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.letter_words import optional_kinds
from hanse.faces.common.page import tell
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.reach.actions import choose_letters
from hanse.growth.reach.models import LetterChoice
from hanse.growth.reach.queries import choices_of, suppression_of
from hanse.growth.reach.rules import OPTIONAL
from hanse.kernel import clock


@portal_page
@writes
@needs_seat
@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show and change which letters the partner gets."""
    partner = seat.partner
    if request.method == "POST":
        wanted = set(request.POST.getlist("kind")) & set(OPTIONAL)
        choose_letters(partner, wanted, how=LetterChoice.How.PORTAL, now=clock.now(), by=actor(request))
        tell(request, _("Your choice is kept."))
        return HttpResponseRedirect(reverse("portal:letters"))
    kinds = optional_kinds(choices_of(partner.pk))
    context = {
        "kinds": kinds, "on": sum(one.is_on for one in kinds), "of": len(kinds),
        "closed": suppression_of(partner.email),
    }  # fmt: skip
    return portal(request, seat, "portal/letters.html", "profile", context)
