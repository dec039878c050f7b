"""Verbs of newsletters: keeping a draft, sending it at a moment, calling it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack

from django.utils.translation import gettext as _

from hanse.growth.audiences.models import Audience
from hanse.growth.newsletters.embargoes import refuse_embargoed
from hanse.growth.newsletters.models import Newsletter, Section
from hanse.growth.newsletters.queries import parts_of, readers_now
from hanse.growth.newsletters.rules import Part, body_of
from hanse.growth.sends.models import Send
from hanse.growth.sends.types import ACTIONS
from hanse.growth.templates.actions import check_contents, keep_message, said
from hanse.growth.templates.checking import MAX_BODY
from hanse.growth.templates.models import LetterKind, MessageTemplate, MessageVersion
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks

MOST_SECTIONS = 12
MOST_HELD_OUT = 500_000
LANGUAGE = "en"


class NewsletterFields(TypedDict):
    """What a newsletter is made of: `holdout_ppm` get nothing, to see what the others do within `action_days`."""

    name: str
    subject: str
    sections: Sequence[Mapping[str, object]]
    audience: NotRequired[Audience | None]
    holdout_ppm: NotRequired[int]
    action: NotRequired[str]
    action_days: NotRequired[int]


def keep_newsletter(
    program: Program,
    *,
    now: datetime,
    by: str,
    instead_of: Newsletter | None = None,
    **fields: Unpack[NewsletterFields],
) -> Newsletter:
    """Keep a newsletter as a draft; `instead_of` is changed in its place, as long as it was not sent.

    A section is {"text", "heading"?, "tiers"?: keys}; its text is checked like a letter, with line and column, and for
    what is under an embargo that its readers have not accepted. Raises Invalid with every place.
    """
    if instead_of is not None and instead_of.state not in (Newsletter.State.DRAFT, Newsletter.State.SCHEDULED):
        raise Refused("newsletter_sent", _("This newsletter is on its way. Write a new one."))
    values, read = _checked(program, fields)
    parts = [_part(one) for one in read]
    refuse_embargoed(program, values["subject"], parts, values["audience"], now)
    if instead_of is not None:
        audited_save(instead_of, values, actor=by, verb="change_newsletter", now=now)
        instead_of.sections.all().delete()
        row = instead_of
    else:
        row = Newsletter.objects.create(id=new_id(now), program=program, created_at=now, created_by=by[:200], **values)
        record_creation(row, actor=by, verb="keep_newsletter", fields=("name", "subject"), now=now)
    Section.objects.bulk_create(
        Section(id=new_id(now), newsletter=row, position=n, **one) for n, one in enumerate(read)
    )
    return row


def schedule_newsletter(newsletter: Newsletter, send_at: datetime, *, now: datetime, by: str) -> MessageVersion:
    """Let a newsletter go at a moment; not before now. Its audience is asked then, not now.

    Its sections become one version of a letter. Refuses one that was sent or called off, or that nobody would read.
    """
    if newsletter.state not in (Newsletter.State.DRAFT, Newsletter.State.SCHEDULED):
        raise Refused("newsletter_sent", _("This newsletter is on its way, or was called off."))
    refuse_embargoed(newsletter.program, newsletter.subject, parts_of(newsletter), newsletter.audience, now)
    if not readers_now(newsletter, now):
        raise Refused("no_readers", _("Nobody would read this now: look at its audience and its tiers."))
    version = keep_version(newsletter, now=now, by=by)
    values = {"version": version, "send_at": max(send_at, now), "state": Newsletter.State.SCHEDULED}
    audited_save(newsletter, values, actor=by, verb="schedule_newsletter", now=now)
    return version


def keep_version(newsletter: Newsletter, *, now: datetime, by: str) -> MessageVersion:
    """Make a newsletter's sections into a version of its letter; the same sections again make no new one."""
    name = f"{newsletter.name} · {newsletter.created_at:%Y-%m-%d}"[:100]
    own = newsletter.version.template if newsletter.version else None
    if (
        own is None
        and MessageTemplate.objects.filter(program=newsletter.program_id, name=name, archived_at=None).exists()
    ):
        name = f"{name[:90]} {str(newsletter.pk)[-6:]}"
    contents = {LANGUAGE: {"subject": newsletter.subject, "body": body_of(parts_of(newsletter))}}
    return keep_message(
        newsletter.program, name=own.name if own else name, kind=LetterKind.NEWSLETTER, contents=contents, now=now,
        by=by, instead_of=own,
    )  # fmt: skip


def cancel_newsletter(newsletter: Newsletter, *, now: datetime, by: str) -> int:
    """Call a newsletter off: what did not leave yet stays here. Returns how many letters that were."""
    if newsletter.state == Newsletter.State.CANCELLED:
        return 0
    audited_save(newsletter, {"state": Newsletter.State.CANCELLED}, actor=by, verb="cancel_newsletter", now=now)
    planned = Send.objects.filter(newsletter=newsletter, state=Send.State.PLANNED)
    return planned.update(state=Send.State.DROPPED, dropped_at=now, dropped_why="called_off")


def _checked(program: Program, fields: NewsletterFields) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the columns and the sections. Raises Invalid with every place."""
    checks, action, holdout_ppm = Checks(), fields.get("action", ""), fields.get("holdout_ppm", 0)
    values = {
        "name": checks.text("name", fields["name"], 90, required=True),
        "subject": checks.text("subject", fields["subject"], 200, required=True),
        "audience": fields.get("audience"),
        "holdout_ppm": checks.whole_number("holdout_ppm", holdout_ppm, 0, MOST_HELD_OUT),
        "action": checks.one_of("action", action, ("", *ACTIONS)),
        "action_days": checks.whole_number("action_days", fields.get("action_days", 14), 1, 90),
        "state": Newsletter.State.DRAFT, "send_at": None,
    }  # fmt: skip
    if holdout_ppm and not action:
        checks.refuse("action", _("Say what to compare: without it a holdout shows nothing."), "required")
    _check_subject(checks, str(values["subject"]))
    read = _read_sections(program, fields["sections"], checks)
    if not checks.problems:
        _check_whole(checks, str(values["subject"]), [_part(one) for one in read])
    checks.done()
    return values, read


def _part(section: Mapping[str, Any]) -> Part:
    return Part(tuple(section["tiers"]), section["heading"], section["text"])


def _check_whole(checks: Checks, subject: str, parts: Sequence[Part]) -> None:
    """Refuse sections that are sound each, and no letter together: one that could be kept and never sent."""
    body = body_of(parts)
    checks.text("sections", body, MAX_BODY, lines=True)
    for places in check_contents({LANGUAGE: {"subject": subject, "body": body}}).values():
        for place in places:
            checks.refuse("sections", place.message, place.code)


def _check_subject(checks: Checks, subject: str) -> None:
    for (_language, field), places in check_contents({LANGUAGE: {"subject": subject or "–", "body": "–"}}).items():
        for place in places:
            checks.refuse(field, said(place), place.code)


def _read_sections(program: Program, sections: Sequence[Mapping[str, object]], checks: Checks) -> list[dict[str, Any]]:
    if not 1 <= len(sections) <= MOST_SECTIONS:
        message = _("A newsletter has 1 to %(limit)d sections.") % {"limit": MOST_SECTIONS}
        checks.refuse("sections", message, "out_of_range")
        return []
    known = set(Tier.objects.filter(program=program).values_list("key", flat=True))
    read: list[dict[str, Any]] = []
    for place, one in enumerate(sections):
        inner = Checks(f"/sections/{place}")
        tiers = one.get("tiers") or []
        chosen = [str(key) for key in tiers] if isinstance(tiers, list | tuple) else []
        for key in chosen:
            inner.one_of("tiers", key, known)
        heading = inner.text("heading", str(one.get("heading") or ""), 200)
        text = str(one.get("text") or "").replace("\r\n", "\n")
        text = inner.text("text", text, 10_000, required=True, lines=True)
        for field, value in (("heading", heading), ("text", text)):
            for places in check_contents({LANGUAGE: {"subject": "–", "body": value or "–"}}).values():
                for found in places:
                    inner.refuse(field, said(found), found.code)
        checks.problems += inner.problems
        read.append({"tiers": chosen, "heading": heading, "text": text})
    return read
