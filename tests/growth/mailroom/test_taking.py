"""Mails that come in find their way: to threads, partners, bounces, mentions, invitations; each once."""

from __future__ import annotations

import pytest
from django.test import Client

from hanse.growth.conversations.actions import (
    add_aside,
    add_rule,
    answer,
    ask_us,
    change_conversation,
    log_talk,
    seen_by_partner,
    set_care,
    write_first,
)
from hanse.growth.conversations.models import Conversation, Entry
from hanse.growth.conversations.queries import answer_times, unread_by_partner
from hanse.growth.conversations.silence import keep_our_silence, look_for_our_silence, our_silence
from hanse.growth.mailroom.doors import door_of, doors_for, set_door
from hanse.growth.mailroom.models import MailDoor, TakenMail
from hanse.growth.mailroom.taking import take_mail
from hanse.growth.meetings.actions import change_meeting, invite, plan_meeting
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.mentions.models import Candidate
from hanse.growth.reach.models import Suppression
from hanse.growth.reach.queries import may_write
from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import new_id, text_id
from hanse.people.partners.actions import change_partner
from hanse.programs.tiers.models import Tier
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build
from tests.growth.mailroom import mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return build()


@pytest.fixture
def door(cast: Cast) -> MailDoor:
    door = door_of(cast.program, make.at())
    set_door(door, address="team@harbour.example", mentions_address="named@harbour.example", now=make.at(), by="t")
    return door


def take(raw: bytes, door: MailDoor, hours: float = 0, to: tuple[str, ...] = ()) -> TakenMail:
    return take_mail(raw, make.at(hours=hours), door=door, recipients=to)


def test_a_mail_of_a_partner_begins_a_conversation_with_the_promise_of_the_tier(cast: Cast, door: MailDoor) -> None:
    taken = take(mails.plain("When am I paid?", Message_ID="<1@mail.example>"), door)
    thread = Conversation.objects.get()
    assert (taken.kind, thread.partner_id, thread.status, thread.subject) == (
        "message",
        cast.ana.pk,
        "open",
        "A question",
    )
    assert thread.promised_at == make.at(hours=24)


def test_the_same_mail_delivered_again_changes_nothing(cast: Cast, door: MailDoor) -> None:
    raw = mails.plain("When am I paid?", Message_ID="<1@mail.example>")
    first = take(raw, door)
    assert take(b"Received: by another server\n" + raw, door, 1) == first
    assert Entry.objects.count() == 1


def test_an_answer_goes_into_their_thread_and_their_next_mail_comes_back_to_it(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("When am I paid?", Message_ID="<1@mail.example>"), door)
    thread = Conversation.objects.get()
    said = answer(thread, text="On the first.", now=make.at(hours=2), by=cast.ruth)
    letter = OutboxItem.objects.get(key__startswith="answer:")
    assert letter.pk == said.letter_id
    assert letter.payload["to"] == "ana@partners.example"
    assert letter.payload["subject"] == "Re: A question"
    assert letter.payload["headers"] == {
        "In-Reply-To": "<1@mail.example>", "References": "<1@mail.example>", "Reply-To": "team@harbour.example",
    }  # fmt: skip
    again = mails.plain("Thanks!", subject="whatever", Message_ID="<2@mail.example>", References=f"<{letter.pk}@hanse>")
    assert take(again, door, 3).kind == "reply"
    thread.refresh_from_db()
    assert (thread.status, Conversation.objects.count(), thread.entries.count()) == ("open", 1, 3)


def test_an_answer_written_under_our_quoted_words_is_read(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("When?", Message_ID="<1@mail.example>"), door)
    said = answer(Conversation.objects.get(), text="Soon. Is that right?", now=make.at(hours=1), by=cast.ruth)
    letter = f"<{said.letter_id}@hanse>"
    text = "On Fri, 15 May 2026 at 10:00, Ruth wrote:\n> Soon. Is that right?\n\nNo: I need it by Friday.\n"
    taken = take(mails.plain(text, subject="Re: A question", In_Reply_To=letter, References=letter), door, 2)
    assert taken.entry is not None
    assert "I need it by Friday." in taken.entry.text


@pytest.mark.parametrize("subject", ["回覆：Codes", "回复： Codes", "Re: 回覆：Codes", "轉寄：Codes"])
def test_an_answer_with_a_chinese_colon_finds_its_thread(cast: Cast, door: MailDoor, subject: str) -> None:
    take(mails.plain("How many?", subject="Codes", Message_ID="<1@mail.example>"), door)
    take(mails.plain("Two?", subject=subject, Message_ID="<2@mail.example>"), door, 1)
    assert Conversation.objects.count() == 1


def test_the_first_answer_is_timed_against_the_promise(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("One?", Message_ID="<1@mail.example>"), door)
    take(mails.plain("One?", subject="Other", sender="ben@partners.example", Message_ID="<2@mail.example>"), door)
    answer(Conversation.objects.get(partner=cast.ana), text="Yes.", now=make.at(hours=2), by=cast.ruth)
    answer(Conversation.objects.get(partner=cast.ben), text="Yes.", now=make.at(hours=30), by=cast.ruth)
    times = {one.tier: one for one in answer_times(cast.program.pk, make.at(-1), make.at(hours=40))}
    assert (times["new"].asked, times["new"].kept, times["new"].median_minutes) == (2, 1, 120)


def test_closing_a_question_does_not_undo_a_broken_promise(cast: Cast, door: MailDoor) -> None:
    tier = Tier.objects.get(program=cast.program, key="new")
    cast.anas.tier = tier
    cast.anas.save()
    ask_us(cast.anas, subject="Late", text="When?", now=make.at(), name="Ana", email=cast.ana.email)
    ask_us(cast.anas, subject="Spam", text="Buy", now=make.at(hours=30), name="Ana", email=cast.ana.email)
    for row in Conversation.objects.all():
        change_conversation(row, {"status": "closed"}, now=make.at(hours=40), by="ruth")
    times = {one.tier: one for one in answer_times(cast.program.pk, make.at(-1), make.at(hours=80))}
    assert (times["new"].asked, times["new"].kept, times["new"].waiting) == (1, 0, 0)


def test_somebody_unknown_waits_in_the_inbox_without_a_partner(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("May I join?", sender="Zoe <zoe@elsewhere.example>"), door)
    thread = Conversation.objects.get()
    assert (thread.partner, thread.sender_email, thread.sender_name) == (None, "zoe@elsewhere.example", "Zoe")


def test_a_stranger_cannot_write_into_a_partners_thread_by_its_subject(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("Mine", Message_ID="<1@mail.example>"), door)
    take(mails.plain("Not mine", sender="zoe@elsewhere.example", Message_ID="<2@mail.example>"), door)
    assert Conversation.objects.count() == 2


def test_a_forwarded_mail_stands_as_what_the_partner_said(cast: Cast, door: MailDoor) -> None:
    taken = take(mails.plain(mails.FORWARDED, sender=cast.ruth.email, subject="Fwd: My code"), door)
    assert taken.kind == "forwarded"
    first, aside = Entry.objects.order_by("direction")
    assert (first.direction, first.text, first.author_email) == (
        "in", "Does my code work for gift cards too?", "ana@partners.example",
    )  # fmt: skip
    assert (aside.direction, aside.author_email) == ("note", cast.ruth.email)
    assert Conversation.objects.get().subject == "My code"


def test_a_copy_of_what_a_colleague_wrote_breaks_our_silence_and_answers(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("When?", Message_ID="<1@mail.example>"), door)
    copy = mails.plain(
        "Tomorrow.", sender=cast.ruth.email, to="ana@partners.example", subject="Re: A question",
        References="<1@mail.example>",
    )  # fmt: skip
    assert take(copy, door, 5, to=("team@harbour.example",)).kind == "copy"
    thread = Conversation.objects.get()
    assert thread.status == "answered"


def test_a_copy_that_quotes_as_outlook_does_is_no_forwarded_question(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("When?", Message_ID="<1@mail.example>"), door)
    text = (
        "Tomorrow.\n\n-----Original Message-----\nFrom: Ana <ana@partners.example>\nSent: Friday, 15 May 2026 10:00\n"
        "To: team@harbour.example\nSubject: A question\n\nWhen?\n"
    )
    copy = mails.plain(text, sender=cast.ruth.email, to="ana@partners.example", subject="RE: A question",
                       References="<1@mail.example>")  # fmt: skip
    assert take(copy, door, 5, to=("team@harbour.example",)).kind == "copy"
    assert Conversation.objects.get().status == "answered"
    assert Entry.objects.get(direction="out").text == "Tomorrow."


def test_a_mail_to_two_partners_is_noted_with_both(cast: Cast, door: MailDoor) -> None:
    to = "ben@partners.example, ana@partners.example"
    assert take(mails.plain("Hello both.", sender=cast.ruth.email, to=to), door, 5).kind == "copy"
    assert set(Conversation.objects.values_list("partner__name", flat=True)) == {"Ana", "Ben"}


def test_a_copy_of_an_answer_to_somebody_unknown_answers_their_question(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("May I join?", sender="Zoe <zoe@elsewhere.example>", Message_ID="<1@elsewhere.example>"), door)
    copy = mails.plain(
        "Gladly.", sender=cast.ruth.email, to="zoe@elsewhere.example", subject="Re: A question",
        References="<1@elsewhere.example>",
    )  # fmt: skip
    assert take(copy, door, 5, to=("team@harbour.example",)).kind == "copy"
    assert Conversation.objects.get().status == "answered"


def test_a_sender_that_the_mail_server_found_forged_is_no_colleague(cast: Cast, door: MailDoor) -> None:
    raw = mails.plain(
        "Send your password", sender=cast.ruth.email, to="ana@partners.example",
        Authentication_Results="mx.example; dmarc=fail header.from=harbour.example",
    )  # fmt: skip
    assert take(raw, door, to=("team@harbour.example",)).kind == "message"
    assert Entry.objects.get().direction == "in"


@pytest.mark.parametrize(
    ("status", "action", "why"),
    [("5.1.1", "failed", "bounce"), ("5.7.1", "failed", ""), ("4.4.1", "failed", ""), ("4.4.1", "delayed", "")],
)
def test_a_letter_that_came_back_closes_the_address_only_where_nobody_is_there(
    cast: Cast, door: MailDoor, status: str, action: str, why: str
) -> None:
    take(mails.plain("When?", Message_ID="<1@mail.example>"), door)
    said = answer(Conversation.objects.get(), text="Soon.", now=make.at(hours=1), by=cast.ruth)
    assert take(mails.bounce(str(said.letter_id), status=status, action=action), door, 2).kind == "bounce"
    assert list(Suppression.objects.values_list("why", flat=True)) == ([why] if why else [])


def test_a_report_about_a_letter_that_is_not_ours_closes_nothing(cast: Cast, door: MailDoor) -> None:
    take(mails.bounce(str(new_id())), door)
    take(mails.complaint("00000000-0000-7000-8000-000000000000"), door)
    assert not Suppression.objects.exists()


def test_a_bounce_closes_the_letters_own_address_whatever_the_report_says(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("When?", Message_ID="<1@mail.example>"), door)
    said = answer(Conversation.objects.get(), text="Soon.", now=make.at(hours=1), by=cast.ruth)
    take(mails.bounce(str(said.letter_id), recipient="ben@partners.example"), door, 2)
    assert list(Suppression.objects.values_list("address", flat=True)) == ["ana@partners.example"]


def test_a_late_bounce_of_the_old_address_leaves_the_new_one_open(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("When?", Message_ID="<1@mail.example>"), door)
    said = answer(Conversation.objects.get(), text="Soon.", now=make.at(hours=1), by=cast.ruth)
    change_partner(cast.ana, email="ana@new.example", now=make.at(hours=20), by="ruth")
    take(mails.bounce(str(said.letter_id)), door, 48)
    assert may_write([cast.ana.pk], "transactional") == {cast.ana.pk}
    assert list(Suppression.objects.values_list("address", flat=True)) == ["ana@partners.example"]


def test_a_complaint_stops_what_is_not_owed(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("When?", Message_ID="<1@mail.example>"), door)
    said = answer(Conversation.objects.get(), text="Soon.", now=make.at(hours=1), by=cast.ruth)
    take(mails.complaint(str(said.letter_id)), door, 2)
    assert may_write([cast.ana.pk], "newsletter") == set()
    assert may_write([cast.ana.pk], "transactional") == {cast.ana.pk}


def test_after_a_lasting_bounce_nobody_answers_by_mail_but_in_the_portal(cast: Cast, door: MailDoor) -> None:
    ask_us(cast.anas, subject="Codes", text="How many?", now=make.at(), name="Ana", email=cast.ana.email)
    Suppression.objects.create(address=cast.ana.email, why="bounce", since=make.at())
    thread = Conversation.objects.get()
    with pytest.raises(Refused):
        answer(thread, text="Three.", now=make.at(hours=1), by=cast.ruth)
    answer(thread, text="Three.", now=make.at(hours=1), by=cast.ruth, is_mailed=False)
    assert unread_by_partner(cast.ana.pk, cast.program.pk) == 1


def test_a_note_between_colleagues_and_their_own_mail_are_nothing_unread(cast: Cast, door: MailDoor) -> None:
    ask_us(cast.anas, subject="Codes", text="How many?", now=make.at(), name="Ana", email=cast.ana.email)
    thread = Conversation.objects.get()
    answer(thread, text="Three.", now=make.at(hours=1), by=cast.ruth, is_mailed=False)
    seen_by_partner(thread, make.at(hours=2))
    add_aside(thread, text="She always asks.", now=make.at(hours=3), by=cast.ruth)
    take(mails.plain("And why?", subject="Codes", Message_ID="<2@mail.example>"), door, 4)
    assert Conversation.objects.count() == 1
    assert unread_by_partner(cast.ana.pk, cast.program.pk) == 0


def test_opening_a_thread_clears_our_answer_though_they_wrote_after_it(
    cast: Cast, door: MailDoor, client: Client
) -> None:
    ask_us(cast.anas, subject="Codes", text="How many?", now=make.at(), name="Ana", email=cast.ana.email)
    thread = Conversation.objects.get()
    answer(thread, text="Three.", now=make.at(hours=1), by=cast.ruth, is_mailed=False)
    take(mails.plain("Hello?", subject="Codes", Message_ID="<2@mail.example>"), door, 4)
    assert unread_by_partner(cast.ana.pk, cast.program.pk) == 1
    client.force_login(cast.anas_login)
    assert client.get(f"/p/messages/{text_id('cvs', thread.pk)}").status_code == 200
    assert unread_by_partner(cast.ana.pk, cast.program.pk) == 0


def test_mail_to_the_address_for_mentions_becomes_candidates(cast: Cast, door: MailDoor) -> None:
    raw = mails.plain(
        "Candlewick Lane, The Paper Orchard", sender="support@harbour.example", to="named@harbour.example"
    )
    assert take(raw, door).kind == "mention"
    assert set(Candidate.objects.values_list("name", flat=True)) == {"Candlewick Lane", "The Paper Orchard"}
    assert not Conversation.objects.exists()


def test_a_calendar_answers_an_invitation_only_for_whom_it_was_sent(cast: Cast, door: MailDoor) -> None:
    meeting = plan_meeting(
        cast.program, kind="call", title="Spring", starts_at=make.at(3), minutes=30, now=make.at(), by="t"
    )
    invite(meeting, [cast.anas, cast.bens], now=make.at(), by="t")
    anas = MeetingInvitation.objects.get(enrolment=cast.anas)
    take(mails.rsvp(f"{anas.pk}@hanse", attendee="ben@partners.example"), door)
    anas.refresh_from_db()
    assert anas.answer == "none"
    assert take(mails.rsvp(f"{anas.pk}@hanse"), door).kind == "rsvp"
    anas.refresh_from_db()
    assert (anas.answer, anas.answered_by) == ("accepted", "calendar")
    letters = OutboxItem.objects.filter(key__startswith="meeting:")
    assert letters.count() == 2
    entry = letters.get(payload__to="ana@partners.example").payload["calendar"]
    assert (entry["method"], "ben@partners.example" in entry["text"]) == ("REQUEST", False)


def test_what_is_written_beside_a_calendars_answer_waits_for_us(cast: Cast, door: MailDoor) -> None:
    meeting = plan_meeting(
        cast.program, kind="call", title="Spring", starts_at=make.at(3), minutes=30, now=make.at(), by="t"
    )
    invite(meeting, [cast.anas], now=make.at(), by="t")
    row = MeetingInvitation.objects.get()
    take(mails.rsvp(f"{row.pk}@hanse", answer="DECLINED", comment="Could we do three o'clock?"), door)
    thread = Conversation.objects.get()
    assert (thread.partner_id, thread.status) == (cast.ana.pk, "open")
    assert thread.entries.get().text == "Could we do three o'clock?"
    row.refresh_from_db()
    assert row.answer == "declined"


def test_a_yes_to_the_old_time_is_no_yes_to_the_new_one(cast: Cast, door: MailDoor) -> None:
    old, new = make.at(3), make.at(4)
    meeting = plan_meeting(cast.program, kind="call", title="Spring", starts_at=old, minutes=30, now=make.at(), by="t")
    invite(meeting, [cast.anas], now=make.at(), by="t")
    change_meeting(
        meeting, title="Spring", starts_at=new, minutes=30, place="", agenda="", now=make.at(hours=1), by="t"
    )
    row = MeetingInvitation.objects.get()
    take(mails.rsvp(f"{row.pk}@hanse", sequence=0, starts=f"{old:%Y%m%dT%H%M%SZ}"), door, 2)
    row.refresh_from_db()
    assert row.answer == "none"
    take(mails.rsvp(f"{row.pk}@hanse", sequence=1, starts=f"{new:%Y%m%dT%H%M%SZ}"), door, 3)
    row.refresh_from_db()
    assert row.answer == "accepted"


def test_an_answer_of_a_machine_waits_for_nobody(cast: Cast, door: MailDoor) -> None:
    take(mails.plain("When?", Message_ID="<1@mail.example>"), door)
    said = answer(Conversation.objects.get(), text="Soon.", now=make.at(hours=1), by=cast.ruth)
    away = mails.plain("I am away", Auto_Submitted="auto-replied", In_Reply_To=f"<{said.letter_id}@hanse>")
    assert take(away, door, 2).kind == "automatic"
    assert Conversation.objects.get().status == "answered"
    assert take(mails.plain("Newsletter", subject="News", List_Id="<x>", sender="x@y.example"), door, 2).entry is None


def test_a_question_that_comes_by_the_teams_group_is_from_a_person(cast: Cast, door: MailDoor) -> None:
    group = {
        "Precedence": "list",
        "List_ID": "<partners.harbour.example>",
        "List_Post": "<mailto:partners@harbour.example>",
    }
    taken = take(
        mails.plain("When am I paid?", to="partners@harbour.example", **group), door, to=("team@harbour.example",)
    )
    assert taken.kind == "message"
    assert Conversation.objects.get().promised_at == make.at(hours=24)
    news = mails.plain("Buy", subject="Sale", sender="x@y.example", List_Id="<x>", List_Post="NO", Precedence="list")
    assert take(news, door).entry is None


def test_rules_route_by_what_is_said_and_who_says_it(cast: Cast, door: MailDoor) -> None:
    add_rule(
        cast.program, name="API", topic="product", assignee=cast.ruth, now=make.at(), by="t",
        condition={"any": [{"field": "message.text", "op": "contains", "value": "API"},
                           {"field": "partner.types", "op": "in", "value": ["agency"]}]},
    )  # fmt: skip
    take(mails.plain("Is there an api for this?"), door)
    thread = Conversation.objects.get()
    assert (thread.topic, thread.assignee) == ("product", cast.ruth)
    bad = {"field": "message.secret", "op": "eq", "value": "x"}
    with pytest.raises(Invalid):
        add_rule(cast.program, name="x", topic="support", condition=bad, now=make.at(), by="t")


def test_nothing_is_routed_to_somebody_who_left(cast: Cast, door: MailDoor) -> None:
    condition = {"field": "message.subject", "op": "contains", "value": "question"}
    gone = make.manager("gone@harbour.example")
    add_rule(cast.program, name="Q", condition=condition, topic="support", assignee=gone, now=make.at(), by="t")
    gone.is_active = False
    gone.save()
    take(mails.plain("When?", Message_ID="<1@mail.example>"), door)
    assert Conversation.objects.get().assignee is None
    cast.ana.owner = cast.ruth
    cast.ana.save()
    take(mails.plain("When?", subject="Another question", Message_ID="<2@mail.example>"), door)
    assert Conversation.objects.get(subject="Another question").assignee == cast.ruth


def test_the_top_tier_has_an_urgent_line(cast: Cast, door: MailDoor) -> None:
    power = Tier.objects.get(program=cast.program, key="power")
    type(cast.anas).objects.filter(pk=cast.anas.pk).update(tier=power)
    set_care(power, answer_hours=4, silence_days=7, is_urgent=True, now=make.at(), by="t")
    take(mails.plain("Hello?"), door)
    thread = Conversation.objects.get()
    assert (thread.is_urgent, thread.promised_at) == (True, make.at(hours=4))


def test_our_silence_is_found_by_the_limit_of_the_tier_and_ends_when_somebody_speaks(cast: Cast) -> None:
    def look(days: float) -> list[str]:
        keep_our_silence(cast.program.pk, look_for_our_silence(cast.program, make.at(days)))
        return [one.name for one in our_silence(cast.program.pk, make.at(days))]

    assert look(0) == ["Ana", "Ben"]
    log_talk(cast.anas, how="call", text="We spoke about June.", now=make.at(), by=cast.ruth)
    assert [one.name for one in our_silence(cast.program.pk, make.at())] == ["Ben"]
    assert look(0) == ["Ben"]
    assert look(21) == ["Ben"]
    assert look(22) == ["Ben", "Ana"]
    assert Conversation.objects.get().status == "closed"


def test_a_reply_to_a_note_of_ours_comes_into_its_thread(cast: Cast, door: MailDoor) -> None:
    entry = write_first(cast.anas, subject="June", text="What are you planning?", now=make.at(), by=cast.ruth)
    from hanse.growth.sends.models import Send

    letter = new_id()
    Send.objects.update(letter_id=letter, queued_at=make.at(), state="queued")
    raw = mails.plain("A series.", subject="AW: something", References=f"<{letter}@hanse>")
    taken = take(raw, door, 1)
    assert taken.kind == "reply"
    assert taken.entry is not None
    assert taken.entry.conversation_id == entry.conversation_id
    assert Send.objects.get().replied_at == make.at(hours=1)


def test_an_out_of_office_answer_is_no_reply_to_our_note(cast: Cast, door: MailDoor) -> None:
    from hanse.growth.sends.models import Send

    write_first(cast.anas, subject="June", text="Shall we?", now=make.at(), by=cast.ruth)
    letter = new_id()
    Send.objects.update(letter_id=letter, queued_at=make.at(), state="queued")
    away = mails.plain("I am away", subject="Re: June", Auto_Submitted="auto-replied", In_Reply_To=f"<{letter}@hanse>")
    assert take(away, door, 1).kind == "automatic"
    assert Send.objects.get().replied_at is None
    take(mails.plain("Yes.", subject="Re: June", In_Reply_To=f"<{letter}@hanse>"), door, 2)
    assert Send.objects.get().replied_at == make.at(hours=2)


def test_addresses_belong_to_one_program_with_or_without_a_plus(cast: Cast, door: MailDoor) -> None:
    assert [one.pk for one in doors_for(["Team+x@harbour.example"])] == [door.pk]
    other = door_of(make.program("quay"), make.at())
    with pytest.raises(Invalid):
        set_door(other, address="team@harbour.example", mentions_address="", now=make.at(), by="t")
    with pytest.raises(Invalid):
        set_door(other, address="a@b.example\nBcc: x@y.example", mentions_address="", now=make.at(), by="t")


def test_a_message_id_with_a_nul_in_it_does_not_stop_the_mail(cast: Cast, door: MailDoor) -> None:
    for number, name in enumerate((b"Message-ID: <a\0b@x.example>", b"References: <c\0d@x.example>")):
        raw = mails.plain(f"Mail {number}").replace(b"\n\n", b"\n" + name + b"\n\n", 1)
        assert take(raw, door).kind == "message"


def test_a_hostile_mail_is_kept_as_one_that_could_not_be_read(cast: Cast, door: MailDoor) -> None:
    raw = mails.plain("x", Message_ID="<9@mail.example>").replace(b"\n\n", b"\n" + b"X: boundary\n" * 100 + b"\n", 1)
    taken = take(raw, door)
    assert taken.note == "too_nested"
    assert "could not be read" in Entry.objects.get().text
