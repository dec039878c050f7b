"""Applications: from the public form to a decision, each step with its letter."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hanse.growth.recruiting import actions
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.secret import secret_of
from hanse.kernel.errors import Invalid, NotFound, Refused
from hanse.people.access.models import TeamUser
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.actions import change_status
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.outbox.models import OutboxItem
from hanse.traffic.links.models import Link
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    program = make.program()
    make.offer(program)
    make.terms(program)
    return program


def applied(program: Program, email: str = "cleo@x.example") -> Application:
    application = actions.submit_application(program, name="Cleo", email=email, channels=["cleo.example"], now=NOON)
    assert application is not None
    return application


def confirmed(program: Program) -> Application:
    return actions.confirm_application(secret_of(applied(program).pk), now=NOON)


def letters() -> list[str]:
    return [item.key.split(":", 2)[-1].split(":")[0] for item in OutboxItem.objects.order_by("created_at", "id")]


def test_an_application_counts_once_the_address_is_proven(program: Program) -> None:
    application = applied(program)
    assert application.status == "unconfirmed"
    assert secret_of(application.pk) not in str(Application.objects.values())
    with pytest.raises(Refused):
        actions.approve_application(application, now=NOON, by="ruth")
    with pytest.raises(NotFound):
        actions.confirm_application("guess", now=NOON)
    actions.confirm_application(secret_of(application.pk), now=NOON)


def test_applying_twice_is_answered_kindly_and_stored_once(program: Program) -> None:
    first = applied(program)
    assert applied(program, "CLEO@x.example") == first
    actions.confirm_application(secret_of(first.pk), now=NOON)
    assert applied(program) == first
    assert Application.objects.count() == 1
    assert letters() == ["confirm", "again"]


def test_an_approved_applicant_has_all_they_need(program: Program) -> None:
    enrolment = actions.approve_application(confirmed(program), now=NOON, by="ruth")
    assert (enrolment.status, enrolment.tier and enrolment.tier.key) == ("active", "new")
    assert enrolment.agreements.get().accepted_by == "cleo@x.example"
    assert TeamUser.objects.get(role="partner").partner == enrolment.partner
    assert Link.objects.get().slug == "cleo"
    assert letters() == ["confirm", "approved"]
    with pytest.raises(Refused):
        actions.approve_application(Application.objects.get(), now=NOON, by="finn")
    assert actions.submit_application(program, name="Cleo", email="cleo@x.example", now=NOON) is None


def test_a_new_partner_is_written_to_by_day_of_the_programs_own_clock(program: Program) -> None:
    enrolment = actions.approve_application(confirmed(program), now=NOON, by="ruth")
    assert enrolment.partner.time_zone == program.time_zone == "Europe/London"


def test_a_partner_of_another_program_is_not_made_twice(program: Program) -> None:
    known = make.partner("Cleo", email="cleo@x.example")
    make.enrolment(known, make.program("orchard"))
    enrolment = actions.approve_application(confirmed(program), now=NOON, by="ruth")
    assert enrolment.partner == known
    assert Partner.objects.count() == 1


def test_a_partner_who_had_left_comes_back_to_the_same_enrolment(program: Program) -> None:
    enrolment = make.enrolment(make.partner("Cleo", email="cleo@x.example"), program)
    change_status(enrolment, "ended", at=NOON - timedelta(days=9), reason="moved", by="ruth")
    back = actions.approve_application(confirmed(program), now=NOON, by="ruth")
    assert back.pk == enrolment.pk
    assert Enrolment.objects.get().status == "active"


def test_a_question_is_asked_answered_and_the_application_waits_again(program: Program) -> None:
    application = confirmed(program)
    actions.ask_applicant(application, question="How many readers?", now=NOON, by="ruth")
    with pytest.raises(Invalid):
        actions.answer_question(secret_of(application.pk), answer=" ", now=NOON)
    actions.answer_question(secret_of(application.pk), answer="About 900", now=NOON)
    application.refresh_from_db()
    assert (application.status, application.answer) == ("waiting", "About 900")


def test_a_refusal_gives_its_reason_and_is_final(program: Program) -> None:
    application = confirmed(program)
    with pytest.raises(Invalid):
        actions.decline_application(application, reason="", now=NOON, by="ruth")
    actions.decline_application(application, reason="Your channel is not public yet.", now=NOON, by="ruth")
    letter = OutboxItem.objects.get(key__endswith="declined").payload
    assert "not public yet" in letter["text"]
    with pytest.raises(Refused):
        actions.ask_applicant(application, question="?", now=NOON, by="ruth")
    assert applied(program) != application


def test_letters_cannot_be_used_to_forge_headers_or_markup(program: Program) -> None:
    name = "Cleo <b>x</b>"
    actions.submit_application(program, name=name, email="cleo@x.example", now=NOON)
    letter = OutboxItem.objects.get().payload
    assert "\n" not in letter["subject"]
    assert "<b>x</b>" not in letter["html"]
    with pytest.raises(Invalid):
        actions.submit_application(program, name="Cleo\r\nBcc: all@x.example", email="c@x.example", now=NOON)


def test_a_closed_program_takes_no_applications(program: Program) -> None:
    program.applications_open = False
    with pytest.raises(Refused):
        applied(program)
