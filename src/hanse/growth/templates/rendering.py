"""Filling letters: one version for many partners, with a fixed number of queries for every 500."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import islice
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from liquid.exceptions import LiquidError

from hanse.growth.reach.rules import OPTIONAL
from hanse.growth.templates.building import Built, build
from hanse.growth.templates.checking import check_source
from hanse.growth.templates.context import ABOUT_GROUPS
from hanse.growth.templates.knowing import TOLD, Known, know
from hanse.growth.templates.models import MessageVersion
from hanse.growth.templates.names import Used
from hanse.growth.templates.sandbox import parsed
from hanse.growth.templates.tags import Telling
from hanse.growth.templates.types import About, AddressOf, Rendered, StopAddressOf
from hanse.growth.templates.values import Values, clean, facts_in, listed, settled, values_of
from hanse.programs.programs.models import Program
from hanse.spine.outbox.actions import absolute_url, portal_address

_AT_ONCE = 500
_LINES = re.compile(r"\n{3,}")


def render_many(
    version: MessageVersion,
    enrolment_ids: Iterable[UUID],
    now: datetime,
    *,
    address_of: AddressOf | None = None,
    stop_address_of: StopAddressOf | None = None,
    about: About | None = None,
) -> Iterator[tuple[UUID, Rendered]]:
    """Yield each partner's letter, in her language where the version has it; who cannot be filled is left out.

    `address_of` counts what is clicked, `stop_address_of` stands in the foot (without it: the portal's own page);
    `about` fills what a letter is about, as an incident. Enrolments of other programs are left out.
    """
    groups = groups_of(version)
    todo = iter(enrolment_ids)
    while ids := list(islice(todo, _AT_ONCE)):
        known = know(version.template.program, ids, groups, now)
        for who in ids:
            if who in known.enrolments:
                filler = Filler(version, known, who, now, about.get(who) if about else None)
                try:
                    rendered = filler.fill(
                        (lambda address, who=who: address_of(who, address)) if address_of else str,
                        stop_address_of(who) if stop_address_of else absolute_url("/p/profile"),
                    )
                except LiquidError:
                    continue
                yield who, rendered


def groups_of(version: MessageVersion) -> frozenset[str]:
    """Return what a version speaks of: the beginnings of its names."""
    return frozenset().union(*(used.groups for used in _used_by(version)))


def kinds_of(version: MessageVersion) -> frozenset[str] | None:
    """Return the kinds of facts that a version asks for; None where it takes whatever is best."""
    found = _used_by(version)
    if any(used.any_fact for used in found):
        return None
    return frozenset().union(*(used.facts for used in found))


def _used_by(version: MessageVersion) -> list[Used]:
    return [
        _used(content.get(field, ""), field == "body")
        for content in version.contents.values()
        for field in ("subject", "preview", "kicker", "body")
    ]


@lru_cache(maxsize=1024)
def _used(source: str, is_body: bool) -> Used:
    return check_source(source, TOLD, is_body=is_body).used


def about_groups(version: MessageVersion) -> frozenset[str]:
    """Return what a version is about that only its occasion can fill: incident, change, occasion."""
    return groups_of(version) & ABOUT_GROUPS


class Filler:
    """Fills one version for one partner."""

    def __init__(
        self,
        version: MessageVersion,
        known: Known,
        who: UUID,
        now: datetime,
        about: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        partner = known.enrolments[who].partner
        self.language = language_of(version, partner.language)
        self.content: Mapping[str, str] = version.contents[self.language]
        self.kind, self.currency = version.template.kind, known.program.currency
        with translation.override(self.language):
            self.values: Values = {name: settled(each) for name, each in values_of(known, who, now).items()}
            self.facts = facts_in(known, who, kinds_of(version))
            self.foot = _foot(known.program)
        self.values |= {
            "facts": settled(listed(self.facts)),
            "__language__": self.language,
            "__currency__": self.currency,
        }
        for group, found in (about or {}).items():
            self.values[group] = settled(_cleaned(found))

    def built(self) -> Built:
        """Return the letter's sources in her language."""
        return build(self.content["body"], self.content["subject"], self.content.get("preview", ""), self.language)

    def telling(self, address_of: object = str, *, is_marked: bool = False) -> Telling:
        """Return an empty account of what is told."""
        assert callable(address_of)
        return Telling(self.facts, address_of, is_marked)

    def line(self, field: str, telling: Telling | None = None) -> str:
        """Fill one of the short texts: never more than one line."""
        values = {**self.values, "__telling__": telling or self.telling()}
        return clean(parsed(self.content.get(field, ""), False).render(values))

    def fill(self, address_of: object, stop_address: str) -> Rendered:
        """Return the letter. Raises LiquidError where it cannot be filled."""
        telling = self.telling(address_of)
        subject = self.line("subject")
        stop = stop_address if self.kind in OPTIONAL else ""
        values = {
            **self.values, "__telling__": telling, "__subject__": subject, "__preview__": self.line("preview"),
            "__kicker__": self.line("kicker"), "__foot__": {**self.foot, "stop": stop},
        }  # fmt: skip
        built = self.built()
        text = _LINES.sub("\n\n", parsed(built.text, False).render(values)).strip() + "\n"
        is_empty = not subject or text.startswith(f"--\n{self.foot['why']}") or (telling.met > 0 and not telling.told)
        html = parsed(built.html, True).render({**values, "__telling__": self.telling(address_of)})
        return Rendered(subject, text, html, self.language, is_empty)


def language_of(version: MessageVersion, wanted: str) -> str:
    """Return the language of a version for somebody: her own, a relative of it, else the first."""
    languages: list[str] = list(version.contents)
    wanted = (wanted or "").lower()
    found = next((each for each in languages if each == wanted), None)
    return found or next((each for each in languages if each.split("-")[0] == wanted.split("-")[0]), languages[0])


def _foot(program: Program) -> Values:
    return {
        "why": _("You get this as a partner of %(program)s.") % {"program": clean(program.name)},
        "stop_label": _("Stop letters like this"), "portal": portal_address("/p", program.slug),
        "portal_label": _("Open the portal"), "sender": "",
    }  # fmt: skip


def _cleaned(found: Mapping[str, object]) -> dict[str, object]:
    """Return what came with the occasion as one-line texts, numbers and lists of such."""
    cleaned: dict[str, object] = {}
    for name, value in found.items():
        if value is None or isinstance(value, int):
            cleaned[name] = value
        elif isinstance(value, list | tuple):
            cleaned[name] = [_cleaned(each) if isinstance(each, Mapping) else clean(each) for each in value]
        else:
            cleaned[name] = clean(value)
    return cleaned
