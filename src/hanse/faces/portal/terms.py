"""Terms: what the partner earns, in sentences; what changes with a new version; accepting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.goals import goal_names
from hanse.faces.common.page import tell
from hanse.faces.portal.agreement import negotiation_of
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.deliverables.queries import titles_in
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.actions import accept_terms
from hanse.programs.enrolments.models import Agreement
from hanse.programs.terms.differences import differences
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import as_dated, body_of
from hanse.programs.terms.rules import choose_terms
from hanse.programs.terms.sentences import sentences
from hanse.programs.terms.types import Referral, TermsBody
from hanse.spine.outbox.actions import absolute_url


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of terms; `mark` is "" (as before), "came" or "gone"."""

    text: str
    mark: str


def terms_in_force(seat: Seat, now: datetime) -> Terms | None:
    """Return the version that counts for the partner now: agreed with them, else their tier's, else the program's."""
    rows = {row.pk: row for row in seat.scope.terms()}
    chosen = choose_terms(
        [as_dated(row) for row in rows.values()], seat.enrolment.pk, seat.enrolment.tier_id, seat.program.pk, now
    )
    return rows.get(chosen.id) if chosen else None


def coming_terms(seat: Seat, now: datetime) -> Terms | None:
    """Return the next version that will count for the partner and is not in force yet."""
    rows = {row.pk: row for row in seat.scope.terms()}
    dated = [as_dated(row) for row in rows.values()]
    for start in sorted({row.starts_at for row in dated if row.starts_at > now}):
        chosen = choose_terms(dated, seat.enrolment.pk, seat.enrolment.tier_id, seat.program.pk, start)
        if chosen is not None and chosen.starts_at == start:
            return rows[chosen.id]
    return None


def agreement_on(seat: Seat, terms: Terms | None) -> Agreement | None:
    """Return the partner's acceptance of a version."""
    return seat.scope.agreements().filter(terms=terms).first() if terms else None


def compared(before: list[str], after: list[str]) -> list[Sentence]:
    """Return the sentences of both versions in reading order, marked with what came and what went."""
    found: list[Sentence] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Sentence(text, "") for text in after[new_from:new_to]]
        else:
            found += [Sentence(text, "gone") for text in before[old_from:old_to]]
            found += [Sentence(text, "came") for text in after[new_from:new_to]]
    return found


@portal_page
@writes
@needs_seat
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show what the partner earns; take the acceptance of a new version."""
    now = clock.now()
    current, coming = terms_in_force(seat, now), coming_terms(seat, now)
    agreement = agreement_on(seat, current)
    if request.method == "POST":
        chosen = _meant(current, coming, request.POST.get("terms", ""))
        if chosen is None:  # another version counts by now: it has to be read first
            return HttpResponseRedirect(reverse("portal:terms"), status=303)
        if agreement_on(seat, chosen) is None:
            accept_terms(seat.enrolment, chosen, by=actor(request), at=now)
            tell(request, _("Accepted. Thank you."))
        return HttpResponseRedirect(reverse("portal:home"))
    last = seat.scope.agreements().select_related("terms__program").order_by("-accepted_at").first()
    names = goal_names(seat.program.pk)
    titles = titles_in(body_of(one) for one in (current, coming, last.terms if last else None) if one is not None)
    said = seat.program.currency, names, titles
    lines = sentences(body_of(current), *said) if current else []
    before = sentences(body_of(last.terms), *said) if last and agreement is None else lines
    body = body_of(current) if current else None
    context: dict[str, object] = {
        "terms": current, "terms_id": text_id("trm", current.pk) if current else "", "agreement": agreement,
        "last": last, "lines": compared(before, lines),
        "negotiation": negotiation_of(seat, body, now), "coming": coming,
        "may_propose": seat.enrolment.status != "ended" and seat.program.archived_at is None,
        "bring": _address_for_recruits(seat, body),
    }  # fmt: skip
    if coming is not None:
        context |= {
            "coming_id": text_id("trm", coming.pk), "coming_agreed": agreement_on(seat, coming),
            "coming_lines": sentences(body_of(coming), *said),
            "coming_changes": differences(body, body_of(coming), seat.program.currency, names),
        }  # fmt: skip
    return portal(request, seat, "portal/terms.html", "profile", context)


def _meant(current: Terms | None, coming: Terms | None, said: str) -> Terms | None:
    """Return the version that the page showed; without a word of it the one that counts now."""
    if not said:
        return current
    return next((one for one in (current, coming) if one is not None and text_id("trm", one.pk) == said), None)


def _address_for_recruits(seat: Seat, body: TermsBody | None) -> str:
    """Return where others join through this partner; "" where nothing is earned by that, or there is no link yet."""
    if body is None or not any(isinstance(clause, Referral) for clause in body.clauses):
        return ""
    link = seat.scope.links().order_by("number").first()
    return absolute_url(f"/join/{seat.program.slug}?ref={link.slug}") if link is not None else ""
