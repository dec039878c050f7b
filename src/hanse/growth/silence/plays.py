"""Causes and their plays in words: what to do about a silence, and what the partner is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Play:
    """One cause with what a person should do, and the nudge that the portal shows (title, text, where to)."""

    cause: str
    name: str | Promise
    why: str | Promise
    key: str
    todo: str | Promise
    how: str | Promise
    nudge_title: str | Promise
    nudge_text: str | Promise
    page: str


_PLAYS = (
    Play(
        "never_launched", _("Never launched"), _("No click, no code and no sale since joining."), "start_together",
        _("Start together"), _("Offer fifteen minutes: make the first link with them and agree where it goes."),
        _("Your first link takes two minutes"),
        _("Copy your link and put it where you already speak of us. We gladly help with the first one."), "links",
    ),
    Play(
        "link_broken", _("Link broken"), _("The page that a link leads to does not answer."), "mend_link",
        _("Mend the link"), _("Give the link a page that works, then tell them what was wrong and since when."),
        _("One of your links leads nowhere"),
        _("The page behind a link of yours does not answer. Your address stays the same; choose another page for it."),
        "links",
    ),
    Play(
        "clicks_no_sales", _("Clicks without sales"), _("A hundred clicks and more, and nobody bought."),
        "look_at_page", _("Look at the page together"),
        _("Compare what they promise with the page that readers land on; offer a code or a link to one product."),
        _("Your readers come, but do not buy yet"),
        _("Try a link straight to the product that you write about: it sells better than the front page."), "links",
    ),
    Play(
        "content_stopped", _("Content stopped"), _("They publish less often than they used to."), "give_material",
        _("Give them something to write about"),
        _("Send a short brief with pictures and one date; ask what would make the next piece easy."),
        _("Time for a new piece?"), _("Look at what your readers liked: a good start for the next piece."),
        "grow",
    ),
    Play(
        "link_cold", _("Link gone cold"), _("Clicks or codes used to come at a rhythm and stopped."), "freshen_link",
        _("Freshen the link up"),
        _("Their old piece has sunk: suggest to refresh it with a new product, or to share it again."),
        _("Your links have gone quiet"),
        _("Share your best link again, or refresh the piece that it stands in: see what your readers liked."), "grow",
    ),
    Play(
        "login_lapsed", _("Does not look in any more"), _("They visited the portal at a rhythm and stopped."),
        "show_news", _("Show what they missed"),
        _("Send what changed since: new products, better terms, their numbers."),
        _("See what changed"), _("New things are here since your last visit."), "home",
    ),
    Play(
        "faded", _("Faded"), _("What they sell fell by half against the quarter before, more than the program."),
        "call", _("Call them"), _("Ask what changed for them before you offer anything."),
        _("How can we help?"), _("You sold more in the quarter before. Tell us what would help."), "grow",
    ),
    Play(
        "unexplained", pgettext_lazy("cause of silence", "Not known"), _("Quiet, and none of the known causes fits."),
        "ask", _("Ask them"), _("One honest question by mail: is something in the way?"),
        _("How can we help?"), _("It has been quiet. Tell us what would help."), "grow",
    ),
)  # fmt: skip

PLAYS: Mapping[str, Play] = {play.cause: play for play in _PLAYS}
"""By cause, in the order in which causes are looked for."""
