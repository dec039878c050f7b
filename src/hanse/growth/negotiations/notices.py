"""Notices: partners whom new terms reach are told at once, with what changes, why, and from when."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.differences import differences
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import as_dated, body_of, terms_history
from hanse.programs.terms.rules import choose_terms
from hanse.spine.outbox.actions import enqueue_mails, portal_address
from hanse.spine.outbox.letters import Letter, mail_of


def tell_of_terms(terms: Terms, now: datetime) -> int:
    """Promise a mail to each active partner whose terms a new version changes; who has more special ones is not told.

    They go on working, and the version applies to them from its start, accepted or not: the portal asks them to accept.
    Returns how many were told; 0 where these are the first terms of all.
    """
    rows = list(terms_history(terms.program_id))
    dated = [as_dated(row) for row in rows]
    names = {goal.key: goal.name for goal in goals_of(terms.program_id)}
    known, mails = {row.pk: row for row in rows}, []
    enrolments = Enrolment.objects.filter(program=terms.program, status=Enrolment.Status.ACTIVE, is_test=False)
    if terms.tier_id is not None:
        enrolments = enrolments.filter(tier_id=terms.tier_id)
    if terms.enrolment_id is not None:
        enrolments = enrolments.filter(pk=terms.enrolment_id)
    at = max(terms.starts_at, now)
    others = [row for row in dated if row.id != terms.pk]
    for enrolment in enrolments.select_related("partner", "tier").order_by("id"):
        place = (enrolment.pk, enrolment.tier_id, terms.program_id, at)
        chosen, before = choose_terms(dated, *place), choose_terms(others, *place)
        if chosen is None or chosen.id != terms.pk or before is None:
            continue
        mails.append((f"terms:{terms.pk}:{enrolment.pk}", _mail(enrolment, terms, known[before.id], names)))
    return enqueue_mails(mails, now=now)


def _mail(enrolment: Enrolment, terms: Terms, before: Terms, names: dict[str, str]) -> dict[str, object]:
    partner, program = enrolment.partner, terms.program
    language = partner.language or "en"
    with translation.override(language):
        changes = differences(body_of(before), body_of(terms), program.currency, names)
        words = {"program": program.name, "day": date_format(terms.starts_at, "DATE_FORMAT")}
        begins = _("They begin on %(day)s. What you earned before stays as it is.") % words
        letter = Letter(
            subject=_("Your terms with %(program)s change") % words,
            paragraphs=tuple(part for part in (begins, terms.reason) if part),
            facts_title=_("What changes"),
            facts=tuple((str(place), change.text) for place, change in enumerate(changes, 1)),
            link_label=_("Read and accept"),
            link=portal_address("/p/terms", program.slug),
            sender=program.name,
            kicker=_("partner program"),
        )
    return mail_of(letter, to=partner.email, language=language)
