"""Verbs of recruiting: from the public form to a decision with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from hanse.growth.invitations.actions import accept_invitation
from hanse.growth.invitations.models import Invitation
from hanse.growth.prospects.moving import prospect_applied
from hanse.growth.recruiting import letters, queries, rules
from hanse.growth.recruiting.approval import approve_application as approve_application
from hanse.growth.recruiting.automatic import approve_by_rule
from hanse.growth.recruiting.forms import form_of
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.questions import read_answers
from hanse.growth.recruiting.secret import secret_hash, secret_of
from hanse.growth.recruiting.steps import locked
from hanse.growth.recruiting.types import STANDARD, FormContent
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.access.actions import create_partner_login
from hanse.people.access.queries import person_by_email
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks


class ApplicationFields(TypedDict, total=False):
    """What an applicant may say beside name and address."""

    phone: str
    company: str
    website: str
    channels: Sequence[str]
    message: str
    references: str
    country: str
    language: str


class ApplicationOrigin(TypedDict, total=False):
    """Where an application came from: the daily keyed hash of an address, and its network as "GB datacentre"."""

    ip_hash: str
    network: str


def submit_application(
    program: Program, *, name: str, email: str, recruiter: str = "", form_number: int | None = None,
    answers: Mapping[str, object] | None = None, invitation: Invitation | None = None,
    origin: ApplicationOrigin | None = None, now: datetime, **fields: Unpack[ApplicationFields],
) -> Application | None:  # fmt: skip
    """Take a request to join and mail the page that confirms it. Raises Invalid; refuses when the program takes none.

    An address that has applied already gets its open application again, by mail; until it is confirmed, what is sent
    later replaces what was sent before. None stands for an address that is enrolled.
    The page must answer alike in every case, so that nobody learns who is a partner. `recruiter` is a link's last part:
    its partner brought the applicant; one that leads to nobody of this program is left out. `answers` are those to the
    questions of the form's version `form_number` (default: the one shown now). Whoever was invited by mail and applies
    with that address needs no confirmation: the way to the page was in the mail.
    """
    if program.archived_at is not None or not program.applications_open:
        raise Refused("applications_closed", _("This program takes no applications at the moment."))
    content = form_of(program.pk, form_number)
    values = _checked(content, name, email, fields, answers or {})
    address = str(values["email"])
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)  # of two clicks at once the 2nd finds the 1st
    if _let_in_who_is_partner(program, address, now):
        return None
    known, tier_id = queries.open_application(program.pk, address), invitation.tier_id if invitation else None
    if known is not None and known.status != "unconfirmed":
        letters.send_state(known, now)
        return known
    application = Application(
        id=known.pk if known else new_id(now), program=program, terms=queries.offered_terms(program.pk, now, tier_id),
        status="unconfirmed", sent_at=now, recruited_by=queries.recruiter_by_link(program.pk, recruiter, address),
        form_id=content.form_id, invitation=invitation, **(origin or {}), **values,
    )  # fmt: skip
    application.secret = secret_hash(secret_of(application.pk))
    application.save(force_insert=known is None, force_update=known is not None)
    record_creation(
        application, actor=address, verb="submit_application", fields=("program_id", "name", "email"), now=now
    )
    if invitation is not None:
        accept_invitation(invitation, now=now)
        if invitation.is_mailed and invitation.email == address:
            return _confirmed(application, now)
    letters.send_confirmation(application, now)
    return application


def _let_in_who_is_partner(program: Program, address: str, now: datetime) -> bool:
    """Mail a way in to an address that is enrolled already, whose login may be gone; say whether it is."""
    enrolled = Enrolment.objects.filter(program=program, partner__email=address).exclude(status="ended")
    known_as = enrolled.select_related("partner").first()
    if known_as is None:
        return False
    person = person_by_email(address) or create_partner_login(known_as.partner, now=now, by=address)
    letters.send_already_partner(person, program, now)
    return True


def _checked(
    content: FormContent, name: str, email: str, fields: ApplicationFields, answers: Mapping[str, object]
) -> dict[str, object]:
    """Return what is kept; fields that the form leaves out may come all the same (an invitation, the API)."""
    checks, values = Checks(), dict[str, object](fields)
    values["name"] = checks.text("name", name, 200, required=True)
    values["email"] = checks.email("email", email)
    values["phone"] = checks.text("phone", fields.get("phone", ""), 40)
    values["company"] = checks.text("company", fields.get("company", ""), 200)
    values["website"] = checks.web_address("website", fields.get("website", ""))
    values["channels"] = checks.words("channels", fields.get("channels", ()), 300, at_most=20)
    values["message"] = checks.text("message", fields.get("message", ""), 5000, lines=True)
    values["references"] = checks.text("references", fields.get("references", ""), 5000, lines=True)
    values["country"] = checks.country("country", fields.get("country", ""))
    values["language"] = checks.language("language", fields.get("language", "en"))
    for field in STANDARD if content.number else ():
        if content.requires(field) and not values[field]:
            checks.refuse(field, _("Please fill this in."), "required")
    values["answers"] = read_answers(checks, content, answers)
    checks.done()
    return values


def confirm_application(secret: str, *, now: datetime) -> Application:
    """Note that the applicant's address is theirs; from now on the application waits for us. A second time: nothing.

    A rule may take the applicant in at once. Raises NotFound for an unknown secret.
    """
    application = locked(queries.application_by_secret(secret))
    if not rules.may_take("confirm", application.status):
        return application
    return _confirmed(application, now)


def _confirmed(application: Application, now: datetime) -> Application:
    values = {"status": "waiting", "confirmed_at": now}
    audited_save(application, values, actor=application.email, verb="confirm_application", now=now)
    prospect_applied(application.program_id, application.email, now=now)
    if approve_by_rule(application, now=now) is not None:
        application.refresh_from_db()
    elif application.invitation_id is not None:
        letters.send_received(application, now)
    return application


def decline_application(application: Application, *, reason: str, now: datetime, by: str) -> Application:
    """Say no, with a reason that the applicant reads. Raises Invalid without one; refuses after a decision."""
    row = locked(application, "decline")
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    values = {"status": "declined", "reason": reason, "decided_at": now, "decided_by": by[:200]}
    audited_save(row, values, actor=by, verb="decline_application", reason=reason, now=now)
    letters.send_refusal(row, now)
    return row


def ask_applicant(application: Application, *, question: str, now: datetime, by: str) -> Application:
    """Ask for more before deciding. Raises Invalid for an empty question; refuses unconfirmed and decided ones."""
    row = locked(application, "ask")
    checks = Checks()
    question = checks.text("question", question, 2000, required=True, lines=True)
    checks.done()
    values = {"status": "asked", "question": question, "answer": ""}
    audited_save(row, values, actor=by, verb="ask_applicant", now=now)
    letters.send_question(row, now)
    return row


def answer_question(secret: str, *, answer: str, now: datetime) -> Application:
    """Take the applicant's answer; the application waits for us again. Raises NotFound, Invalid; Refused unasked."""
    row = locked(queries.application_by_secret(secret), "answer")
    checks = Checks()
    answer = checks.text("answer", answer, 5000, required=True, lines=True)
    checks.done()
    audited_save(row, {"status": "waiting", "answer": answer}, actor=row.email, verb="answer_question", now=now)
    return row
