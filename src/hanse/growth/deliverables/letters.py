"""What either side is told by mail about a deliverable: transactional, each letter once."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hanse.growth.deliverables.models import Deliverable
from hanse.growth.reach.queries import may_write
from hanse.growth.templates.models import LetterKind
from hanse.kernel.ids import text_id
from hanse.people.access.queries import team
from hanse.programs.terms.sentences import Words
from hanse.spine.outbox.actions import absolute_url, portal_address
from hanse.spine.outbox.letters import Letter, send_letter

_MAY_ANSWER = ("owner", "manager")


def tell_partner(row: Deliverable, what: str, now: datetime, text: str = "", key: str = "") -> None:
    """Tell the partner what happened: asked, changed, changes, accepted, withdrawn, cancelled, comment, or a reminder
    (soon, late). The same `what` and `key` are told once; a change of what is asked each time."""
    partner = row.enrolment.partner
    if row.enrolment.is_test or not may_write([partner.pk], LetterKind.TRANSACTIONAL):
        return
    language = partner.language or "en"
    with translation.override(language):
        letter = _to_partner(row, what, text)
    key = f":{now:%Y%m%d%H%M%S}" if what == "changed" else key
    send_letter(letter, f"deliverable:{row.pk}:{what}{key}", to=partner.email, language=language, now=now)


def tell_team(row: Deliverable, what: str, now: datetime, text: str = "", key: str = "") -> None:
    """Tell whoever looks after the partner, else everybody who decides: agreed, declined, draft, comment, live, or that
    our answer is late."""
    for person, language, who in _team(row.enrolment.partner.owner_id):
        with translation.override(language):
            letter = _to_team(row, what, text)
        name = f"deliverable:{row.pk}:{what}{key or f':{row.draft_number}'}:{who}"
        send_letter(letter, name, to=person, language=language, now=now)


def _team(owner_id: UUID | None) -> list[tuple[str, str, UUID]]:
    people = [one for one in team() if one.role in _MAY_ANSWER and one.is_active]
    own = [one for one in people if one.pk == owner_id]
    return [(one.email, one.language or "en", one.pk) for one in own or people]


def _to_partner(row: Deliverable, what: str, text: str) -> Letter:
    is_accepted = row.state == Deliverable.State.ACCEPTED
    due = _("It should be public by %(day)s.") if is_accepted else _("It is due on %(day)s.")
    day = (row.live_on if is_accepted else None) or row.due_on
    said = {"title": row.title, "day": _day(day), "program": row.program.name}
    subject, first = {
        "asked": (_("%(program)s asks you for: %(title)s"), _("It is due on %(day)s. Please say yes or no.")),
        "changed": (_("Changed: %(title)s"), _("What we ask for has changed. It is due on %(day)s.")),
        "changes": (_("Please change something in: %(title)s"), _("We looked at your draft. It is due on %(day)s.")),
        "accepted": (_("Accepted: %(title)s"), _("Thank you. This is what we agreed on.")),
        "withdrawn": (
            _("We took our yes back: %(title)s"), _("What was paid for it is booked back. It is due on %(day)s."),
        ),
        "cancelled": (_("Called off: %(title)s"), _("You need not do this any more.")),
        "comment": (_("A word about: %(title)s"), ""),
        "soon": (_("Due soon: %(title)s"), due),
        "late": (_("Still open: %(title)s"), _("It was due on %(day)s. Say a word if you need longer.")),
    }[what]  # fmt: skip
    return Letter(
        subject=subject % said, paragraphs=tuple(part for part in (first % said, text, _money(row, what)) if part),
        facts_title=_("What is asked") if what == "asked" else "", facts=_facts(row) if what == "asked" else (),
        link_label=_("Open it"), link=_portal(row), sender=row.program.name, kicker=_("partner program"),
    )  # fmt: skip


def _facts(row: Deliverable) -> tuple[tuple[str, str], ...]:
    pairs = (
        (_("Brief"), row.brief), (_("Due"), _day(row.due_on)),
        (_("Fee"), Words(row.currency, {}).money(row.fee_minor) if row.fee_minor else ""),
        (_("Mark it as advertising with"), row.disclosure), (_("We may use it"), row.usage),
    )  # fmt: skip
    return tuple((name, value) for name, value in pairs if value)


def _money(row: Deliverable, what: str) -> str:
    if what != "accepted" or not row.fee_minor:
        return ""
    said = {"amount": Words(row.currency, {}).money(row.fee_minor)}
    return _("%(amount)s are in your balance and come with your next payout.") % said


def _to_team(row: Deliverable, what: str, text: str) -> Letter:
    said = {"title": row.title, "who": row.enrolment.partner.name}
    subject, first = {
        "agreed": (_("%(who)s said yes: %(title)s"), ""),
        "declined": (_("%(who)s said no: %(title)s"), row.reason),
        "draft": (_("%(who)s sent a draft: %(title)s"), _("It waits for your answer.")),
        "comment": (_("%(who)s wrote about: %(title)s"), ""),
        "live": (_("%(who)s published: %(title)s"), row.live_address),
        "answer": (_("%(who)s waits for our answer: %(title)s"), _("It is later than we said.")),
    }[what]
    return Letter(
        subject=subject % said, paragraphs=tuple(part for part in (first, text) if part),
        link_label=_("Open it"), link=absolute_url(f"/console/content/deliverables/{text_id('dlv', row.pk)}"),
        sender=row.program.name, kicker=_("partner program"),
    )  # fmt: skip


def _portal(row: Deliverable) -> str:
    return portal_address(f"/p/grow/deliverables/{text_id('dlv', row.pk)}", row.program.slug)


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
