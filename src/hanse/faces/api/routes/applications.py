"""Applications: requests to join a program."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import ninja
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.enrolments import EnrolmentOut, enrolment_out
from hanse.faces.api.values import Input, Instant, Output, Page, Text, shown_id
from hanse.growth.recruiting import actions, risks
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.risks import risks_of
from hanse.growth.recruiting.rules import OPEN
from hanse.growth.recruiting.words import risk_words
from hanse.kernel import clock
from hanse.kernel.errors import Refused
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

router = Router(tags=["Applications"])
Status = Literal["unconfirmed", "waiting", "asked", "approved", "declined"]
_COPIED = (
    "name", "email", "phone", "company", "website", "channels", "message", "references", "country", "language",
    "status", "question", "answer", "reason", "sent_at", "confirmed_at", "decided_at", "decided_by",
)  # fmt: skip


class AnsweredOut(Output):
    """What an applicant answered; the question's own text stays as it was asked."""

    key: str
    kind: str
    question: str
    answer: str | bool


class ApplicationRiskOut(Output):
    """Something to look at before deciding; `key` clears it. A cleared one names who saw no harm."""

    key: str
    kind: str
    text: str
    cleared_by: str
    note: str


class ApplicationOut(Output):
    """An application."""

    id: str
    program: str
    name: str
    email: str
    phone: str
    company: str
    website: str
    channels: list[str]
    message: str
    references: str
    answers: list[AnsweredOut]
    form_version: int | None
    invitation: str | None
    country: str
    language: str
    status: Status
    question: str
    answer: str
    reason: str
    partner: str | None
    sent_at: Instant
    confirmed_at: Instant | None
    decided_at: Instant | None
    decided_by: str


class ApplicationDetail(ApplicationOut):
    """An application with its risks, which are looked for as long as it is undecided."""

    risks: list[ApplicationRiskOut]


class ApplicationPage(Page):
    """A page of applications."""

    data: list[ApplicationOut]


class ApprovalIn(Input):
    """An approval; by default into the tier *new*."""

    tier: Text | None = None


class ApplicationIn(Input):
    """A request to join, as the public form takes it: `answers` by the questions' keys."""

    program: Text | None = None
    name: Annotated[Text, Field(min_length=1, max_length=200)]
    email: Annotated[Text, Field(min_length=1, max_length=254)]
    phone: Annotated[Text, Field(max_length=40)] = ""
    company: Annotated[Text, Field(max_length=200)] = ""
    website: Annotated[Text, Field(max_length=300)] = ""
    channels: Annotated[list[Text], Field(max_length=20)] = []
    message: Annotated[Text, Field(max_length=5000)] = ""
    references: Annotated[Text, Field(max_length=5000)] = ""
    country: Annotated[Text, Field(max_length=2)] = ""
    language: Annotated[Text, Field(max_length=10)] = "en"
    answers: dict[str, Annotated[Text, Field(max_length=5000)] | bool] = {}


class ClearIn(Input):
    """The risk that somebody looked at, and why it is harmless."""

    risk: Annotated[Text, Field(min_length=1, max_length=400)]
    note: Annotated[Text, Field(max_length=500)] = ""


class RefusalIn(Input):
    """A refusal: the applicant reads the reason."""

    reason: Annotated[Text, Field(min_length=1, max_length=2000)]


class QuestionIn(Input):
    """A question to the applicant."""

    question: Annotated[Text, Field(min_length=1, max_length=2000)]


def application_out(application: Application) -> ApplicationOut:
    """Show an application, without the secret of its page."""
    return ApplicationOut(**_values(application))


def _detail(application: Application) -> ApplicationDetail:
    is_open = application.status in OPEN
    found = risks_of(application.program, [application])[application.pk] if is_open else []
    shown = [
        ApplicationRiskOut(
            key=risk.key, kind=risk.kind, text=risk_words(risk), cleared_by=risk.cleared_by, note=risk.note
        )
        for risk in found
    ]
    return ApplicationDetail(**_values(application), risks=shown)


def _values(application: Application) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(application, name) for name in _COPIED}
    return {
        "id": text_id("app", application.pk), "program": text_id("prg", application.program_id),
        "partner": shown_id("prt", application.partner_id), "answers": application.answers,
        "form_version": application.form.number if application.form else None,
        "invitation": shown_id("ivt", application.invitation_id), **values,
    }  # fmt: skip


@router.get("/applications", auth=READ, response=ApplicationPage)
def list_applications(
    request: HttpRequest, program: str = "", status: Status | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> ApplicationPage:
    """List applications, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Application).select_related("form"), {"program_id": (Program, program)})
    page, following = take_page(rows.filter(status=status) if status else rows, cursor, limit)
    return ApplicationPage(data=[application_out(row) for row in page], next_cursor=following)


@router.post("/applications", auth=WRITE, response={202: ApplicationOut})
def submit_application(request: HttpRequest, body: ApplicationIn) -> ninja.Status[ApplicationOut]:
    """Take a request to join from a form of your own; the applicant confirms the address by mail.

    An address that waits already gets its application again; one of a partner is refused.
    """
    program = own_program(asker(request), body.program)
    given = body.model_dump(exclude={"program"})
    row = actions.submit_application(program, now=clock.now(), **given)
    if row is None:
        raise Refused("is_partner", _("This address belongs to a partner of yours already."))
    return ninja.Status(202, application_out(row))


@router.get("/applications/{application_id}", auth=READ, response=ApplicationDetail)
def read_application(request: HttpRequest, application_id: str) -> ApplicationDetail:
    """Read one application with its risks."""
    return _detail(find(asker(request), Application, application_id, "program", "form"))


@router.post("/applications/{application_id}/clear", auth=WRITE, response=ApplicationDetail)
def clear_risk(request: HttpRequest, application_id: str, body: ClearIn) -> ApplicationDetail:
    """Note that somebody looked at a risk and saw no harm."""
    row = find(asker(request), Application, application_id)
    return _detail(risks.clear_risk(row, body.risk, note=body.note, now=clock.now(), by=actor(request)))


@router.post("/applications/{application_id}/approve", auth=WRITE, response=EnrolmentOut)
def approve_application(request: HttpRequest, application_id: str, body: ApprovalIn) -> EnrolmentOut:
    """Take an applicant in: partner, login, enrolment, accepted terms, a first link and a mail that lets them in."""
    key = asker(request)
    application = find(key, Application, application_id)
    tier = refer(key, Tier, body.tier, "/tier") if body.tier else None
    return enrolment_out(actions.approve_application(application, tier=tier, now=clock.now(), by=actor(request)))


@router.post("/applications/{application_id}/decline", auth=WRITE, response=ApplicationOut)
def decline_application(request: HttpRequest, application_id: str, body: RefusalIn) -> ApplicationOut:
    """Say no, with a reason that the applicant reads."""
    application = find(asker(request), Application, application_id)
    return application_out(
        actions.decline_application(application, reason=body.reason, now=clock.now(), by=actor(request))
    )


@router.post("/applications/{application_id}/ask", auth=WRITE, response=ApplicationOut)
def ask_applicant(request: HttpRequest, application_id: str, body: QuestionIn) -> ApplicationOut:
    """Ask for more before deciding."""
    application = find(asker(request), Application, application_id)
    return application_out(
        actions.ask_applicant(application, question=body.question, now=clock.now(), by=actor(request))
    )
