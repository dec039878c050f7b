"""Verbs of the roadmap: write a preview, show it, accept its embargo, lift it, and note who saw what."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Unpack

from django.db.models import F
from django.utils.translation import gettext as _

from hanse.growth.audiences.meant import checked_tiers, checked_types, is_meant_for
from hanse.growth.roadmap.models import EmbargoAcceptance, Preview, PreviewSight, PreviewVersion
from hanse.growth.roadmap.rules import MOST_WORDS, digest_of, is_findable, is_under_embargo, mentions_in
from hanse.growth.roadmap.types import Embargo, PreviewFields
from hanse.kernel.errors import Conflict, Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

_SAID = ("teaser", "title", "text", "address", "embargo_until", "embargo_text", "words", "feature", "feature_from",
         "feature_until", "tiers", "types")  # fmt: skip
_NEW: dict[str, Any] = {
    "tiers": [], "types": [], "embargo_until": None, "words": [], "feature_from": None, "feature_until": None,
}  # fmt: skip
_OPEN = (Enrolment.Status.ACTIVE, Enrolment.Status.PAUSED)


def keep_preview(
    program: Program, *, now: datetime, by: str, instead_of: Preview | None = None, **fields: Unpack[PreviewFields]
) -> Preview:
    """Write a preview down as a draft; `instead_of` gets a new version. Raises Invalid with every place.

    With `embargo_until` its words are blocked in letters until then, and nobody reads it before accepting
    `embargo_text`. Another teaser, text or day of the embargo makes another embargo, which is accepted anew; an earlier
    day does not. Names and title may not stand in what is read before.
    """
    values = _checked(program, fields, instead_of, now)
    if instead_of is None:
        row = Preview(id=new_id(now), program=program, created_at=now, created_by=by[:200], **values)
        row.embargo_digest = _embargo_digest(row)
        row.save(force_insert=True)
        _keep_version(row, now, by)
        record_creation(row, actor=by, verb="keep_preview", fields=("teaser", "embargo_until"), now=now)
        return row
    row = _locked(instead_of)
    before, is_eased = row.embargo_until, _is_eased(row, values)
    if audited_save(row, values, actor=by, verb="change_preview", now=now):
        row.number += 1
        if not is_eased:
            row.embargo_digest = _embargo_digest(row)
        if row.embargo_until != before:
            row.told_over_at = None
        row.save(update_fields=["number", "embargo_digest", "told_over_at"])
        _keep_version(row, now, by)
    instead_of.refresh_from_db()
    return instead_of


def publish_preview(preview: Preview, *, now: datetime, by: str) -> Preview:
    """Show a preview to those it is meant for; under an embargo its teaser, until they accept. Again changes nothing.

    One that was withdrawn comes back.
    """
    row = _locked(preview)
    values = {"published_at": row.published_at or now, "withdrawn_at": None}
    audited_save(row, values, actor=by, verb="publish_preview", now=now)
    preview.refresh_from_db()
    return preview


def withdraw_preview(preview: Preview, *, now: datetime, by: str) -> Preview:
    """Take a preview away from everybody. Its embargo stays: those who read it still may not tell."""
    row = _locked(preview)
    if row.published_at is None or row.withdrawn_at is not None:
        raise Refused("not_public", _("Nobody sees this now."))
    audited_save(row, {"withdrawn_at": now}, actor=by, verb="withdraw_preview", now=now)
    preview.refresh_from_db()
    return preview


def lift_embargo(preview: Preview, *, now: datetime, by: str) -> Preview:
    """End an embargo now: everybody it is meant for reads it, letters may mention it, and partners are told."""
    row = _locked(preview)
    if not is_under_embargo(row.embargo_until, now):
        raise Refused("no_embargo", _("There is no open embargo."))
    audited_save(row, {"embargo_until": now}, actor=by, verb="lift_embargo", now=now)
    preview.refresh_from_db()
    return preview


def accept_embargo(preview: Preview, enrolment: Enrolment, *, digest: str, now: datetime, by: str) -> EmbargoAcceptance:
    """Keep a partner's yes to an embargo: who, when, and the hash of what stood there; once. Then she may read it.

    Raises Conflict where the embargo has changed since she read it; refuses previews that are not there for her.
    """
    row = _locked(preview)
    if not can_see(row, enrolment):
        raise Refused("not_there", _("There is nothing to accept here any more."))
    if not is_under_embargo(row.embargo_until, now):
        raise Refused("no_embargo", _("There is no open embargo."))
    assert row.embargo_until is not None
    if digest != row.embargo_digest:
        raise Conflict(_("This has changed since you opened it. Please read it again."), digest=row.embargo_digest)
    version = PreviewVersion.objects.get(preview=row, number=row.number)
    made, is_new = EmbargoAcceptance.objects.get_or_create(
        preview=row, enrolment=enrolment, embargo_digest=digest,
        defaults={
            "id": new_id(now), "number": row.number, "version_digest": version.digest, "text": row.embargo_text,
            "until": row.embargo_until, "accepted_at": now, "by": by[:200],
        },
    )  # fmt: skip
    if is_new:
        record_change(
            actor=by, verb="accept_embargo", subject_kind="preview", subject_id=row.pk, before={},
            after={"enrolment": str(enrolment.pk), "version": version.digest}, now=now,
        )  # fmt: skip
    return made


def note_sight(preview: Preview, enrolment: Enrolment, *, number: int, now: datetime, by: str) -> None:
    """Note that a person of a partner saw a version; a later look counts on. The caller knows that she may."""
    made, is_new = PreviewSight.objects.get_or_create(
        preview=preview, enrolment=enrolment, number=number, by=by[:200],
        defaults={"id": new_id(now), "first_at": now, "last_at": now},
    )  # fmt: skip
    if not is_new:
        PreviewSight.objects.filter(pk=made.pk).update(last_at=now, times=F("times") + 1)


def can_see(preview: Preview, enrolment: Enrolment) -> bool:
    """Say whether a preview is there for an enrolment at all: shown, of its program, meant for it, and it is open."""
    return (
        preview.published_at is not None and preview.withdrawn_at is None
        and enrolment.program_id == preview.program_id and enrolment.status in _OPEN
        and is_meant_for(preview.tiers, preview.types, enrolment)
    )  # fmt: skip


def _checked(program: Program, fields: PreviewFields, before: Preview | None, now: datetime) -> dict[str, Any]:
    said: dict[str, Any] = {
        name: fields.get(name, getattr(before, name) if before else _NEW.get(name, "")) for name in _SAID
    }
    checks, until = Checks(), said["embargo_until"]
    words = checks.words("words", said["words"], 80, MOST_WORDS)
    values = {
        "teaser": checks.text("teaser", said["teaser"], 200, required=True),
        "title": checks.text("title", said["title"], 120, required=True),
        "text": checks.text("text", said["text"].replace("\r\n", "\n"), 20_000, required=True, lines=True),
        "address": checks.web_address("address", said["address"], 500),
        "embargo_until": until,
        "words": words,
        "embargo_text": checks.text("embargo_text", said["embargo_text"].replace("\r\n", "\n"), 2_000, lines=True),
        "feature": checks.key("feature", said["feature"], 60) if said["feature"] else "",
        "feature_from": said["feature_from"],
        "feature_until": said["feature_until"],
        "tiers": checked_tiers(checks, program, said["tiers"]),
        "types": checked_types(checks, said["types"]),
    }
    if values["feature_from"] and values["feature_until"] and values["feature_until"] <= values["feature_from"]:
        checks.refuse("feature_until", _("It ends before it starts."), "out_of_range")
    if until is not None:
        _check_embargo(checks, values, before, now)
    checks.done()
    return values


def _check_embargo(checks: Checks, values: dict[str, Any], before: Preview | None, now: datetime) -> None:
    if values["embargo_until"] <= now and (before is None or before.embargo_until != values["embargo_until"]):
        checks.refuse("embargo_until", _("An embargo ends in the future."), "in_the_past")
    if not values["embargo_text"]:
        checks.refuse("embargo_text", _("Say what partners agree to before they read it."), "required")
    if not values["words"]:
        checks.refuse("words", _("Name what nobody may mention until then."), "required")
    for word in values["words"]:
        if not is_findable(word):
            checks.refuse("words", _("“%(word)s” is too short to be looked for.") % {"word": word}, "too_short")
    _refuse_giving_away(checks, values)


def _refuse_giving_away(checks: Checks, values: dict[str, Any]) -> None:
    """Refuse a teaser or an embargo's text that says what is not to be said."""
    if checks.problems:
        return
    said = Embargo(new_id(), "", values["embargo_until"], (*values["words"], values["title"]), "")
    for field in ("teaser", "embargo_text"):
        for place in mentions_in(values[field], [said])[:1]:
            message = _("“%(word)s” is read before the embargo is accepted: leave it out here.")
            checks.refuse(field, message % {"word": place.word}, "under_embargo")


def _is_eased(row: Preview, values: dict[str, Any]) -> bool:
    """Say whether the embargo is the same for those who accepted it: nothing of it changed, or only an earlier end."""
    same = all(getattr(row, name) == values[name] for name in ("teaser", "embargo_text"))
    until, before = values["embargo_until"], row.embargo_until
    return same and before is not None and (until is None or until <= before)


def _embargo_digest(row: Preview) -> str:
    if row.embargo_until is None:
        return ""
    return digest_of({
        "preview": str(row.pk), "teaser": row.teaser, "text": row.embargo_text, "until": row.embargo_until.isoformat(),
    })  # fmt: skip


def _keep_version(row: Preview, now: datetime, by: str) -> None:
    body = {name: getattr(row, name) for name in _SAID}
    body = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in body.items()}
    PreviewVersion.objects.create(
        id=new_id(now), preview=row, number=row.number, body=body, digest=digest_of(body), created_at=now,
        created_by=by[:200],
    )  # fmt: skip


def _locked(preview: Preview) -> Preview:
    return Preview.objects.select_for_update(of=("self",)).select_related("program").get(pk=preview.pk)
