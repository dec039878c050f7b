"""One row for each person and letter: planned once, held back, sent once; and who may be written to at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from hanse.growth.newsletters.actions import cancel_newsletter, keep_newsletter, schedule_newsletter
from hanse.growth.newsletters.models import Newsletter
from hanse.growth.newsletters.sending import left_to_plan, plan_part, to_be_planned
from hanse.growth.reach import actions as reach
from hanse.growth.reach.actions import choose_letters, note_bounce, note_complaint, reopen_address, stop_letters
from hanse.growth.reach.queries import choices_of, may_write
from hanse.growth.reach.rules import OPTIONAL
from hanse.growth.sends import sending, tokens
from hanse.growth.sends.actions import Measured, note_click, note_reply, plan_send, send_note
from hanse.growth.sends.models import Send
from hanse.growth.sends.queries import letters_to
from hanse.growth.sends.results import results_by_letter
from hanse.growth.sends.sending import due_part, fill_part, hold_back, note_delivered, queue_part
from hanse.growth.sends.types import Priority
from hanse.growth.templates.actions import keep_message
from hanse.kernel.errors import Invalid, Refused
from hanse.people.partners.actions import archive_partner
from hanse.people.partners.models import Partner
from hanse.programs.programs.actions import archive_program
from hanse.programs.tiers.models import Tier
from hanse.runtime.letters import plan_newsletters, queue_due_letters
from hanse.runtime.schedule import send_letters
from hanse.spine.outbox.actions import claim, enqueue_mail
from hanse.spine.outbox.models import OutboxItem
from hanse.traffic.coupons.models import Coupon
from tests import cast, make
from tests.cast import Cast
from tests.growth import post

MONDAY = datetime(2026, 5, 11, 10, 0, tzinfo=UTC)


@pytest.fixture
def actors(db: None) -> Cast:
    return cast.build()


def test_the_same_cause_writes_to_nobody_twice(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    people = [actors.anas.pk, actors.bens.pk, actors.anas.pk]
    assert plan_send(version, people, reason=Priority.NEWSLETTER, key="spring", now=MONDAY) == 2
    assert plan_send(version, people, reason=Priority.NEWSLETTER, key="spring", now=MONDAY) == 0
    assert post.pass_time(MONDAY) == 2
    assert post.pass_time(MONDAY) == 0
    assert plan_send(version, people, reason=Priority.NEWSLETTER, key="spring", now=MONDAY) == 0
    assert sorted(str(mail["to"]) for mail in post.mails()) == [actors.ana.email, actors.ben.email]


def test_a_letter_carries_its_own_message_id_the_way_out_and_counted_links(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk], reason=Priority.NEWSLETTER, key="spring", now=MONDAY)
    post.pass_time(MONDAY)
    send, item = Send.objects.get(), OutboxItem.objects.get()
    assert send.letter_id == item.pk
    assert (send.state, send.subject) == ("queued", "Spring for Ana")
    mail, html, text = item.payload, item.payload["html"], item.payload["text"]
    assert mail["headers"]["List-Unsubscribe"] == f"<{tokens.stop_address(send.pk)}>"
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert tokens.stop_address(send.pk) in html
    assert tokens.stop_address(send.pk) in text
    assert tokens.picture_address(send.pk) in html
    counted_link = tokens.link_address(send.pk, "https://shop.example/spring")
    assert counted_link in text
    assert counted_link in html.replace("&amp;", "&")
    assert 'href="https://shop.example' not in html


def test_links_to_strangers_are_left_as_they_are(actors: Cast) -> None:
    body = "[Read](https://elsewhere.example/a) and [buy](https://shop.example.evil.example/)"
    version = post.version(actors.program, MONDAY, body=body)
    plan_send(version, [actors.anas.pk], reason=Priority.NEWSLETTER, key="spring", now=MONDAY)
    post.pass_time(MONDAY)
    html = str(post.mails()[0]["html"])
    assert 'href="https://elsewhere.example/a"' in html
    assert 'href="https://shop.example.evil.example/"' in html


def test_a_person_gets_one_letter_a_day_and_the_more_important_one_first(actors: Cast) -> None:
    news, notice = (
        post.version(actors.program, MONDAY),
        post.version(actors.program, MONDAY, name="Fault", kind="honesty"),
    )
    plan_send(news, [actors.anas.pk], reason=Priority.NEWSLETTER, key="news", now=MONDAY)
    plan_send(notice, [actors.anas.pk], reason=Priority.HONESTY, key="fault", now=MONDAY)
    assert post.pass_time(MONDAY) == 1
    assert [mail["subject"] for mail in post.mails()] == ["Fault for Ana"]
    assert post.pass_time(MONDAY + timedelta(hours=3)) == 0
    assert post.pass_time(MONDAY + timedelta(hours=24)) == 1
    assert [one.subject for one in letters_to([actors.anas.pk])] == ["Spring for Ana", "Fault for Ana"]


def test_a_person_in_two_programs_has_one_calendar(actors: Cast) -> None:
    other = make.program("pier")
    twice = make.enrolment(actors.ana, other)
    for program, who in ((actors.program, actors.anas), (other, twice)):
        version = post.version(program, MONDAY)
        plan_send(version, [who.pk], reason=Priority.NEWSLETTER, key="news", now=MONDAY)
    assert post.pass_time(MONDAY) == 1


def test_letters_wait_for_the_morning_of_each_reader(actors: Cast) -> None:
    actors.ana.time_zone, actors.ben.time_zone = "America/Los_Angeles", "Europe/London"
    actors.ana.save()
    actors.ben.save()
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk, actors.bens.pk], reason=Priority.NEWSLETTER, key="news", now=MONDAY)
    assert post.pass_time(MONDAY) == 1, "it is three in the morning in Los Angeles"
    assert Send.objects.get(partner=actors.ana).due_at == datetime(2026, 5, 11, 15, 0, tzinfo=UTC)
    assert post.pass_time(MONDAY + timedelta(hours=5)) == 1


def test_a_restart_between_filling_and_queueing_neither_loses_nor_doubles(
    actors: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = post.version(actors.program, MONDAY)
    people = [make.enrolment(make.partner(f"Reader {n}"), actors.program).pk for n in range(7)]
    plan_send(version, people, reason=Priority.NEWSLETTER, key="spring", now=MONDAY)
    stopped = due_part(MONDAY, 3)
    fill_part(stopped, MONDAY)  # and the process is gone

    real, calls = sending.enqueue_bulk, []

    def dies_once(mails: object, *, now: datetime) -> None:
        real(mails, now=now)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")

    monkeypatch.setattr(sending, "enqueue_bulk", dies_once)
    monkeypatch.setattr("hanse.runtime.letters.AT_ONCE", 3)
    for _try in range(6):
        try:
            queue_due_letters(MONDAY)
        except RuntimeError:
            assert Send.objects.filter(state="queued").count() == OutboxItem.objects.count() == 3
    with transaction.atomic():
        assert queue_part(stopped, MONDAY) == 0, "what another process filled before is not queued again"
    assert OutboxItem.objects.count() == len(people)
    assert Send.objects.filter(state="queued").count() == len(people)


def test_a_letter_whose_facts_are_all_missing_is_dropped(actors: Cast) -> None:
    body = '{% fact "best_product" %}\n\n{{ fact.sentence }}\n\n{% endfact %}'
    version = post.version(actors.program, MONDAY, body=body)
    plan_send(version, [actors.anas.pk], reason=Priority.SEQUENCE, key="x", now=MONDAY)
    assert post.pass_time(MONDAY) == 0
    assert Send.objects.get().dropped_why == "empty"


def test_whoever_left_the_program_or_switched_a_kind_off_gets_it_no_more(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk, actors.bens.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    stop_letters(actors.ana, "newsletter", how="portal", now=MONDAY)
    make.change_status(actors.bens, "ended", MONDAY)
    assert post.pass_time(MONDAY) == 0
    assert dict(Send.objects.values_list("partner__name", "dropped_why")) == {
        "Ana": "switched_off",
        "Ben": "not_active",
    }


def test_after_a_hard_bounce_nothing_goes_there_until_a_person_opens_the_address_again(actors: Cast) -> None:
    ids = [actors.ana.pk, actors.ben.pk]
    assert note_bounce("ANA@partners.example", True, MONDAY)
    assert may_write(ids, "transactional") == may_write(ids, "note") == may_write(ids, "newsletter") == {actors.ben.pk}
    with pytest.raises(Refused):
        send_note(actors.anas, subject="Hello", text="There?", by="ruth", now=MONDAY)
    assert reopen_address("ana@partners.example", now=MONDAY, by="ruth")
    assert may_write(ids, "newsletter") == set(ids)


def test_after_a_complaint_only_what_is_owed_goes_out(actors: Cast) -> None:
    assert note_complaint(actors.ana.email, MONDAY)
    assert not note_complaint(actors.ana.email, MONDAY)
    for kind in (*OPTIONAL, "note"):
        assert may_write([actors.ana.pk], kind) == set()
    assert may_write([actors.ana.pk], "honesty") == may_write([actors.ana.pk], "transactional") == {actors.ana.pk}


def test_a_complaint_outlives_the_bounce_that_came_after_it(actors: Cast) -> None:
    note_complaint(actors.ana.email, MONDAY)
    note_bounce(actors.ana.email, True, MONDAY + timedelta(days=1))
    reopen_address(actors.ana.email, now=MONDAY + timedelta(days=2), by="ruth")
    assert may_write([actors.ana.pk], "newsletter") == set()
    assert may_write([actors.ana.pk], "transactional") == {actors.ana.pk}
    reopen_address(actors.ana.email, now=MONDAY + timedelta(days=3), by="ruth")
    assert may_write([actors.ana.pk], "newsletter") == {actors.ana.pk}


def test_passing_bounces_from_before_a_person_made_sure_count_no_more(actors: Cast) -> None:
    for day in range(3):
        note_bounce(actors.ana.email, False, MONDAY + timedelta(days=day))
    assert may_write([actors.ana.pk], "transactional") == set()
    reopen_address(actors.ana.email, now=MONDAY + timedelta(days=3), by="ruth")
    assert not note_bounce(actors.ana.email, False, MONDAY + timedelta(days=4))
    assert may_write([actors.ana.pk], "transactional") == {actors.ana.pk}


def test_a_bounce_is_noted_on_the_letter_that_came_back(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    post.pass_time(MONDAY)
    assert not note_bounce(actors.ana.email, False, MONDAY + timedelta(hours=1))
    assert Send.objects.get().bounced_at == MONDAY + timedelta(hours=1)


def test_choices_are_kept_and_told_once(actors: Cast) -> None:
    assert all(choices_of(actors.ana.pk).values())
    assert stop_letters(actors.ana, "ideas", how="one_click", now=MONDAY)
    assert not stop_letters(actors.ana, "ideas", how="one_click", now=MONDAY)
    assert not stop_letters(actors.ana, "honesty", how="one_click", now=MONDAY), "it is owed"
    assert [kind for kind, is_on in choices_of(actors.ana.pk).items() if not is_on] == ["ideas"]
    assert choose_letters(actors.ana, OPTIONAL, how="portal", now=MONDAY, by="ana") == ["ideas"]
    assert all(choices_of(actors.ana.pk).values())


def test_a_note_waits_for_the_morning_and_an_answer_does_not(actors: Cast) -> None:
    night = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)
    send_note(actors.anas, subject="Well done", text="Your first sale!\n\nRuth", by="ruth", now=night)
    answer = send_note(
        actors.anas,
        subject="Re: A question",
        text="Yes.",
        by="ruth",
        now=night,
        is_answer=True,
        answers="<q@ana.example>",
    )
    assert post.pass_time(night) == 1
    mail = post.mails()[0]
    assert mail["headers"] == {"In-Reply-To": "<q@ana.example>", "References": "<q@ana.example>"}
    answer.refresh_from_db()
    assert note_reply(answer.letter_id, night) == answer  # type: ignore[arg-type]
    assert post.pass_time(MONDAY) == 1
    assert "Your first sale!" in str(post.mails()[1]["text"])


@pytest.mark.parametrize("subject", ["", "Hello\r\nBcc: all@example.org", "x" * 201])
def test_a_note_with_a_subject_that_could_forge_headers_is_refused(actors: Cast, subject: str) -> None:
    with pytest.raises(Invalid):
        send_note(actors.anas, subject=subject, text="Hello", by="ruth", now=MONDAY)


def test_held_out_people_get_nothing_and_the_strategic_track_always_does(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    people = [make.enrolment(make.partner(f"Reader {n}"), actors.program).pk for n in range(40)]
    how = Measured("sale", 14, "spring", 500_000, never=people[:20])
    plan_send(version, people, reason=Priority.NEWSLETTER, key="spring", now=MONDAY, measured=how)
    held = set(Send.objects.filter(state="held_out").values_list("enrolment_id", flat=True))
    assert held
    assert held.isdisjoint(people[:20])
    assert set(Send.objects.filter(is_drawn=True).values_list("enrolment_id", flat=True)) == set(people[20:])
    assert post.pass_time(MONDAY) == 40 - len(held)


def test_what_the_mail_server_took_is_delivered_and_what_was_given_up_is_dropped(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk, actors.bens.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    post.pass_time(MONDAY)
    ana, ben = Send.objects.get(partner=actors.ana), Send.objects.get(partner=actors.ben)
    OutboxItem.objects.filter(pk=ana.letter_id).update(done_at=MONDAY + timedelta(minutes=1))
    OutboxItem.objects.filter(pk=ben.letter_id).update(failed_at=MONDAY)
    assert note_delivered(MONDAY) == 2
    ana.refresh_from_db()
    ben.refresh_from_db()
    assert (ana.state, ana.delivered_at) == ("sent", MONDAY + timedelta(minutes=1))
    assert (ben.state, ben.dropped_why) == ("dropped", "failed")
    note_click(ana.pk, MONDAY)
    ana.refresh_from_db()
    assert ana.clicked_at == MONDAY


def test_letters_to_many_wait_behind_a_sign_in_link(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    post.pass_time(MONDAY)
    later = MONDAY + timedelta(minutes=5)
    enqueue_mail("sign-in:1", to="ben@partners.example", subject="In", text="In", html="", language="en", now=later)
    assert [item.key for item in claim(1, later)] == ["sign-in:1"]


def test_a_letter_reaches_the_mail_folder_with_its_headers(actors: Cast, settings: object, tmp_path: object) -> None:
    settings.DATA_DIR, settings.HANSE_SMTP_URL = tmp_path, ""  # type: ignore[attr-defined]
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    post.pass_time(MONDAY)
    assert send_letters(MONDAY) == 1
    (file,) = (tmp_path / "mail").iterdir()  # type: ignore[operator]
    raw = file.read_text()
    send = Send.objects.get()
    assert f"Message-ID: <{send.letter_id}@hanse>" in raw
    assert re.search(r"^List-Unsubscribe-Post: List-Unsubscribe=One-Click$", raw, re.MULTILINE)


def test_deciding_and_filling_ask_as_often_for_many_as_for_few(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    known = []
    for many in (3, 30):
        people = [make.enrolment(make.partner(f"{many} {n}"), actors.program).pk for n in range(many)]
        plan_send(version, people, reason=Priority.NEWSLETTER, key=str(many), now=MONDAY)
        with CaptureQueriesContext(connection) as asked:
            part = due_part(MONDAY)
            fill_part(part, MONDAY)
        known.append(len(asked))
        with transaction.atomic():
            queue_part(part, MONDAY)
    assert known[0] == known[1]


def _newsletter(actors: Cast, readers: int) -> Newsletter:
    for number in range(readers):
        make.enrolment(make.partner(f"Reader {number}"), actors.program)
    sections = [{"text": "Hello {{ partner.first_name }}."}]
    row = keep_newsletter(actors.program, now=MONDAY, by="ruth", name="May", subject="May", sections=sections)
    schedule_newsletter(row, MONDAY, now=MONDAY, by="ruth")
    return row


def test_a_newsletter_called_off_while_it_is_planned_goes_to_nobody(
    actors: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = _newsletter(actors, 6)
    monkeypatch.setattr("hanse.runtime.letters.PLANNED_AT_ONCE", 3)

    def call_off(_seconds: float) -> None:
        if Send.objects.count() == 3:  # after the first part of three
            cancel_newsletter(Newsletter.objects.get(pk=row.pk), now=MONDAY, by="ruth")

    monkeypatch.setattr("hanse.runtime.letters.time.sleep", call_off)
    plan_newsletters(MONDAY)
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert not Send.objects.filter(state="planned").exists()
    assert post.pass_time(MONDAY) == 0


def test_a_newsletter_taken_back_to_be_changed_while_it_is_planned_waits_as_a_draft(actors: Cast) -> None:
    row = _newsletter(actors, 0)
    (read,) = to_be_planned(MONDAY)
    changed = {"name": "May", "subject": "May", "sections": [{"text": "Another text."}]}
    keep_newsletter(actors.program, now=MONDAY, by="ruth", instead_of=row, **changed)  # type: ignore[arg-type]
    assert plan_part(read, left_to_plan(read, MONDAY), MONDAY) == 0
    row.refresh_from_db()
    assert row.state == "draft"


def _queued(actors: Cast, **columns: object) -> Send:
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    assert post.pass_time(MONDAY) == 1
    return Send.objects.get()


def _mail_files(tmp_path: Path) -> int:
    return len(list((tmp_path / "mail").glob("*.eml"))) if (tmp_path / "mail").exists() else 0


def test_who_stops_a_kind_while_no_mail_server_answers_does_not_get_the_letter_that_waited(
    actors: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR, settings.HANSE_SMTP_URL = tmp_path, ""
    send = _queued(actors)
    stop_letters(actors.ana, "newsletter", how="one_click", now=MONDAY)
    send_letters(MONDAY + timedelta(hours=2))
    assert _mail_files(tmp_path) == 0
    send.refresh_from_db()
    assert (send.state, send.dropped_why, send.queued_at) == ("dropped", "switched_off", None)
    assert not OutboxItem.objects.exists()


def test_a_letter_that_waited_for_the_mail_server_into_the_night_goes_in_the_morning(
    actors: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR, settings.HANSE_SMTP_URL = tmp_path, ""
    send = _queued(actors)
    night, morning = MONDAY.replace(hour=23), MONDAY.replace(hour=8) + timedelta(days=1)
    send_letters(night)
    assert _mail_files(tmp_path) == 0
    send.refresh_from_db()
    assert (send.state, send.due_at) == ("planned", morning)
    assert queue_due_letters(morning) == 1
    assert send_letters(morning) == 1
    assert _mail_files(tmp_path) == 1


def test_holding_letters_back_asks_as_often_for_many_as_for_few(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    known = []
    for many in (2, 20):
        people = [make.enrolment(make.partner(f"{many} {n}"), actors.program).pk for n in range(many)]
        plan_send(version, people, reason=Priority.NEWSLETTER, key=str(many), now=MONDAY)
        post.pass_time(MONDAY)
        ids = list(Send.objects.filter(key=str(many)).values_list("letter_id", flat=True))
        with CaptureQueriesContext(connection) as asked:
            assert hold_back([pk for pk in ids if pk], MONDAY) == set()
        known.append(len(asked))
    assert known[0] == known[1]


def test_a_partner_who_was_put_away_gets_no_letter_that_was_planned_before(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk], reason=Priority.SEQUENCE, key="x", now=MONDAY)
    archive_partner(actors.ana, now=MONDAY, by="ruth")
    assert post.pass_time(MONDAY) == 0
    assert Send.objects.get().dropped_why == "not_active"


def test_a_large_newsletter_lets_sign_in_links_go_between_and_reaches_everybody_once(
    actors: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = _newsletter(actors, 6)
    monkeypatch.setattr("hanse.runtime.letters.PLANNED_AT_ONCE", 2)
    monkeypatch.setattr("hanse.runtime.letters.TURN_SECONDS", 0)
    assert plan_newsletters(MONDAY) == 2, "a turn is over after one part, however many are left"
    while plan_newsletters(MONDAY):
        pass
    row.refresh_from_db()
    assert (row.state, row.planned_count) == ("sent", 8)
    assert Send.objects.count() == 8


def test_a_letter_that_no_mail_server_took_is_counted_as_sent_nowhere(actors: Cast) -> None:
    send = _queued(actors)
    OutboxItem.objects.update(failed_at=MONDAY)
    note_delivered(MONDAY)
    (row,) = results_by_letter(actors.program.pk, MONDAY, MONDAY + timedelta(days=1))
    assert (row.sent, row.dropped) == (0, 1)
    send.refresh_from_db()
    assert not letters_to([actors.anas.pk]).exists()


def test_partners_of_a_program_that_was_put_away_get_no_newsletter_of_it(actors: Cast) -> None:
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    archive_program(actors.program, now=MONDAY, by="ruth")
    assert post.pass_time(MONDAY) == 0
    assert Send.objects.get().dropped_why == "not_active"


def test_whoever_moved_to_a_tier_that_reads_no_section_gets_no_empty_newsletter(actors: Cast) -> None:
    power, new = (Tier.objects.get(program=actors.program, key=key) for key in ("power", "new"))
    actors.anas.tier = power
    actors.anas.save()
    sections = [{"text": "A call with us.", "tiers": ["power"]}]
    row = keep_newsletter(actors.program, now=MONDAY, by="ruth", name="May", subject="May", sections=sections)
    schedule_newsletter(row, MONDAY, now=MONDAY, by="ruth")
    assert plan_newsletters(MONDAY) == 1
    actors.anas.tier = new
    actors.anas.save()
    assert post.pass_time(MONDAY) == 0
    assert Send.objects.get().dropped_why == "empty"


def test_a_letter_whose_subject_is_not_for_its_reader_is_dropped(actors: Cast) -> None:
    contents = {"en": {"subject": "{% if coupon.code %}Use {{ coupon.code }}{% endif %}", "body": "Hello."}}
    version = keep_message(actors.program, name="Code", kind="ideas", contents=contents, now=MONDAY, by="ruth")
    Coupon.objects.filter(enrolment=actors.anas).update(archived_at=MONDAY)
    plan_send(version, [actors.anas.pk, actors.bens.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    assert post.pass_time(MONDAY) == 1
    assert [mail["subject"] for mail in post.mails()] == ["Use BEN10"]


def test_two_kinds_that_are_stopped_at_once_are_both_stopped(actors: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = reach._off, []

    def other_comes_between(partner: Partner) -> Any:
        found = real(partner)
        if not asked:
            asked.append(1)
            stop_letters(actors.ana, "newsletter", how="one_click", now=MONDAY)
        return found

    monkeypatch.setattr(reach, "_off", other_comes_between)
    assert stop_letters(actors.ana, "ideas", how="one_click", now=MONDAY)
    assert {kind for kind, is_on in choices_of(actors.ana.pk).items() if not is_on} == {"newsletter", "ideas"}
