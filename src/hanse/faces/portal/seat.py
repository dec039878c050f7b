"""Who sits in the portal: which partner, in which of their programs; and the frame around their pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hanse.faces.common.access import team_member, viewed_partner_id
from hanse.faces.common.drawn_in import draw_in, sent_from
from hanse.faces.common.links import href
from hanse.faces.common.page import NavItem
from hanse.faces.common.reader import activate_zone
from hanse.faces.portal.scope import Scope, enrolments_of
from hanse.growth.conversations.queries import unread_by_partner
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.devices import note_own_device

P = ParamSpec("P")
CHOSEN, NOTED = "portal_program", "own_browser"
VISITOR_COOKIE = "hz_visitor"  # as the edge sets it; the edge's own module is not for the web
_VISITOR = re.compile(r"[A-Za-z0-9_-]{20}")


@dataclass(frozen=True, slots=True)
class Seat:
    """The partner who reads, and the program they look at. `is_viewed`: a manager looks over their shoulder."""

    enrolment: Enrolment
    enrolments: Sequence[Enrolment]
    scope: Scope
    is_viewed: bool

    @property
    def partner(self) -> Partner:
        """The partner."""
        return self.enrolment.partner

    @property
    def program(self) -> Program:
        """The program."""
        return self.enrolment.program


SeatView = Callable[Concatenate[HttpRequest, Seat, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class PortalPage:
    """What `portal/frame.html` draws around every page."""

    program_name: str
    home_href: str
    items: Sequence[NavItem]
    more: Sequence[NavItem]
    tabs: Sequence[NavItem]
    person: str
    is_viewed: bool
    partner_name: str
    partner_text_id: str
    programs: Sequence[Program]


# key, name, icon, url name
_NAV = (
    ("home", gettext_noop("Home"), "home", "portal:home"),
    ("links", gettext_noop("Links"), "link", "portal:links"),
    ("earnings", gettext_noop("Earnings"), "coins", "portal:earnings"),
    ("grow", gettext_noop("Grow"), "rocket", "portal:grow"),
    ("resources", gettext_noop("Resources"), "books", "portal:resources"),
    ("challenges", gettext_noop("Challenges"), "target", "portal:challenges"),
    ("messages", gettext_noop("Messages"), "message", "portal:messages"),
    ("deals", gettext_noop("Deals"), "flag", "portal:deals"),
    ("why", gettext_noop("Why not?"), "zoom-question", "portal:why"),
    ("payouts", gettext_noop("Payouts"), "wallet", "portal:payouts"),
)


_MORE = frozenset({"challenges", "deals", "why"})  # behind a button on a desk: in long languages the rest fills the row
# five tabs fit a phone; the rest is behind “More”
_WIDE_ONLY = frozenset({"grow", "messages", "deals", "challenges", "why"})


def partner_id_of(request: HttpRequest) -> UUID:
    """Return the partner whose portal is read: the reader's own, or the one a manager looks at. Raises 403 without."""
    viewed = viewed_partner_id(request)
    if viewed is not None:
        try:
            return parse_id("prt", viewed)
        except Invalid as error:
            raise PermissionDenied from error
    own = team_member(request).partner_id
    if own is None:
        raise PermissionDenied
    return own


def needs_seat(view: SeatView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Give the view the partner's seat, and write times in the program's zone unless the person has an own one."""

    @wraps(view)
    def within(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        partner_id = partner_id_of(request)
        rows = list(enrolments_of(partner_id))
        if not rows:
            return render(request, "portal/no_program.html", {"brand": ""})
        enrolment = _chosen(request, rows)
        if not team_member(request).time_zone:
            activate_zone(enrolment.program.time_zone)
        _note_browser(request, partner_id)
        scope = Scope(partner_id, enrolment.pk, enrolment.program_id)
        seat = Seat(enrolment, rows, scope, viewed_partner_id(request) is not None)
        return view(request, seat, *args, **kwargs)

    return within


def _note_browser(request: HttpRequest, partner_id: UUID) -> None:
    """Remember once a session that this browser is the partner's own: orders made in it are theirs."""
    visitor = request.COOKIES.get(VISITOR_COOKIE, "")
    is_theirs = team_member(request).partner_id == partner_id and viewed_partner_id(request) is None
    if is_theirs and _VISITOR.fullmatch(visitor) and request.session.get(NOTED) != visitor:
        note_own_device(partner_id, visitor, clock.now())
        request.session[NOTED] = visitor


def _chosen(request: HttpRequest, rows: Sequence[Enrolment]) -> Enrolment:
    by_slug = {row.program.slug: row for row in rows}
    source = sent_from(request)
    asked = next((row.program.slug for row in rows if text_id("prg", row.program_id) == source), None)
    asked = asked or request.GET.get("program")
    if asked in by_slug and request.session.get(CHOSEN) != asked:
        request.session[CHOSEN] = asked
    chosen = by_slug.get(str(request.session.get(CHOSEN, ""))) or rows[0]
    draw_in(request, chosen.program)
    return chosen


def portal(
    request: HttpRequest, seat: Seat, template: str, here: str, context: Mapping[str, Any] | None = None, *,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Answer with a portal page in its frame."""
    shared = {
        "page": _frame(request, seat, here), "seat": seat, "program": seat.program, "currency": seat.program.currency,
    }  # fmt: skip
    return render(request, template, {**shared, **(context or {})}, status=status)


def _frame(request: HttpRequest, seat: Seat, here: str) -> PortalPage:
    unread = 0 if here == "home" else unread_by_partner(seat.partner.pk, seat.program.pk)  # home tells them as news
    hidden = set() if here == "challenges" or seat.scope.has_challenges(clock.now()) else {"challenges"}
    items = [
        NavItem(key, _(name), icon, address, unread if key == "messages" else 0, key == here)
        for key, name, icon, url in _NAV
        if key not in hidden and (address := href(url))
    ]
    person = team_member(request)
    return PortalPage(
        program_name=seat.program.name,
        home_href=reverse("portal:home"),
        items=[item for item in items if item.key not in _MORE],
        more=[item for item in items if item.key in _MORE | _WIDE_ONLY],
        tabs=[item for item in items if item.key not in _WIDE_ONLY or item.is_here],
        person=seat.partner.name if seat.is_viewed else (person.name or person.email),
        is_viewed=seat.is_viewed,
        partner_name=seat.partner.name,
        partner_text_id=text_id("prt", seat.partner.pk),
        programs=[row.program for row in seat.enrolments],
    )
