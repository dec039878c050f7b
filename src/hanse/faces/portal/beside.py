"""What a partner earned beside orders, each line with why: the sentence of the terms, or the agreed work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from hanse.faces.common.goals import goal_names
from hanse.faces.portal.seat import Seat
from hanse.growth.deliverables.queries import titles_in
from hanse.kernel.ids import text_id
from hanse.money.payouts.beside import BesideOrders, beside_orders
from hanse.money.payouts.words import cause_words
from hanse.money.promises.models import Acceptance, Promise
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import Words

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One booking in words; `why` is the clause that it follows from."""

    booked: BesideOrders
    what: str
    why: str = ""
    href: str = ""


def beside_lines(seat: Seat) -> list[Line]:
    """Return what was booked beside orders, the newest first. Five queries at most."""
    rows = beside_orders(seat.enrolment.pk, SHOWN)
    sources = {row.source for row in rows if row.source is not None}
    whys = _clauses(seat, sources)
    works = _works(seat, sources) if any(row.cause == "deliverable" for row in rows) else {}
    found = []
    for row in rows:
        why, work = (whys.get(row.source, ""), works.get(row.source)) if row.source else ("", None)
        href = reverse("portal:deliverable", args=[text_id("dlv", work)]) if work else ""
        found.append(Line(row, cause_words(row.cause), why, href or (reverse("portal:terms") if why else "")))
    return found


def _clauses(seat: Seat, sources: Collection[UUID]) -> dict[UUID, str]:
    if not sources:
        return {}
    promises = Promise.objects.filter(pk__in=sources, enrolment=seat.enrolment).select_related("terms__program")
    bodies = {row.pk: (body_of(row.terms), row.clause) for row in promises}
    titles = titles_in(body for body, _clause in bodies.values())
    words = Words(seat.program.currency, goal_names(seat.program.pk) if bodies else {}, titles)
    return {id: words.clause(body.clauses[number - 1]) for id, (body, number) in bodies.items()}


def _works(seat: Seat, sources: Collection[UUID]) -> dict[UUID, UUID]:
    rows = Acceptance.objects.filter(pk__in=sources, enrolment=seat.enrolment)
    return dict(rows.values_list("pk", "deliverable"))
