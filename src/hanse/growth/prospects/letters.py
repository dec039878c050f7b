"""Letters to prospects: templates, filling them from a prospect's own evidence, and noting what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Length
from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.invitations.models import Invitation
from hanse.growth.mentions.models import Mention
from hanse.growth.mentions.queries import candidates_of
from hanse.growth.prospects.models import LetterTemplate, Prospect, Remark
from hanse.growth.prospects.moving import move_prospects
from hanse.growth.prospects.rules import is_before
from hanse.growth.prospects.slots import SLOTS, fill, unknown_slots
from hanse.growth.prospects.types import Draft
from hanse.growth.reach.queries import suppression_of
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.spine.outbox.letters import Letter, send_letter

_LONGEST_QUOTE = 300


def keep_template(
    program: Program,
    *,
    name: str,
    subject: str,
    body: str,
    now: datetime,
    by: str,
    instead_of: LetterTemplate | None = None,
) -> LetterTemplate:
    """Keep a letter; `instead_of` is changed in its place. Raises Invalid, also for slots that there are not."""
    checks = Checks()
    values = {
        "name": checks.text("name", name, 100, required=True),
        "subject": checks.text("subject", subject, 200, required=True),
        "body": checks.text("body", body, 10_000, required=True, lines=True),
    }
    for field in ("subject", "body"):
        if unknown := unknown_slots(values[field]):
            message = _("There is no slot %(slot)s. The slots are: %(slots)s.")
            checks.refuse(field, message % {"slot": unknown[0], "slots": ", ".join(SLOTS)}, "no_such_slot")
    same = LetterTemplate.objects.filter(program=program, name=values["name"], archived_at=None)
    if same.exclude(pk=instead_of.pk if instead_of else new_id(now)).exists():
        checks.refuse("name", _("Another letter has this name."), "taken")
    checks.done()
    if instead_of is not None:
        audited_save(instead_of, values, actor=by, verb="change_letter_template", now=now)
        return instead_of
    row = LetterTemplate.objects.create(id=new_id(now), program=program, created_at=now, **values)
    record_creation(row, actor=by, verb="keep_letter_template", fields=("name", "subject"), now=now)
    return row


def archive_template(template: LetterTemplate, *, now: datetime, by: str) -> None:
    """Put a letter away; what was sent with it stays on the timelines."""
    audited_save(template, {"archived_at": now}, actor=by, verb="archive_letter_template", now=now)


def evidence_of(prospect: Prospect, *, sender: str, own_text: str, now: datetime) -> dict[str, str]:
    """Return what fills the slots: only what is known of this very prospect. What is not known is missing."""
    people = quote = ""
    if prospect.candidate_id is not None:
        people, quote = _people_of(prospect.program_id, prospect.candidate_id, now), _quote_of(prospect.candidate_id)
    return {
        "name": prospect.name, "named_by_count": people, "quote": quote, "content": prospect.content,
        "own_text": own_text.strip(), "referrer": prospect.referrer.name if prospect.referrer else "",
        "program": prospect.program.name, "sender": sender,
    }  # fmt: skip


def draft_letter(
    prospect: Prospect, template: LetterTemplate, *, sender: str, own_text: str = "", now: datetime
) -> Draft:
    """Fill a letter for one prospect, to look at; its missing slots are named."""
    values = evidence_of(prospect, sender=sender, own_text=own_text, now=now)
    return fill(template.subject, template.body, values)


def send_draft(
    prospect: Prospect,
    template: LetterTemplate,
    *,
    sender: str,
    own_text: str = "",
    is_mailed: bool,
    now: datetime,
    by: str,
) -> Remark:
    """Note a letter as sent, and mail it where `is_mailed`; a prospect that was not written to yet is contacted now.

    Refuses a letter with an empty slot, naming it, mail without an address or to somebody who is to be left alone, and
    prospects that are closed.
    """  # fmt: skip
    draft = draft_letter(prospect, template, sender=sender, own_text=own_text, now=now)
    if draft.missing:
        slots = ", ".join(f"{{{{{name}}}}}" for name in draft.missing)
        raise Refused("empty_slot", _("Nothing fills %(slots)s, so this letter does not leave.") % {"slots": slots})
    if is_mailed and not prospect.email:
        raise Refused("no_address", _("No address is known; copy the text and send it where you talk."))
    if is_mailed and _is_left_alone(prospect):
        raise Refused("left_alone", _("Nothing is sent to this address: mail came back, or they would rather not."))
    if prospect.stage == "closed":
        raise Refused("prospect_closed", _("This prospect is closed. Open it again first."))
    remark = Remark.objects.create(
        id=new_id(now), prospect=prospect, kind="sent", subject=draft.subject[:200], text=draft.text,
        template=template.name, is_mailed=is_mailed, at=now, by=by[:200],
    )  # fmt: skip
    record_creation(
        remark, actor=by, verb="write_to_prospect", fields=("prospect_id", "template", "is_mailed"), now=now
    )
    Prospect.objects.filter(pk=prospect.pk).update(changed_at=max(now, prospect.changed_at))
    if is_before(prospect.stage, "contacted"):
        move_prospects([prospect], "contacted", now=now, by=by)
    if is_mailed:
        _mail(prospect, draft, remark.pk, now)
    return remark


def _is_left_alone(prospect: Prospect) -> bool:
    """Say whether mail came back or was called spam, or an invitation was answered with "rather not"."""
    said_no = Invitation.objects.filter(
        program_id=prospect.program_id, email=prospect.email, declined_at__isnull=False
    )  # fmt: skip
    return suppression_of(prospect.email) is not None or said_no.exists()


def _mail(prospect: Prospect, draft: Draft, remark_id: UUID, now: datetime) -> None:
    paragraphs = tuple(part.strip() for part in draft.text.split("\n\n") if part.strip())
    language = translation.get_language() or "en"
    letter = Letter(subject=draft.subject, paragraphs=paragraphs, sender=prospect.program.name)
    send_letter(letter, f"prospect:{remark_id}", to=prospect.email, language=language, now=now)


def _people_of(program_id: UUID, candidate_id: UUID, now: datetime) -> str:
    """Return how many people named the candidate behind a prospect; nothing for nobody."""
    counted: Any = candidates_of(program_id, now).get(pk=candidate_id)
    return str(counted.people or "")


def _quote_of(candidate_id: UUID) -> str:
    """Return the latest answer that says more than a name, unless it is too long to be quoted."""
    rows = Mention.objects.filter(candidate_id=candidate_id).annotate(said=Length("answer__text"), named=Length("name"))
    rows = rows.filter(said__gt=F("named") + 12, said__lte=_LONGEST_QUOTE).order_by("-named_at", "-pk")
    return rows.values_list("answer__text", flat=True).first() or ""
