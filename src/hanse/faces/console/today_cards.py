"""What a card of Today is made of, and phrases that all cards use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import Reader
from hanse.growth.today.types import Theme, Thing
from hanse.programs.programs.models import Program


@dataclass(frozen=True, slots=True)
class Way:
    """One more way in: what it is called and where it leads. The first of them is a button."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Card:
    """One entry of the list as it is written. `effect` starts with its number; `more` are further ways in.

    `why` may be safe markup. `is_post`: its act is done at once, by a form, and not on another page.
    """

    key: str
    icon: str
    title: str
    why: str
    effect: str
    effect_note: str
    act: str
    act_href: str
    is_brick: bool = False
    more: tuple[Way, ...] = ()
    is_post: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """What can wait of one theme, folded away."""

    theme: Theme
    name: str
    cards: Sequence[Card]
    minutes: int
    is_open: bool


def theme_name(theme: Theme) -> str:
    """Say what the things of a theme are about."""
    names = {
        Theme.MONEY: _("Money and facts"), Theme.ANSWERS: _("They wait for an answer"),
        Theme.NEWCOMERS: _("New partners"), Theme.TALK: _("Partners to talk to"), Theme.UPKEEP: _("The program"),
    }  # fmt: skip
    return names[theme]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases for one reader and one program."""

    program: Program
    reader: Reader

    def count(self, number: int) -> str:
        """A count in prose: `nine`, `14`."""
        return fmt.count_word(number, self.reader.language)

    def money(self, amount_minor: int) -> str:
        """An amount in the program's currency."""
        return fmt.money(amount_minor, self.program.currency, self.reader.language)

    def since(self, thing: Thing) -> str:
        """How long ago it began: `3 days`."""
        return fmt.span(self.reader.now - thing.since, self.reader.language) if thing.since else ""

    def names(self, thing: Thing, limit: int = 3, *, amounts: bool = False) -> str:
        """The first names of a thing, and how many more."""
        shown = [f"{one.name} {self.money(one.amount_minor)}" if amounts else one.name for one in thing.named[:limit]]
        more = thing.count - len(shown)
        if more > 0:
            shown.append(ngettext("%(n)s more", "%(n)s more", more) % {"n": self.count(more)})
        return ", ".join(shown)
