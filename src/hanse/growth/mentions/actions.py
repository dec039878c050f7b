"""Verbs of mentions: what a person decides about candidates; later imports keep to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.mentions.models import Candidate, Mention, Spelling
from hanse.growth.mentions.taking import lay_over_partners as lay_over_partners
from hanse.growth.mentions.taking import name_in_answer as name_in_answer
from hanse.growth.mentions.taking import take_answers as take_answers
from hanse.growth.profile.models import Judgement
from hanse.growth.prospects.models import Prospect
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.partners.models import Partner
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks


def merge_candidates(into: Candidate, others: Sequence[Candidate], *, now: datetime, by: str) -> Candidate:
    """Make candidates one: their mentions and spellings go over, and stay together in later imports.

    So do the prospect made of one of them and what people judged, where the one that stays has none of its own.
    """
    gone = [one for one in others if one.pk != into.pk]
    if not gone:
        raise Refused("nothing_to_merge", _("Choose at least two candidates."))
    if any(one.program_id != into.program_id for one in gone):
        raise Refused("other_program", _("Candidates of two programs cannot be one."))
    ids = [one.pk for one in gone]
    Mention.objects.filter(candidate_id__in=ids).update(candidate=into)
    Spelling.objects.filter(candidate_id__in=[into.pk, *ids]).update(candidate=into, is_decided=True)
    partner_id = into.partner_id or next((one.partner_id for one in gone if one.partner_id), None)
    if partner_id != into.partner_id:
        Candidate.objects.filter(pk=into.pk).update(partner_id=partner_id)
    _take_over(into, ids)
    Candidate.objects.filter(pk__in=ids).delete()
    record_change(
        actor=by, verb="merge_candidates", subject_kind="candidate", subject_id=into.pk,
        before={"names": [into.name, *(one.name for one in gone)]}, after={"name": into.name}, now=now,
    )  # fmt: skip
    into.refresh_from_db()
    return into


def _take_over(into: Candidate, ids: Sequence[UUID]) -> None:
    """Leave a prospect its evidence, and keep what people said of those that go; what was said of `into` stands."""
    if not Prospect.objects.filter(candidate=into).exists():
        first = Prospect.objects.filter(candidate_id__in=ids).order_by("created_at", "pk").first()
        if first is not None:
            Prospect.objects.filter(pk=first.pk).update(candidate=into)
    said = set(Judgement.objects.filter(candidate=into).values_list("criterion", flat=True))
    for one in Judgement.objects.filter(candidate_id__in=ids).order_by("-at", "pk"):
        if one.criterion not in said:
            said.add(one.criterion)
            Judgement.objects.filter(pk=one.pk).update(candidate=into)


def split_spelling(candidate: Candidate, key: str, *, now: datetime, by: str) -> Candidate:
    """Make one spelling a candidate of its own, for later imports too. Refuses the only spelling there is."""
    spelling = Spelling.objects.filter(candidate=candidate, key=key).first()
    if spelling is None:
        raise Refused("no_such_spelling", _("This spelling does not belong to this candidate."))
    left = Spelling.objects.filter(candidate=candidate).exclude(key=key)
    if not left.exists():
        raise Refused("only_spelling", _("This is the only spelling; there is nothing to split off."))
    mentions = Mention.objects.filter(candidate=candidate, key=key)
    written = mentions.values_list("name", flat=True).first() or key
    if candidate.key == key:  # the rest goes on under the next spelling
        candidate.key = left.order_by("key").values_list("key", flat=True)[0]
        candidate.name = Mention.objects.filter(candidate=candidate, key=candidate.key).values_list("name", flat=True)[
            0
        ]
        Candidate.objects.filter(pk=candidate.pk).update(key=candidate.key, name=candidate.name)
    own = Candidate.objects.create(id=new_id(now), program_id=candidate.program_id, key=key, name=written, found_at=now)
    mentions.update(candidate=own)
    Spelling.objects.filter(pk=spelling.pk).update(candidate=own, is_decided=True)
    left.update(is_decided=True)
    record_creation(own, actor=by, verb="split_candidate", fields=("name", "key"), now=now)
    return own


def rename_candidate(candidate: Candidate, *, name: str, now: datetime, by: str) -> Candidate:
    """Write a candidate's name as it should stand. Raises Invalid."""
    checks = Checks()
    name = checks.text("name", name, 120, required=True)
    checks.done()
    audited_save(candidate, {"name": name}, actor=by, verb="rename_candidate", now=now)
    return candidate


def dismiss_candidate(candidate: Candidate, *, reason: str = "", now: datetime, by: str) -> Candidate:
    """Take a candidate off the list; new mentions do not bring it back by themselves."""
    checks = Checks()
    reason = checks.text("reason", reason, 300)
    checks.done()
    values = {"dismissed_at": now, "dismissed_why": reason}
    audited_save(candidate, values, actor=by, verb="dismiss_candidate", reason=reason, now=now)
    return candidate


def restore_candidate(candidate: Candidate, *, now: datetime, by: str) -> Candidate:
    """Put a dismissed candidate back on the list."""
    audited_save(candidate, {"dismissed_at": None, "dismissed_why": ""}, actor=by, verb="restore_candidate", now=now)
    return candidate


def match_partner(candidate: Candidate, partner: Partner | None, *, now: datetime, by: str) -> Candidate:
    """Say that a candidate is one of our partners, or none of them; later imports keep to it."""
    values = {"partner": partner, "is_matched_by_hand": True}
    audited_save(candidate, values, actor=by, verb="match_candidate", now=now)
    return candidate
