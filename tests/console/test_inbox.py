"""The inbox's pages: answer, hand over, route, plan, thank; and what each shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from hanse.growth.chat.actions import open_room, room_path, tell_rooms
from hanse.growth.chat.models import ChatRoom
from hanse.growth.conversations.actions import ask_us
from hanse.growth.conversations.models import Conversation, Entry, RoutingRule
from hanse.growth.conversations.silence import keep_our_silence, look_for_our_silence
from hanse.growth.mailroom.doors import door_of, door_path
from hanse.growth.mailroom.models import MailDoor, TakenMail
from hanse.growth.meetings.actions import answer_invitation
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.reach.models import Suppression
from hanse.growth.recognition.actions import agree_to_board, find_occasions, offer_tip, set_board
from hanse.growth.recognition.models import Occasion, Thanks, Tip
from hanse.growth.recognition.rules import anniversary, board, record_month
from hanse.growth.sends.models import Send
from hanse.growth.today.queries import to_do
from hanse.kernel import clock as time
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import text_id
from hanse.money.benefits.models import Benefit
from hanse.spine.outbox.models import OutboxItem
from hanse.spine.secrets.sealing import open_sealed
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.growth.mailroom import mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return build()


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    cast.ruth.role = "owner"
    cast.ruth.save()
    client.force_login(cast.ruth)
    return client


def question(cast: Cast, text: str = "When am I paid?") -> Conversation:
    entry = ask_us(cast.anas, subject="Money", text=text, now=time.now(), name="Ana", email=cast.ana.email)
    return entry.conversation


def path(row: Conversation, act: str = "") -> str:
    return f"/console/inbox/{text_id('cvs', row.pk)}{act}"


def test_a_question_is_read_answered_and_closed(cast: Cast, desk: Client) -> None:
    row = question(cast, "When am I paid? <script>alert(1)</script>")
    page = desk.get("/console/inbox").content.decode()
    assert "Ana" in page
    assert "Money" in page
    thread = desk.get(path(row)).content.decode()
    assert "&lt;script&gt;" in thread
    assert desk.post(path(row, "/answer"), {"text": "On the first.", "how": "mail"}).status_code == 303
    row.refresh_from_db()
    assert (row.status, row.assignee) == ("answered", cast.ruth)
    assert OutboxItem.objects.get(key__startswith="answer:").payload["to"] == cast.ana.email
    desk.post(path(row, "/change"), {"status": "closed"})
    row.refresh_from_db()
    assert row.status == "closed"
    assert "On the first." in desk.get(path(row)).content.decode()


def test_two_clicks_on_an_answer_send_one_letter(cast: Cast, desk: Client) -> None:
    row = question(cast)
    for _click in range(2):
        desk.post(path(row, "/answer"), {"text": "On the first.", "how": "mail"})
    assert OutboxItem.objects.filter(key__startswith="answer:").count() == 1
    assert Entry.objects.filter(direction="out").count() == 1


def test_an_answer_that_cannot_go_out_is_not_lost(cast: Cast, desk: Client) -> None:
    row = question(cast)
    Suppression.objects.create(address=cast.ana.email, why="bounce", since=time.now())
    page = desk.post(path(row, "/answer"), {"text": "A long and careful answer.", "how": "mail"})
    assert page.status_code == 422
    assert "A long and careful answer." in page.content.decode()
    assert "Letters to this address come back" in page.content.decode()
    assert not Entry.objects.filter(direction="out").exists()


def test_a_first_letter_that_cannot_go_out_is_not_lost(cast: Cast, desk: Client) -> None:
    Suppression.objects.create(address=cast.ana.email, why="bounce", since=time.now())
    written = {"how": "write", "subject": "June", "text": "A long and careful letter."}
    page = desk.post(f"/console/inbox/begin/{text_id('prt', cast.ana.pk)}", written)
    assert page.status_code == 422
    shown = page.content.decode()
    assert "A long and careful letter." in shown
    assert 'value="June"' in shown
    assert "Letters to this address come back" in shown


def test_two_clicks_make_one_question_one_letter_and_one_meeting(cast: Cast, desk: Client) -> None:
    partner = text_id("prt", cast.ana.pk)
    meeting = {"kind": "call", "title": "Call", "on": "2026-11-20", "at": "10:00", "minutes": "30", "partners": "Ana"}
    portal = Client()
    portal.force_login(cast.anas_login)
    for _click in range(2):
        portal.post("/p/messages", {"subject": "Money", "text": "When am I paid?"})
        desk.post(f"/console/inbox/begin/{partner}", {"how": "write", "subject": "June", "text": "Shall we?"})
        desk.post("/console/meetings/plan", meeting)
    assert Conversation.objects.filter(subject="Money").count() == 1
    assert Entry.objects.filter(direction="in").count() == 1
    assert Send.objects.count() == 1
    assert Meeting.objects.count() == 1
    assert OutboxItem.objects.filter(key__startswith="meeting:").count() == 1


def test_a_thread_of_another_program_is_not_found(cast: Cast, desk: Client) -> None:
    other = make.enrolment(make.partner("Cleo"), make.program("quay"))
    row = ask_us(other, subject="x", text="y", now=time.now(), name="C", email="c@x.example").conversation
    assert desk.get(path(row)).status_code == 404
    assert desk.post(path(row, "/answer"), {"text": "x"}).status_code == 404


def test_what_is_kept_for_colleagues_is_no_answer(cast: Cast, desk: Client) -> None:
    row = question(cast)
    desk.post(path(row, "/answer"), {"text": "Careful here.", "how": "note"})
    row.refresh_from_db()
    assert row.status == "open"
    assert Entry.objects.filter(direction="note").count() == 1


def test_rules_and_promises_are_set(cast: Cast, desk: Client) -> None:
    sent = {"name": "API", "words": "api, webhook", "topic": "product", "assignee": cast.ruth.email, "urgent": "on"}
    desk.post("/console/inbox/rules/add", sent)
    desk.post("/console/inbox/care/new", {"hours": "6", "days": "10", "urgent": "on"})
    assert "api" in desk.get("/console/inbox/rules").content.decode()
    row = question(cast, "Your API is down")
    assert (row.topic, row.is_urgent, row.assignee) == ("product", True, cast.ruth)
    assert row.promised_at is not None
    assert (row.promised_at - row.opened_at).total_seconds() == 6 * 3600
    desk.post(f"/console/inbox/rules/{RoutingRule.objects.get().pk}/remove")
    assert not RoutingRule.objects.exists()
    desk.post("/console/inbox/rules/add", {"name": "bad", "topic": "product", "condition": "{broken"})
    desk.post("/console/inbox/rules/add", {"name": "empty", "topic": "product"})
    assert not RoutingRule.objects.exists()


def test_today_ranks_urgent_questions_and_our_silence(cast: Cast, desk: Client) -> None:
    question(cast)
    keep_our_silence(cast.program.pk, look_for_our_silence(cast.program, time.now()))
    from hanse.growth.conversations.models import OwnSilence

    OwnSilence.objects.update(value_at_stake_minor=90_000)
    kinds = [str(one.kind) for one in to_do(cast.program, time.now()).things]
    assert {"questions", "our_silence"} <= set(kinds)
    assert (
        "None of us has ever spoken with"
        in desk.get("/console/").content.decode() + desk.get("/console/today").content.decode()
    )
    assert "Ben" in desk.get("/console/inbox/our-silence").content.decode()
    assert desk.get("/console/inbox/our-silence?format=csv").status_code == 200


def test_a_call_is_noted_on_the_partners_page_and_breaks_our_silence(cast: Cast, desk: Client) -> None:
    partner = text_id("prt", cast.ana.pk)
    desk.post(f"/console/inbox/begin/{partner}", {"how": "call", "text": "We spoke about June."})
    assert desk.get(f"/console/partners/{partner}").status_code == 200
    assert "We spoke about June." in desk.get(f"/console/partners/{partner}/events").content.decode()
    desk.post(f"/console/inbox/begin/{partner}", {"how": "write", "subject": "June", "text": "Shall we?"})
    assert Conversation.objects.filter(subject="June").exists()


def test_a_meeting_is_planned_answered_and_noted(cast: Cast, desk: Client, clock: Clock) -> None:
    sent = {"kind": "office_hours", "title": "Ask us", "on": "2026-11-20", "at": "10:00", "minutes": "45",
            "partners": "Ana", "tiers": ["new"]}  # fmt: skip
    assert desk.post("/console/meetings/plan", sent).status_code == 303
    meeting = Meeting.objects.get()
    assert MeetingInvitation.objects.count() == 2
    assert OutboxItem.objects.filter(key__startswith="meeting:").count() == 2
    answer_invitation(MeetingInvitation.objects.get(enrolment=cast.anas), "accepted", way="portal", now=time.now())
    page = f"/console/meetings/{text_id('mtg', meeting.pk)}"
    assert "comes" in desk.get(page).content.decode()
    clock.set("2026-11-20T12:00:00")
    desk.post(f"{page}/change", {"act": "held", "there": [str(cast.anas.pk)], "notes": "Links."})
    assert MeetingInvitation.objects.get(enrolment=cast.anas).was_there is True
    assert MeetingInvitation.objects.get(enrolment=cast.bens).was_there is False
    assert desk.get("/console/meetings").status_code == 200


def test_noting_who_came_ends_the_silence_of_those_invited_only(cast: Cast, desk: Client, clock: Clock) -> None:
    from hanse.growth.conversations.models import OwnSilence

    other = make.enrolment(make.partner("Cleo"), make.program("quay"))
    sent = {"kind": "call", "title": "Call", "on": "2026-11-20", "at": "10:00", "minutes": "30", "partners": "Ana"}
    desk.post("/console/meetings/plan", sent)
    for row in (cast.anas, other):
        OwnSilence.objects.create(
            enrolment=row, program_id=row.program_id, quiet_since=time.now(), limit_days=1, found_on=time.now().date()
        )
    clock.set("2026-11-20T12:00:00")
    meeting = Meeting.objects.get()
    there = [str(cast.anas.pk), str(other.pk), "x" * 36]
    page = desk.post(f"/console/meetings/{text_id('mtg', meeting.pk)}/change", {"act": "held", "there": there})
    assert page.status_code == 303
    assert [row.enrolment_id for row in OwnSilence.objects.all()] == [other.pk]


def test_a_meeting_that_moves_asks_again_and_one_that_falls_out_is_told(cast: Cast, desk: Client) -> None:
    sent = {"kind": "call", "title": "Call", "on": "2026-11-20", "at": "10:00", "minutes": "30", "partners": "Ana, Ben"}
    desk.post("/console/meetings/plan", sent)
    meeting = Meeting.objects.get()
    answer_invitation(MeetingInvitation.objects.get(enrolment=cast.bens), "declined", way="portal", now=time.now())
    page = f"/console/meetings/{text_id('mtg', meeting.pk)}/change"
    desk.post(page, {"act": "change", "title": "Call", "on": "2026-11-21", "at": "10:00", "minutes": "30"})
    assert set(MeetingInvitation.objects.values_list("answer", flat=True)) == {"none"}
    answer_invitation(MeetingInvitation.objects.get(enrolment=cast.bens), "declined", way="portal", now=time.now())
    desk.post(page, {"act": "cancel"})
    cancelled = OutboxItem.objects.filter(key__endswith=":cancel")
    assert [row.payload["to"] for row in cancelled] == [cast.ana.email]
    assert "METHOD:CANCEL" in cancelled[0].payload["calendar"]["text"]


def test_thanks_carry_a_gift_that_is_owed(cast: Cast, desk: Client) -> None:
    sent = {"partner": "Ana", "kind": "advice", "text": "Your idea works.", "gift": "A lantern", "worth": "25"}
    desk.post("/console/recognition/thank", sent)
    assert Thanks.objects.get().gift == "A lantern"
    assert (Benefit.objects.get().name, Benefit.objects.get().worth_minor) == ("A lantern", 2_500)
    assert "A lantern" in desk.get("/console/recognition").content.decode()


def test_anniversaries_and_records_are_found_once(cast: Cast, desk: Client, clock: Clock) -> None:
    clock.set("2027-01-03T09:00:00")
    assert find_occasions(cast.program, time.now()) == 2
    assert find_occasions(cast.program, time.now()) == 0
    row = Occasion.objects.get(enrolment=cast.anas)
    page = desk.get(f"/console/recognition?for={text_id('occ', row.pk)}").content.decode()
    assert "one year with us" in page
    sent = {"occasion": text_id("occ", row.pk), "kind": "anniversary", "text": "A year!"}
    desk.post("/console/recognition/thank", sent)
    row.refresh_from_db()
    assert row.thanked_at is not None


def test_two_who_thank_for_one_anniversary_send_one_letter_and_owe_one_gift(cast: Cast, desk: Client) -> None:
    row = Occasion.objects.create(
        program=cast.program, enrolment=cast.anas, kind="anniversary", key="1", number=1, found_on=time.now().date()
    )
    sent = {"occasion": text_id("occ", row.pk), "kind": "anniversary", "text": "A year!", "gift": "Cake", "mail": "on"}
    for words in ("A year!", "One year with us!"):
        desk.post("/console/recognition/thank", sent | {"text": words})
    assert Thanks.objects.count() == 1
    assert Benefit.objects.count() == 1
    assert Conversation.objects.count() == 1


def test_two_clicks_on_thank_owe_one_gift(cast: Cast, desk: Client) -> None:
    sent = {"partner": "Ana", "kind": "advice", "text": "Your idea.", "gift": "A lantern", "worth": "25", "mail": "on"}
    for _click in range(2):
        desk.post("/console/recognition/thank", sent)
    assert (Thanks.objects.count(), Benefit.objects.count(), Send.objects.count()) == (1, 1, 1)


def test_a_thank_you_has_its_subject_in_the_partners_language(cast: Cast, desk: Client) -> None:
    cast.ana.language = "es"
    cast.ana.save()
    desk.post("/console/recognition/thank", {"partner": "Ana", "kind": "advice", "text": "Tu idea.", "mail": "on"})
    assert Send.objects.get().subject == "Gracias"


def test_a_name_that_two_partners_have_is_not_taken_for_either(cast: Cast, desk: Client) -> None:
    other = make.enrolment(make.partner("Ana", email="ana.two@partners.example"), cast.program)
    desk.post("/console/recognition/thank", {"partner": "Ana", "kind": "advice", "text": "Fine.", "gift": "Cake"})
    assert not Thanks.objects.exists()
    sent = {"kind": "call", "title": "Call", "on": "2026-11-20", "at": "10:00", "minutes": "30"}
    desk.post("/console/meetings/plan", sent | {"partners": "Ana, Ben, Bem"})
    assert [row.enrolment_id for row in MeetingInvitation.objects.all()] == [cast.bens.pk]
    assert "Bem" in desk.get("/console/meetings").content.decode()
    row = Conversation.objects.create(
        program=cast.program, sender_email="x@y.example", channel="email", opened_at=time.now(), changed_at=time.now()
    )
    desk.post(path(row, "/partner"), {"partner": "Ana"})
    row.refresh_from_db()
    assert row.partner_id is None
    desk.post(path(row, "/partner"), {"partner": other.partner.email})
    row.refresh_from_db()
    assert row.partner_id == other.partner_id


def test_what_is_a_record_and_what_an_anniversary() -> None:
    from datetime import date
    from uuid import UUID

    months = [(date(2026, 1, 1), 4), (date(2026, 2, 1), 6), (date(2026, 3, 1), 5)]
    assert record_month([*months, (date(2026, 4, 1), 7)], date(2026, 4, 1)) == (7, 6)
    assert record_month([*months, (date(2026, 4, 1), 6)], date(2026, 4, 1)) is None
    assert record_month([*months[:2], (date(2026, 4, 1), 9)], date(2026, 4, 1)) is None
    assert anniversary(date(2024, 2, 29), date(2025, 3, 1)) == 1
    assert anniversary(date(2025, 3, 10), date(2026, 3, 9)) is None
    ids = [UUID(int=number) for number in range(4)]
    found = board([(ids[0], "a", 5), (ids[1], "b", 5), (ids[2], "c", 2), (ids[3], "d", 1)], 3, ids[3])
    assert [(one.place, one.name) for one in found] == [(1, "a"), (1, "b"), (3, "c"), (4, "d")]
    assert board([(ids[0], "a", 5), (ids[1], "b", 5)], 3, None) == []


def test_a_tip_is_shown_to_others_only_once_it_is_published(cast: Cast, desk: Client) -> None:
    tip = offer_tip(cast.anas, title="Show it", text="On Sundays.", shown_name="Ana", now=time.now(), by="ana")
    assert "Show it" in desk.get("/console/recognition").content.decode()
    desk.post(f"/console/recognition/tips/{tip.pk}", {"act": "publish"})
    assert Tip.objects.get().published_at is not None


def test_the_board_is_off_until_somebody_switches_it_on(cast: Cast, desk: Client) -> None:
    desk.post("/console/recognition/board", {"days": "30", "places": "5"})
    from hanse.growth.recognition.queries import board_of

    assert board_of(cast.program, time.now()) == (None, [])
    set_board(cast.program, is_on=True, window_days=30, places=5, now=time.now(), by="t")
    assert board_of(cast.program, time.now())[0] is not None


def test_the_board_counts_as_many_days_as_it_says(cast: Cast, clock: Clock) -> None:
    from datetime import timedelta

    from hanse.growth.recognition.queries import board_of
    from hanse.insight.rollups.models import EnrolmentDay

    set_board(cast.program, is_on=True, window_days=7, places=5, now=time.now(), by="t")
    people = [cast.anas, cast.bens, make.enrolment(make.partner("Cleo"), cast.program)]
    for row in people:
        agree_to_board(row, shown_name=row.partner.name, now=time.now(), by="t")
        for back in (0, 6, 7):
            day = time.now().date() - timedelta(days=back)
            EnrolmentDay.objects.create(program_id=cast.program.pk, enrolment_id=row.pk, day=day, conversions=1)
    assert [one.number for one in board_of(cast.program, time.now())[1]] == [2, 2, 2]


def test_only_owners_see_the_secret_addresses_and_change_the_doors(cast: Cast, client: Client) -> None:
    client.force_login(cast.ruth)
    door = door_of(cast.program, time.now())
    assert door_path(door) not in client.get("/console/inbox/doors").content.decode()
    assert client.post("/console/inbox/doors/change", {"address": "a@b.example"}).status_code == 403
    assert client.get("/console/inbox/sent").status_code == 403


def test_doors_are_set_and_a_mail_posted_to_the_secret_address_comes_in(cast: Cast, desk: Client) -> None:
    sent = {"address": "team@harbour.example", "imap_host": "imap.harbour.example", "imap_port": "993",
            "imap_login": "team", "imap_password": "s3cret", "imap_folder": "INBOX"}  # fmt: skip
    desk.post("/console/inbox/doors/change", sent)
    door = MailDoor.objects.get()
    assert (door.address, door.imap_login) == ("team@harbour.example", "team")
    assert "s3cret" not in door.imap_sealed
    outside = Client()
    path_in = door_path(door)
    assert outside.post(path_in, mails.plain("Hello"), content_type="message/rfc822").status_code == 204
    assert TakenMail.objects.get().via == "web"
    assert outside.post("/in/mail/wrong", b"x", content_type="message/rfc822").status_code == 404
    assert outside.get(path_in).status_code == 405
    desk.post("/console/inbox/doors/change", {"act": "renew"})
    assert outside.post(path_in, mails.plain("Hello"), content_type="message/rfc822").status_code == 404
    assert "a message" in desk.get("/console/inbox/doors").content.decode()


def test_a_chat_room_writes_to_us_and_is_told(cast: Cast, desk: Client) -> None:
    sent = {"kind": "slack", "name": "#partners", "url": "https://hooks.slack.com/services/T/B/x", "topics": ["urgent"]}
    desk.post("/console/inbox/rooms/add", sent)
    room = ChatRoom.objects.get()
    assert (room.host, "hooks.slack.com" in room.sealed_url) == ("hooks.slack.com", False)
    assert open_sealed(room.sealed_url, "chat-webhook")["url"].endswith("/x")
    outside = Client()
    said = outside.post(room_path(room), {"text": "Is the code live?", "user_name": "zoe", "channel_name": "x"})
    assert said.status_code == 200
    assert Conversation.objects.get().channel == "slack"
    known = {"text": "And mine?", "author": "Ana", "email": cast.ana.email}
    assert outside.post(room_path(room), known, content_type="application/json").status_code == 200
    assert Conversation.objects.filter(partner=cast.ana).exists()
    assert outside.post(room_path(room), {"challenge": "abc"}, content_type="application/json").content == b"abc"
    half = outside.post(room_path(room), b'{"challenge": "\\ud800"}', content_type="application/json")
    assert (half.status_code, half.content) == (200, b"?")
    assert outside.post(room_path(room), b"[1", content_type="application/json").status_code == 400
    assert outside.post(room_path(room), {"text": "  "}).status_code == 422
    assert tell_rooms(cast.program.pk, "urgent", "Ana <waits> & waits", key="k", now=time.now()) == 1
    assert tell_rooms(cast.program.pk, "urgent", "again", key="k", now=time.now()) == 0
    assert tell_rooms(cast.program.pk, "first_sales", "x", key="k2", now=time.now()) == 0
    desk.post(f"/console/inbox/rooms/{room.pk}", {"act": "close"})
    assert outside.post(room_path(room), {"text": "x"}).status_code == 404


def test_a_room_that_tells_a_message_again_has_told_one(cast: Cast) -> None:
    room = open_room(cast.program, kind="slack", name="#p", url="", topics=[], now=time.now(), by="t")
    event = {"event": {"type": "message", "user": "U1", "text": "Is it live?", "ts": "1763543213.000100"}}
    for _try in range(2):
        assert Client().post(room_path(room), event, content_type="application/json").status_code == 200
    other = {"event": event["event"] | {"ts": "1763543299.000100"}}
    assert Client().post(room_path(room), other, content_type="application/json").status_code == 200
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "url", [
        "https://10.0.0.1/services/x", "http://hooks.slack.com/x", "https://hooks.slack.com.evil.example/x",
        "https://user@hooks.slack.com/x", "https://hooks.slack.com:8443/x", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_a_webhook_elsewhere_is_refused(cast: Cast, url: str) -> None:
    with pytest.raises(Invalid):
        open_room(cast.program, kind="slack", name="x", url=url, topics=[], now=time.now(), by="t")


def test_letters_in_the_folder_are_read_and_never_run(
    cast: Cast, desk: Client, tmp_path: Path, settings: pytest.FixtureRequest
) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]  # pytest-django's own class
    (tmp_path / "mail").mkdir()
    name = "20261117T090000-0123456789ab.eml"
    raw = mails.plain("Your link", subject="Welcome").replace(b"\n\n", b"\nX-More: y\n\n", 1)
    (tmp_path / "mail" / name).write_bytes(raw)
    (tmp_path / "secret.eml").write_text("no")
    assert "Welcome" in desk.get("/console/inbox/sent").content.decode()
    assert "Your link" in desk.get(f"/console/inbox/sent/{name}").content.decode()
    for wrong in ("..%2Fsecret.eml", "secret.eml", "20261117T090000-zz.eml", "20261117T090000-0123456789ac.eml"):
        assert desk.get(f"/console/inbox/sent/{wrong}").status_code == 404
