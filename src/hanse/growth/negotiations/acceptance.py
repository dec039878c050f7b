"""Who has not accepted the terms that count for them, where that is needed, and reminding them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import as_dated, terms_history
from hanse.programs.terms.rules import choose_terms
from hanse.spine.audit.actions import record_change
from hanse.spine.outbox.actions import enqueue_mails, portal_address
from hanse.spine.outbox.letters import Letter, mail_of


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """An enrolment whose terms now are `terms` and not accepted.

    `is_needed`: nothing was ever accepted, or another legal text was; otherwise only the clauses changed, which count
    with notice all the same.
    """

    enrolment: Enrolment
    terms: Terms
    is_needed: bool


def not_accepted(program_id: UUID, now: datetime) -> list[NotAccepted]:
    """Return the active enrolments of a program that have not accepted what counts for them, needed ones first.

    Three queries, whatever the number.
    """
    rows = {row.pk: row for row in terms_history(program_id)}
    dated = [as_dated(row) for row in rows.values()]
    active = Enrolment.objects.filter(program_id=program_id, status=Enrolment.Status.ACTIVE, is_test=False)
    accepted: dict[UUID, list[UUID]] = {}
    kept = Agreement.objects.filter(enrolment__program_id=program_id).order_by("accepted_at", "pk")
    for enrolment_id, terms_id in kept.values_list("enrolment_id", "terms_id"):
        accepted.setdefault(enrolment_id, []).append(terms_id)
    found = []
    for one in active.select_related("partner", "program").order_by("partner__name", "pk"):
        chosen, mine = choose_terms(dated, one.pk, one.tier_id, program_id, now), accepted.get(one.pk, [])
        if chosen is None or chosen.id in mine:
            continue
        last = rows.get(mine[-1]) if mine else None
        is_needed = last is None or last.legal_text != rows[chosen.id].legal_text
        found.append(NotAccepted(one, rows[chosen.id], is_needed))
    return sorted(found, key=lambda one: not one.is_needed)


def remind_of_terms(waiting: Sequence[NotAccepted], *, now: datetime, by: str) -> int:
    """Ask partners to read and accept their terms, each at most once a day. Returns how many were asked."""
    if not waiting:
        return 0
    mails = [(f"accept:{one.terms.pk}:{one.enrolment.pk}:{now.date()}", _mail(one)) for one in waiting]
    enqueue_mails(mails, now=now)
    record_change(
        actor=by, verb="remind_of_terms", subject_kind="program", subject_id=waiting[0].enrolment.program_id,
        before={}, after={"partners": len(waiting)}, now=now,
    )  # fmt: skip
    return len(waiting)


def _mail(one: NotAccepted) -> dict[str, object]:
    partner, program = one.enrolment.partner, one.enrolment.program
    language = partner.language or "en"
    with translation.override(language):
        words = {"program": program.name, "day": date_format(one.terms.starts_at, "DATE_FORMAT")}
        why = _("The legal text changed, so we need your word on it.") if one.is_needed else ""
        letter = Letter(
            subject=_("Please read your terms with %(program)s") % words,
            paragraphs=tuple(
                part
                for part in (
                    _("They are in force since %(day)s, and you have not accepted them yet.") % words,
                    why,
                    one.terms.reason,
                    _("What you earned before stays as it is."),
                )
                if part
            ),
            link_label=_("Read and accept"),
            link=portal_address("/p/terms", program.slug),
            sender=program.name,
            kicker=_("partner program"),
        )
    return mail_of(letter, to=partner.email, language=language)
