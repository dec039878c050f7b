"""Inviting one or many: nothing half-done, nobody twice, and what those asked do is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.bridges.files.invitations import read_invitations
from hanse.growth.invitations.actions import invite, invite_again, withdraw_invitation
from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.queries import counted
from hanse.growth.invitations.secret import invitation_path
from hanse.growth.invitations.types import NewInvitation
from hanse.growth.prospects.actions import add_prospect
from hanse.growth.reach.models import Suppression
from hanse.growth.recruiting.actions import approve_application, confirm_application, submit_application
from hanse.growth.recruiting.automatic import add_rule
from hanse.growth.recruiting.forms import publish_form, question_keys
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.secret import secret_of
from hanse.kernel.errors import Invalid, Refused
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db
NOW, BY = make.NOON, "ruth"
FILE = b"""email,name,company,channels,tier,note
Nina@paper.example,Nina Voss,Paper Orchard,paper.example; @nina,growth,We like your lamps.
tom@moss.example,Tom,,,,
"""


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def _one(cast: Cast, email: str = "nina@paper.example", **fields: str) -> Invitation:
    invite(cast.program, [NewInvitation(email, **fields)], now=NOW, by=BY)  # type: ignore[arg-type]
    return Invitation.objects.get(email=email)


def test_a_file_invites_everybody_once_and_again_changes_nothing(cast: Cast) -> None:
    rows = read_invitations(FILE)
    assert invite(cast.program, rows, note="Hello from us", now=NOW, by=BY).new == 2
    nina = Invitation.objects.get(email="nina@paper.example")
    assert (nina.channels, nina.note) == (["paper.example", "@nina"], "We like your lamps.")
    assert nina.tier == Tier.objects.get(program=cast.program, key="growth")
    assert Invitation.objects.get(name="Tom").note == "Hello from us"
    again = invite(cast.program, read_invitations(FILE), now=NOW + timedelta(days=9), by=BY)
    assert (again.new, [one.why for one in again.left_alone]) == (0, ["invited", "invited"])
    assert OutboxItem.objects.filter(key__startswith="invitation:").count() == 2


def test_the_mail_carries_the_way_in_and_the_way_out(cast: Cast) -> None:
    row = _one(cast, name="Nina Voss", note="Your lamps!\nWe love them.")
    mail = OutboxItem.objects.get(key__startswith="invitation:").payload
    path = invitation_path(cast.program.slug, row.pk)
    assert path in mail["text"]
    assert "Your lamps!" in mail["text"]
    assert "20% of each sale" in mail["text"]
    assert mail["headers"]["List-Unsubscribe"].endswith(f"{path}/no>")


def test_one_bad_row_and_nobody_is_invited_each_with_its_reason(cast: Cast) -> None:
    body = b"email,name,website,tier,country\nok@a.example,A,,,\nno address,B,,,\nx@a.example,C,ftp://x,king,Q9\n"
    with pytest.raises(Invalid) as caught:
        invite(cast.program, read_invitations(body), now=NOW, by=BY)
    assert {problem.pointer for problem in caught.value.problems} == {
        "/rows/1/email", "/rows/2/website", "/rows/2/tier", "/rows/2/country",
    }  # fmt: skip
    assert not Invitation.objects.exists()
    assert not OutboxItem.objects.exists()


@pytest.mark.parametrize("body", [b"name\nNina\n", b"", b"\x00\x01\x02", b"email\n" + b"x" * 10_000_001])
def test_a_file_that_is_none_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_invitations(body)


def test_old_code_pages_semicolons_and_formulas_are_read_as_text(cast: Cast) -> None:
    rows = read_invitations('e-mail;name\njo@a.example;=HYPERLINK("x")\nzoe@a.example;Zoë\n'.encode("cp1252"))
    invite(cast.program, rows, now=NOW, by=BY)
    assert list(Invitation.objects.order_by("email").values_list("name", flat=True)) == ['=HYPERLINK("x")', "Zoë"]


def test_who_is_with_us_applied_said_no_or_cannot_be_reached_is_left_alone(cast: Cast, client: Client) -> None:
    submit_application(cast.program, name="A", email="applied@a.example", message="x", now=NOW)
    Suppression.objects.create(address="gone@a.example", why="bounce", since=NOW)
    declined = _one(cast, "no@a.example")
    path = invitation_path(cast.program.slug, declined.pk) + "/no"
    assert client.get(path).status_code == 200
    declined.refresh_from_db()
    assert declined.declined_at is None  # looking says nothing
    assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    emails = ("applied@a.example", "gone@a.example", "no@a.example", cast.ana.email, "new@a.example", "NEW@a.example")
    done = invite(cast.program, [NewInvitation(email) for email in emails], now=NOW, by=BY)
    assert done.new == 1
    assert [one.why for one in done.left_alone] == ["applied", "unreachable", "said_no", "partner", "twice"]
    declined.refresh_from_db()
    with pytest.raises(Refused):
        invite_again(declined, now=NOW, by=BY)


def test_the_invited_one_lands_on_a_filled_form_and_every_step_is_counted(cast: Cast, client: Client) -> None:
    prospect = add_prospect(cast.program, name="Nina", email="nina@paper.example", now=NOW, by=BY)
    row = _one(cast, name="Nina Voss", company="Paper Orchard")
    prospect.refresh_from_db()
    assert prospect.stage == "contacted"
    path = invitation_path(cast.program.slug, row.pk)
    page = client.get(path).content.decode()
    assert 'value="Nina Voss"' in page
    assert 'value="Paper Orchard"' in page
    assert (counted(cast.program.pk).opened, counted(cast.program.pk).applied) == (1, 0)
    form = {"name": "Nina Voss", "email": row.email, "channels": "paper.example", "message": "x", "accepts": "on"}
    assert client.post(path, form)["Location"] == "/join/harbour/sent"
    application = Application.objects.get()
    assert (application.status, application.invitation) == ("waiting", row)  # the way to the page was in the mail
    prospect.refresh_from_db()
    assert prospect.stage == "talks"
    approve_application(application, now=NOW, by=BY)
    found = counted(cast.program.pk)
    assert (found.sent, found.opened, found.applied, found.joined) == (1, 1, 1, 1)
    assert Enrolment.objects.get(partner__email=row.email).partner.source == "invitation"


def test_whoever_applies_from_another_address_confirms_it_first(cast: Cast, client: Client) -> None:
    path = invitation_path(cast.program.slug, _one(cast).pk)
    form = {"name": "N", "email": "else@paper.example", "channels": "a", "message": "x", "accepts": "on"}
    client.post(path, form)
    assert Application.objects.get().status == "unconfirmed"


def test_an_invitation_taken_back_leads_nowhere_and_secrets_belong_to_their_program(cast: Cast, client: Client) -> None:
    row = _one(cast)
    make.program("other")
    path = invitation_path(cast.program.slug, row.pk)
    assert client.get(path.replace("/harbour/", "/other/")).status_code == 404
    assert client.get("/join/harbour/invited/" + "x" * 24).status_code == 404
    withdraw_invitation(row, now=NOW, by=BY)
    assert client.get(path).status_code == 410


def test_the_work_does_not_grow_with_the_list(cast: Cast) -> None:
    counts = []
    for size in (3, 40):
        rows = [NewInvitation(f"p{size}-{number}@a.example") for number in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            invite(cast.program, rows, now=NOW, by=BY)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_a_list_may_answer_the_forms_own_questions(cast: Cast, client: Client) -> None:
    asked = [{"label": "Which city?", "key": "city"}, {"label": "Your best piece", "kind": "link"}]
    publish_form(cast.program, questions=asked, now=NOW, by=BY)
    body = b"email,Which city?,shoe size\nnina@paper.example,Leeds,44\n"
    invite(cast.program, read_invitations(body, question_keys(cast.program.pk)), now=NOW, by=BY)
    row = Invitation.objects.get()
    assert row.answers == {"city": "Leeds"}
    assert 'value="Leeds"' in client.get(invitation_path(cast.program.slug, row.pk)).content.decode()
    with pytest.raises(Invalid) as caught:
        invite(cast.program, [NewInvitation("x@a.example", answers=(("shoe", "44"),))], now=NOW, by=BY)
    assert caught.value.problems[0].pointer == "/rows/0/answers"


def test_an_invitation_that_was_passed_on_lets_no_stranger_in_by_a_rule(cast: Cast) -> None:
    """A forwarded mail would else be a door into the invitation's tier for whoever reads it."""
    condition = {"field": "applicant.is_invited", "op": "eq", "value": True}
    add_rule(cast.program, name="Invited", condition=condition, now=NOW, by=BY)
    row = _one(cast, tier="growth")
    rows = [
        submit_application(cast.program, name="N", email=email, message="x", invitation=row, now=NOW)
        for email in ("stranger@else.example", row.email)
    ]
    stranger, nina = [confirm_application(secret_of(one.pk), now=NOW) for one in rows if one is not None]
    assert stranger.status == "waiting"
    assert nina.status == "approved"
    assert Enrolment.objects.get(partner__email=row.email).tier == row.tier


def test_who_is_invited_into_a_tier_reads_and_accepts_what_that_tier_earns(cast: Cast, client: Client) -> None:
    tier = Tier.objects.get(program=cast.program, key="growth")
    growth = make.terms(cast.program, {"kind": "percent", "rate": "35%", "goal": "sale"}, tier=tier)
    row, usual = _one(cast, tier="growth"), _one(cast, "tom@moss.example")
    mails = dict(OutboxItem.objects.filter(key__startswith="invitation:").values_list("payload__to", "payload__text"))
    assert "35%" in mails[row.email]
    assert "20%" in mails[usual.email]
    assert "35%" not in mails[usual.email]
    page = client.get(invitation_path(cast.program.slug, row.pk)).content.decode()
    assert "35% of each sale" in page
    assert "20% of each sale" not in page
    application = submit_application(
        cast.program, name="Nina", email=row.email, message="x", invitation=row, now=NOW
    )  # fmt: skip
    assert application is not None
    assert application.terms == growth
    approve_application(application, now=NOW, by=BY)
    assert "35%" in OutboxItem.objects.get(key__endswith=":approved").payload["text"]


def test_the_welcome_says_what_is_earned_in_the_tier_that_was_chosen(cast: Cast) -> None:
    tier = Tier.objects.get(program=cast.program, key="growth")
    make.terms(cast.program, {"kind": "percent", "rate": "35%", "goal": "sale"}, tier=tier)
    application = submit_application(cast.program, name="Nina", email="nina@paper.example", message="x", now=NOW)
    assert application is not None
    Application.objects.update(status="waiting")
    approve_application(application, tier=tier, now=NOW, by=BY)
    assert "35%" in OutboxItem.objects.get(key__endswith=":approved").payload["text"]


@pytest.mark.parametrize("closed", [{"applications_open": False}, {"archived_at": NOW}])
def test_nobody_is_asked_again_for_a_program_that_takes_nobody(cast: Cast, closed: dict[str, object]) -> None:
    row = _one(cast)
    type(cast.program).objects.filter(pk=cast.program.pk).update(**closed)
    with pytest.raises(Refused):
        invite_again(row, now=NOW + timedelta(days=2), by=BY)
    assert OutboxItem.objects.filter(key__startswith="invitation:").count() == 1
