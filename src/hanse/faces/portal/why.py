"""Why not? An order or a day, checked in the program's own order; and claiming a sale all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.evidence import kind_words
from hanse.faces.common.page import tell, warn
from hanse.faces.common.tables import UrlState
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.claims.actions import claim_sale
from hanse.growth.claims.models import Claim
from hanse.insight.why import sentences
from hanse.insight.why.queries import why
from hanse.insight.why.types import Check, Tracer
from hanse.kernel import clock
from hanse.kernel.clock import day_starts_at
from hanse.kernel.errors import HanseError, Invalid, Refused
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission

_HELPFUL = frozenset({"wait", "nothing_to_do", "see_terms"})  # other fixes are the team's to do


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check as `components/checks.html` writes it."""

    state: str
    title: str
    detail: str
    fix: str = ""
    act: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """What one local day held for the partner."""

    day: date
    clicks: int
    invalid: int
    commissions: Sequence[tuple[str, str, Commission]]


class ClaimForm(forms.Form):
    """One sale that the partner says was theirs."""

    order = forms.CharField(max_length=200)
    note = forms.CharField(
        label=gettext_lazy("What makes it yours?"), max_length=2000, required=False, label_suffix="",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A name, a mail, a screenshot’s words: whatever helps to find it"),
    )  # fmt: skip


@portal_page
@needs_seat
@require_GET
def why_not(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer for an order number or a day."""
    asked = UrlState(request.GET).text("q")
    tracer, day = None, _day(asked)
    if asked and day is None:
        tracer = why("order", asked, seat.program, for_enrolment=seat.enrolment.pk)
    claims = list(seat.scope.claims().order_by("-made_at")[:50])
    claim = next((one for one in claims if one.external_id == asked), None)
    context = {
        "asked": asked, "tracer": tracer, "checks": [_line(check) for check in tracer.checks] if tracer else [],
        "headline": _headline(tracer) if tracer else "", "earned": _earned(tracer), "claims": claims, "claim": claim,
        "losers": [(kind_words(one.kind, "", "")[0], one) for one in tracer.losers] if tracer else [],
        "day": _answer(seat, day) if day else None, "form": ClaimForm(initial={"order": asked}),
        "can_claim": tracer is not None and tracer.outcome != "earned" and claim is None and not seat.is_viewed,
    }  # fmt: skip
    return portal(request, seat, "portal/why.html", "why", context)


def _day(text: str) -> date | None:
    """Read a day as this page writes it, of the years in which anything is sold; all else is an order's number."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 and text[4] == text[7] == "-" else None
    except ValueError:
        return None
    return day if day is not None and 1970 < day.year < 2200 else None


def _line(check: Check) -> CheckLine:
    state = {"not_needed": "passed"}.get(check.status, check.status)
    fix = sentences.fix(check) if check.fix in _HELPFUL else ""
    return CheckLine(state, sentences.title(check), sentences.finding(check), fix)


def _headline(tracer: Tracer) -> str:
    if tracer.outcome == "nothing" and not tracer.subject:
        return _("Nothing of yours came with this order.")
    return sentences.headline(tracer.outcome)


def _earned(tracer: Tracer | None) -> list[tuple[str, int, str]]:
    found = tracer.earned if tracer else ()
    return [(text_id("com", one.commission_id), one.owed_minor, one.currency) for one in found]


def _answer(seat: Seat, day: date) -> DayAnswer:
    zone = seat.program.time_zone
    within = (day_starts_at(day, zone), day_starts_at(day + timedelta(days=1), zone))
    clicks = seat.scope.clicks().filter(occurred_at__gte=within[0], occurred_at__lt=within[1])
    counts = dict(clicks.values("reason").annotate(n=Count("pk")).values_list("reason", "n").order_by())
    rows = seat.scope.commissions().filter(occurred_at__gte=within[0], occurred_at__lt=within[1])
    found = [
        (text_id("com", row.pk), row.conversion.external_id, row)
        for row in rows.select_related("conversion").order_by("occurred_at")[:200]
    ]
    valid = counts.pop("", 0)
    return DayAnswer(day, valid, sum(counts.values()), found)


@portal_page
@writes
@needs_seat
@require_POST
def claim(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Take a claim."""
    form = ClaimForm(request.POST)
    asked = str(request.POST.get("order", ""))[:200]
    back = HttpResponseRedirect(f"{reverse('portal:why')}{UrlState(request.GET).link(q=asked)}")
    if not form.is_valid():
        warn(request, _("Say which order you mean."))
        return back
    try:
        tracer = why("order", form.cleaned_data["order"], seat.program, for_enrolment=seat.enrolment.pk)
        failure = tracer.first_failure
        made = claim_sale(
            seat.enrolment, external_id=form.cleaned_data["order"], note=form.cleaned_data["note"],
            found=failure.reason if failure else "", now=clock.now(), by=actor(request),
        )  # fmt: skip
    except (Invalid, Refused) as error:
        warn(request, _said(error))
        return back
    if made.status == Claim.Status.OPEN:
        tell(request, _("A person looks at it and answers you by mail."))
    return back


def _said(error: HanseError) -> str:
    return error.message if isinstance(error, Refused) else str(error)
