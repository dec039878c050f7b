"""For every touchpoint that won nothing: why it lost, and what would have been needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.traffic.attribution.exclusions import window_of
from hanse.traffic.attribution.models import Attribution, Evidence
from hanse.traffic.attribution.subjects import policy_value


@dataclass(frozen=True, slots=True)
class Loser:
    """One touchpoint without a share. `partner` is "" where the reader may not know the name; `needed` says in the
    reader's language what would have made it win."""

    kind: str
    partner: str
    verdict: str
    reason: str
    touched_at: datetime | None
    needed: str


def losers_of(
    pieces: Iterable[Evidence], decided: Attribution | None, occurred_at: datetime, for_enrolment: UUID | None = None
) -> tuple[Loser, ...]:
    """Return what lost or was excluded, in the order it was judged; for a partner only their own."""
    found = []
    for piece in pieces:
        if piece.verdict not in ("lost", "excluded") or for_enrolment not in (None, piece.enrolment_id):
            continue
        name = piece.enrolment.partner.name if piece.enrolment and for_enrolment is None else ""
        needed = _needed(piece, decided, occurred_at)
        found.append(Loser(piece.kind, name, piece.verdict, piece.reason, piece.touched_at, needed))
    return tuple(found)


def _needed(piece: Evidence, decided: Attribution | None, occurred_at: datetime) -> str:
    if piece.reason == "outside_window" and decided is not None and piece.touched_at is not None:
        return _in_time(piece, decided, occurred_at)
    words = _NEEDED.get(piece.reason)
    if words is not None:
        return words()
    return _("It had to be a valid click: a person, once, through a working link of an active partner.")


def _in_time(piece: Evidence, decided: Attribution, occurred_at: datetime) -> str:
    days = window_of(policy_value(decided.policy), piece.kind) or 0
    age = (occurred_at - piece.touched_at).days if piece.touched_at else 0
    limit = ngettext("It had to be at most %(n)d day old;", "It had to be at most %(n)d days old;", days) % {"n": days}
    was = ngettext("it was more than %(n)d day old.", "it was more than %(n)d days old.", age) % {"n": age}
    return f"{limit} {was}"


_NEEDED: dict[str, Callable[[], str]] = {
    "later_touch_won": lambda: _("It had to be the last click before the order; another one came later."),
    "earlier_touch_won": lambda: _("It had to be the first click within the window; another one came earlier."),
    "not_chosen": lambda: _("The program's model had to give it a part of the order."),
    "stronger_evidence": lambda: _("No stronger kind of evidence might point to somebody else; the policy ranks them."),
    "decided_by_person": lambda: _("A colleague had to decide for it, or take the decision back."),
    "after_conversion": lambda: _("It had to come before the order."),
    "partner_not_active": lambda: _("The partner had to be active in the program at that time."),
    "self_referral": lambda: _("The order had to be somebody else's than the partner's own."),
    "existing_customer": lambda: _("The customer had to be a new one: this program pays for new customers only."),
    "stand_down": lambda: _("The extension's click had to come later than the stand-down time, or first."),
    "unknown_coupon": lambda: _("The code had to belong to a partner of the program."),
    "coupon_not_valid": lambda: _("The code had to be valid on the day of the order."),
    "coupon_archived": lambda: _("The code had to be in use on the day of the order."),
    "contradicted": lambda: _("The source whose word stands had to name this code."),
    "unknown_partner": lambda: _("The name had to be that of one partner of the program."),
    "other_program": lambda: _("The partner had to be in this program."),
    "bad_signature": lambda: _("The click token had to reach us unchanged."),
    "unknown_link": lambda: _("The link had to be one of the program's."),
    "resold": lambda: _("The order had to be sold by the shop itself; a partner resold it and keeps its margin."),
    "deal_declined": lambda: _("The deal had to be approved, or at least not declined."),
    "deal_expired": lambda: _("The order had to come before the deal's protection was over."),
}
