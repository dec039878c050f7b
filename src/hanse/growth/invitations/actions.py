"""Verbs of invitations: asking one or many, and what those asked do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from hanse.growth.invitations.asking import check_row, left_alone
from hanse.growth.invitations.letters import invitation_mail
from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.queries import invitation_by_secret
from hanse.growth.invitations.secret import secret_hash, secret_of
from hanse.growth.invitations.types import Invited, LeftAlone, NewInvitation
from hanse.growth.prospects.models import Prospect
from hanse.growth.prospects.moving import prospects_invited
from hanse.growth.recruiting.forms import question_keys
from hanse.growth.recruiting.queries import offered_terms
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.programs.tiers.queries import tiers_of
from hanse.spine.audit.actions import audited_save, record_creations
from hanse.spine.checks import Checks
from hanse.spine.outbox.actions import enqueue_mails

_CREATED = ("program_id", "email", "name", "is_mailed")


def invite(
    program: Program, given: Sequence[NewInvitation], *, note: str = "", sender: str = "", is_mailed: bool = True,
    now: datetime, by: str,
) -> Invited:  # fmt: skip
    """Ask people to apply, by mail or (not `is_mailed`) with links that somebody passes on. All rows or none.

    Who is known already is left alone, so bringing a list in again changes nothing. `note` is said to those whose row
    has none. Raises Invalid with every row's problems at `/rows/<n>/<field>` (n from 0); refuses a closed program. A
    fixed number of queries for each tier.
    """
    _refuse_closed(program)
    checks = Checks()
    note, sender = checks.text("note", note, 5000, lines=True), checks.text("sender", sender, 200)
    tiers = {tier.key: tier for tier in tiers_of(program.pk)}
    questions = question_keys(program.pk)
    rows = [check_row(checks, number, one, tiers, questions) for number, one in enumerate(given)]
    checks.done()
    known = left_alone(program, [row.email for row in rows])
    fresh: dict[str, NewInvitation] = {}
    quiet: list[LeftAlone] = []
    for number, row in enumerate(rows):
        why = known.get(row.email) or ("twice" if row.email in fresh else "")
        if why:
            quiet.append(LeftAlone(number, row.email, why))
        else:
            fresh[row.email] = row
    made = _store(program, fresh, tiers, note, is_mailed, now, by)
    if is_mailed:
        terms = {tier_id: offered_terms(program.pk, now, tier_id) for tier_id in {row.tier_id for row in made}}
        enqueue_mails([invitation_mail(row, program, terms[row.tier_id], sender, now) for row in made], now=now)
    prospects_invited([row.prospect for row in made if row.prospect is not None], now=now, by=by)
    return Invited(len(made), quiet, made[0].batch if made else None)


def _refuse_closed(program: Program) -> None:
    if program.archived_at is not None or not program.applications_open:
        raise Refused("applications_closed", _("This program takes no applications at the moment."))


def _store(
    program: Program, fresh: dict[str, NewInvitation], tiers: Mapping[str, Tier], note: str, is_mailed: bool,
    now: datetime, by: str,
) -> list[Invitation]:  # fmt: skip
    batch = new_id(now)
    prospects = {
        row.email: row for row in Prospect.objects.filter(program=program, email__in=list(fresh)).order_by("pk")
    }
    made = []
    for email, row in fresh.items():
        id_ = new_id(now)
        made.append(Invitation(
            id=id_, program=program, prospect=prospects.get(email), tier=tiers.get(row.tier), email=email,
            name=row.name, company=row.company, website=row.website, channels=list(row.channels), country=row.country,
            language=row.language or "en", note=row.note or note,
            answers=dict(row.answers), secret=secret_hash(secret_of(id_)), batch=batch,
            is_mailed=is_mailed, sent_at=now, sent_by=by[:200],
        ))  # fmt: skip
    Invitation.objects.bulk_create(made, batch_size=500)
    record_creations(made, actor=by, verb="invite", fields=_CREATED, now=now)
    return made


def open_invitation(program: Program, secret: str, *, now: datetime) -> Invitation:
    """Note that somebody looks at their invitation; the first time counts. Raises NotFound; refuses a withdrawn one."""
    row = invitation_by_secret(program.pk, secret)
    if row.withdrawn_at is not None:
        raise Refused("withdrawn", _("This invitation no longer holds. You are welcome to apply on your own."))
    if row.opened_at is None:
        Invitation.objects.filter(pk=row.pk, opened_at=None).update(opened_at=now)
        row.opened_at = now
    return row


def accept_invitation(invitation: Invitation, *, now: datetime) -> None:
    """Note that the one invited applied; what they said before ("rather not") no longer holds."""
    values = {"accepted_at": now, "declined_at": None, "opened_at": invitation.opened_at or now}
    if invitation.accepted_at is None:
        audited_save(invitation, values, actor=invitation.email, verb="accept_invitation", now=now)


def decline_invitation(program: Program, secret: str, *, now: datetime) -> Invitation:
    """Note that somebody would rather not: they are not written to again. Raises NotFound; after applying: nothing."""
    row = invitation_by_secret(program.pk, secret)
    if row.accepted_at is None and row.declined_at is None:
        audited_save(row, {"declined_at": now}, actor=row.email, verb="decline_invitation", now=now)
    return row


def withdraw_invitation(invitation: Invitation, *, now: datetime, by: str) -> Invitation:
    """Take an invitation back: its page leads nowhere from now on. Refuses one that was taken up."""
    if invitation.accepted_at is not None:
        raise Refused("applied", _("They have applied already; decide on the application."))
    if invitation.withdrawn_at is None:
        audited_save(invitation, {"withdrawn_at": now}, actor=by, verb="withdraw_invitation", now=now)
    return invitation


def invite_again(invitation: Invitation, *, sender: str = "", now: datetime, by: str) -> Invitation:
    """Write to somebody once more, at most once a day. Refuses who applied or said no, and closed programs."""
    if invitation.accepted_at is not None or invitation.declined_at is not None:
        raise Refused("answered", _("They have answered already."))
    program = Program.objects.get(pk=invitation.program_id)
    _refuse_closed(program)
    if left_alone(program, [invitation.email]).get(invitation.email) in ("partner", "unreachable", "applied"):
        raise Refused("unreachable", _("Nothing can be sent to this address, or they are with you already."))
    values = {"withdrawn_at": None, "is_mailed": True}
    audited_save(invitation, values, actor=by, verb="invite_again", now=now)
    mail = invitation_mail(invitation, program, offered_terms(program.pk, now, invitation.tier_id), sender, now)
    enqueue_mails([mail], now=now)
    return invitation
