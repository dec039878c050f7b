"""News about who is what and does what: deals and orders that were answered, another type, prizes, joint projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common.challenge_words import prize_words
from hanse.faces.portal.seat import Seat
from hanse.growth.demarcation.models import TypeSuggestion
from hanse.growth.demarcation.queries import suggestions_about, type_names
from hanse.growth.kits.queries import new_kits
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.traffic.deals.models import Deal
from hanse.traffic.resale.models import ResaleOrder

_EACH = 3


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened; `note` is why it matters."""

    at: datetime
    title: str
    note: str
    href: str


def kinds_news(seat: Seat, since: datetime) -> list[News]:
    """Return what became of deals, resale orders, types, challenges and joint projects since a moment, and new kits.
    Ten queries at most."""
    return [
        *_deals(seat, since), *_orders(seat, since), *_types(seat, since), *_prizes(seat, since), *_joint(seat, since),
        *_kits(seat, since),
    ]  # fmt: skip


def _deals(seat: Seat, since: datetime) -> list[News]:
    rows = seat.scope.deals().filter(decided_at__gte=since).order_by("-decided_at")[:_EACH]
    return [
        News(
            row.decided_at or row.registered_at,
            (_("%(customer)s is protected for you") if row.status == Deal.Status.APPROVED
             else _("Your deal with %(customer)s was not accepted")) % {"customer": row.customer_label},
            row.decision_reason or _("Registered deal"), reverse("portal:deals"),
        )
        for row in rows
    ]  # fmt: skip


def _orders(seat: Seat, since: datetime) -> list[News]:
    rows = seat.scope.resale_orders().filter(decided_at__gte=since).order_by("-decided_at")[:_EACH]
    return [
        News(
            row.decided_at or row.recorded_at,
            (_("Order %(number)s is confirmed") if row.status == ResaleOrder.Status.CONFIRMED
             else _("Order %(number)s was not accepted")) % {"number": row.external_id},
            row.decision_reason or _("Your margin stays with you"), reverse("portal:resale"),
        )
        for row in rows
    ]  # fmt: skip


def _types(seat: Seat, since: datetime) -> list[News]:
    rows = suggestions_about(seat.partner.pk).filter(state=TypeSuggestion.State.ACCEPTED, decided_at__gte=since)
    found = [(row.adds, row.decided_at) for row in rows.order_by("-decided_at")[:_EACH] if row.adds and row.decided_at]
    names = type_names() if found else {}
    return [
        News(at, _("You are %(type)s now") % {"type": names.get(adds, adds)}, _("What that owes and gets"),
             reverse("types"))
        for adds, at in found
    ]  # fmt: skip


def _prizes(seat: Seat, since: datetime) -> list[News]:
    if not seat.scope.has_challenges(clock.now()):  # known to the page's frame: nobody has a prize without an entry
        return []
    rows = seat.scope.challenge_entries().filter(state="won", decided_at__gte=since).select_related("challenge")
    return [
        News(
            row.decided_at or row.created_at, _("You won %(prize)s") % {"prize": prize_words(row.challenge)},
            row.challenge.name, reverse("portal:challenges"),
        )
        for row in rows.order_by("-decided_at")[:_EACH]
    ]  # fmt: skip


def _joint(seat: Seat, since: datetime) -> list[News]:
    rows = seat.scope.joint_projects().select_related(None).prefetch_related(None)
    asked = Q(state="asked", last_by="us", created_at__gte=since)
    agreed = Q(state="agreed", last_by="partner", agreed_at__gte=since)
    ended = Q(state__in=("done", "declined", "cancelled"), ended_at__gte=since)
    titles = {
        "asked": _("Shall we do this together: %(title)s"), "agreed": _("Agreed: %(title)s"),
        "done": _("How it went: %(title)s"), "declined": _("We will not do this together: %(title)s"),
        "cancelled": _("Called off: %(title)s"),
    }  # fmt: skip
    return [
        News(
            row.ended_at or row.agreed_at or row.created_at, titles[row.state] % {"title": row.title},
            row.reason or row.result_note, reverse("portal:together"),
        )
        for row in rows.filter(asked | agreed | ended)[:_EACH]
    ]  # fmt: skip


def _kits(seat: Seat, since: datetime) -> list[News]:
    """Kits that were opened for the partner and that they have not taken. One query; more where there is one."""
    return [
        News(
            kit.published_at or kit.created_at, _("New kit: %(name)s") % {"name": kit.name},
            ngettext("%(n)d minute, your link inside", "%(n)d minutes, your link inside", kit.minutes)
            % {"n": kit.minutes},
            reverse("portal:kit", args=[text_id("kit", kit.pk)]),
        )
        for kit in new_kits(seat.enrolment, since, clock.now())[:_EACH]
    ]  # fmt: skip
