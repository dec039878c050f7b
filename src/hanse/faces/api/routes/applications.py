"""Applications: requests to join a program."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, refer
from hanse.faces.api.routes.enrolments import EnrolmentOut, enrolment_out
from hanse.faces.api.values import Input, Instant, Output, Page, Text, shown_id
from hanse.growth.recruiting import actions
from hanse.growth.recruiting.models import Application
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

router = Router(tags=["Applications"])
Status = Literal["unconfirmed", "waiting", "asked", "approved", "declined"]
_COPIED = (
    "name", "email", "phone", "company", "website", "channels", "message", "references", "country", "language",
    "status", "question", "answer", "reason", "sent_at", "confirmed_at", "decided_at", "decided_by",
)  # fmt: skip


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


class ApplicationPage(Page):
    """A page of applications."""

    data: list[ApplicationOut]


class ApprovalIn(Input):
    """An approval; by default into the tier *new*."""

    tier: Text | None = None


class RefusalIn(Input):
    """A refusal: the applicant reads the reason."""

    reason: Annotated[Text, Field(min_length=1, max_length=2000)]


class QuestionIn(Input):
    """A question to the applicant."""

    question: Annotated[Text, Field(min_length=1, max_length=2000)]


def application_out(application: Application) -> ApplicationOut:
    """Show an application, without the secret of its page."""
    values: dict[str, Any] = {name: getattr(application, name) for name in _COPIED}
    return ApplicationOut(
        id=text_id("app", application.pk), program=text_id("prg", application.program_id),
        partner=shown_id("prt", application.partner_id), **values,
    )  # fmt: skip


@router.get("/applications", auth=READ, response=ApplicationPage)
def list_applications(
    request: HttpRequest, program: str = "", status: Status | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> ApplicationPage:
    """List applications, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Application), {"program_id": (Program, program)})
    page, following = take_page(rows.filter(status=status) if status else rows, cursor, limit)
    return ApplicationPage(data=[application_out(row) for row in page], next_cursor=following)


@router.get("/applications/{application_id}", auth=READ, response=ApplicationOut)
def read_application(request: HttpRequest, application_id: str) -> ApplicationOut:
    """Read one application."""
    return application_out(find(asker(request), Application, application_id))


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
