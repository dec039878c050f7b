"""Deliverables in words, for console and portal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import reader
from hanse.growth.deliverables.models import Deliverable, DeliverableComment, DeliverableDraft
from hanse.growth.deliverables.queries import comments_of, drafts_of
from hanse.growth.deliverables.rules import waits
from hanse.growth.deliverables.types import Waits
from hanse.growth.resources.files.addresses import media_href
from hanse.kernel.ids import text_id

PREFIX = "dlv"
SORTS = (
    ("content", gettext_lazy("Own content")),
    ("newsletter_slot", gettext_lazy("Place in a newsletter")),
    ("integration", gettext_lazy("Integration")),
    ("other", gettext_lazy("Something else")),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing of the way so far: a draft, or what somebody said."""

    at: datetime
    is_ours: bool
    title: str
    text: str
    link: str = ""
    file_href: str = ""
    file_name: str = ""
    number: int = 0
    by: str = ""


def sort_words(sort: str) -> str:
    """Say what kind of work it is."""
    return str(dict(SORTS).get(sort, sort))


def state_words(state: str) -> tuple[str, str]:
    """Return where a deliverable is, in a word, and the colour of its badge."""
    return {
        "asked": (pgettext("deliverable", "asked"), ""),
        "agreed": (pgettext("deliverable", "agreed"), ""),
        "review": (pgettext("deliverable", "draft to look at"), "ochre"),
        "changes": (pgettext("deliverable", "changes asked"), ""),
        "accepted": (pgettext("deliverable", "accepted"), "sea"),
        "live": (pgettext("deliverable", "live"), "sea"),
        "declined": (pgettext("deliverable", "declined"), ""),
        "cancelled": (pgettext("deliverable", "called off"), ""),
    }.get(state, (state, ""))


def waits_of(row: Deliverable) -> Waits | None:
    """Return on whom a deliverable waits, for the reader's day in the program's zone."""
    return waits(row, reader().today, row.program.time_zone)


def waits_words(found: Waits | None, who: str, *, is_partner: bool = False) -> str:
    """Say on whom it waits and until when: `us until 20 May`, `Ana, 3 days late`."""
    if found is None:
        return ""
    ours = found.on == "team"
    whom = (_("us") if ours else _("you")) if is_partner else (_("you") if ours else who)
    if found.days_late:
        late = ngettext("%(who)s, %(n)d day late", "%(who)s, %(n)d days late", found.days_late)
        return late % {"who": whom, "n": found.days_late}
    return _("%(who)s until %(day)s") % {"who": whom, "day": fmt.day(found.until, reader().today, reader().language)}


def way_of(row: Deliverable, *, is_partner: bool) -> Sequence[Said]:
    """Return drafts and words in order. Colleagues have their names for each other; to partners we are the program."""
    found = [_draft(row, one, is_partner=is_partner) for one in drafts_of(row)]
    found += [_comment(row, one, is_partner=is_partner) for one in comments_of(row)]
    return sorted(found, key=lambda one: one.at)


def _draft(row: Deliverable, one: DeliverableDraft, *, is_partner: bool) -> Said:
    return Said(
        one.sent_at, one.side == "team", _("Draft %(n)d") % {"n": one.number}, one.text, one.link,
        media_href(one.file) if one.file else "", one.file.name if one.file else "", one.number,
        _name(row, one.side, one.sent_by, is_partner=is_partner),
    )  # fmt: skip


def _comment(row: Deliverable, one: DeliverableComment, *, is_partner: bool) -> Said:
    title = {
        "changes": _("Please change"), "accepted": _("Accepted"), "withdrawn": _("Acceptance taken back"),
        "declined": _("Declined"), "cancelled": _("Called off"),
    }.get(one.what, "")  # fmt: skip
    name = _name(row, one.side, one.by, is_partner=is_partner)
    return Said(one.at, one.side == "team", title, one.text, by=name)


def _name(row: Deliverable, side: str, by: str, *, is_partner: bool) -> str:
    if side == "team":
        return row.program.name if is_partner else by
    return _("You") if is_partner else row.enrolment.partner.name


def fee_rows(row: Deliverable, own_minor: int, terms_minor: int) -> dict[str, Any]:
    """Return what acceptance pays, in words, for a template."""
    language = reader().language
    return {
        "own": fmt.money(own_minor, row.currency, language) if own_minor else "",
        "terms": fmt.money(terms_minor, row.currency, language) if terms_minor else "",
        "total": fmt.money(own_minor + terms_minor, row.currency, language) if own_minor + terms_minor else "",
    }  # fmt: skip


def id_of(row: Deliverable) -> str:
    """Return the id as addresses show it."""
    return text_id(PREFIX, row.pk)
