"""The next step in words: one title, one sentence, one button."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.portal.seat import Seat
from hanse.growth.nextstep.rules import Standing, Step, next_step
from hanse.kernel.ids import text_id
from hanse.traffic.links.models import Link
from hanse.traffic.links.queries import link_address


@dataclass(frozen=True, slots=True)
class NextStep:
    """What helps most now. With `copy` the button copies, else it leads to `href`."""

    title: str
    text: str
    act: str
    href: str = ""
    copy: str = ""
    copied_path: str = ""
    link: str = ""


def next_step_of(seat: Seat, *, has_new_terms: bool) -> NextStep:
    """Return the partner's next step. Four queries."""
    best = _best_link(seat)
    links = seat.scope.links().filter(archived_at=None).aggregate(
        n=Count("pk"), copied=Count("pk", filter=~Q(copied_at=None))
    )  # fmt: skip
    sales = seat.scope.credits().filter(conversion__is_test=False).exists()
    clicks = 1 if sales else int(seat.scope.clicks().filter(reason="").exists())
    standing = Standing(
        has_new_terms, links["n"], bool(links["copied"]), clicks, int(sales), seat.scope.payout_details() is not None
    )
    return _in_words(next_step(standing), best)


def _best_link(seat: Seat) -> Link | None:
    """Return the link that sold most, else the newest."""
    open_links = seat.scope.links().filter(archived_at=None)
    sold = seat.scope.credits().exclude(link_number=None).values("link_number").annotate(n=Count("pk")).order_by("-n")
    numbers = [int(row["link_number"] or 0) for row in sold[:5]]
    by_number = {link.number: link for link in open_links.filter(number__in=numbers)} if numbers else {}
    found = next((by_number[number] for number in numbers if number in by_number), None)
    return found or open_links.order_by("-created_at", "-pk").first()


def _in_words(step: Step, link: Link | None) -> NextStep:
    if step is Step.ACCEPT_TERMS:
        text = _("What you earned before stays as it is. It takes a minute.")
        return NextStep(_("Read and accept your terms"), text, _("Read them"), reverse("portal:terms"))
    if step is Step.PAYOUT_DETAILS:
        text = _("You have earned something, and we do not know yet where to send it.")
        title = _("Tell us where your money goes")
        return NextStep(title, text, _("Enter the account"), reverse("portal:payout_details"))
    if step is Step.MAKE_LINK or link is None:
        text = _("Everything starts with one link. It takes a minute.")
        return NextStep(_("Make your first link"), text, _("Make a link"), reverse("portal:links"))
    title, text = {
        Step.COPY_LINK: (
            _("Put your link where you already talk to people"),
            _("One place is enough for a first sale: a post, a newsletter, your profile."),
        ),
        Step.FIRST_CLICK: (
            _("Get your first click"),
            _("Nobody has followed your link yet. Say in one sentence why you like it, then put it right behind."),
        ),
        Step.FIRST_SALE: (
            _("Your first sale is near"),
            _("People follow your link. Show one thing you would buy yourself; a link straight to it sells best."),
        ),
    }.get(step, (_("Your link that sells best"), _("Put it where your readers have not seen it yet.")))
    address = link_address(link)
    return NextStep(
        title, text, _("Copy the link"), copy=address, link=address.partition("://")[2],
        copied_path=reverse("portal:link_copied", args=[text_id("lnk", link.pk)]),
    )  # fmt: skip
