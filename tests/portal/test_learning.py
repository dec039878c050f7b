"""Lessons, seats and secrets in the portal: nothing of an embargo is told anywhere before the yes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from hanse.growth.meetings.actions import note_held, plan_meeting
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.meetings.seating import add_recording, set_session, take_seat
from hanse.growth.roadmap.actions import keep_preview, publish_preview
from hanse.growth.roadmap.models import EmbargoAcceptance, Preview, PreviewSight
from hanse.growth.training.actions import keep_lesson, publish_lesson
from hanse.growth.training.models import Lesson, LessonProgress
from hanse.insight.events.models import PartnerEvent
from hanse.kernel.ids import text_id
from hanse.people.access.actions import create_key
from tests.conftest import Clock
from tests.portal.conftest import Portal

BY = "ruth@harbour.example"


def _preview(portal: Portal, clock: Clock) -> Preview:
    row = keep_preview(
        portal.cast.program, teaser="For long evenings", title="The Aurora lantern", text="It is **lit** from within.",
        address="https://shop.example/aurora-lantern", embargo_until=clock.now + timedelta(days=9),
        embargo_text="Please keep it.", words=["Aurora"], feature="aurora-shop", now=clock.now, by=BY,
    )  # fmt: skip
    return publish_preview(row, now=clock.now, by=BY)


def _lesson(portal: Portal, clock: Clock) -> Lesson:
    questions = [
        {"text": "Where?", "options": ["At the end", "Near <b>it</b>"], "right": 1, "why": "They look there."},
        {"text": "How often?", "options": ["Once", "Twice"], "right": 0},
    ]
    row = keep_lesson(
        portal.cast.program, title="Place a link", text="# Near\n\n<script>x</script>", questions=questions,
        now=clock.now, by=BY,
    )  # fmt: skip
    return publish_lesson(row, now=clock.now, by=BY)


def test_nothing_of_an_embargo_is_told_before_the_yes(portal: Portal, ana: Client, clock: Clock) -> None:
    """In no page of the portal, in no search, in no export and in no answer about her by the API."""
    preview = _preview(portal, clock)
    one = reverse("portal:coming_one", args=[text_id("prv", preview.pk)])
    pages = [
        reverse("portal:home"), reverse("portal:coming"), one, reverse("portal:export"), reverse("portal:messages"),
        reverse("portal:resources"), f"{reverse('portal:library')}?q=aurora", f"{reverse('portal:faq')}?q=Aurora",
        reverse("portal:calendar"), reverse("portal:kits"), reverse("portal:lessons"),
    ]  # fmt: skip
    for page in pages:
        answer = ana.get(page)
        assert answer.status_code == 200, page
        body = answer.content.decode().lower()
        assert "aurora" not in body.replace("q=aurora", "").replace('value="aurora"', "").replace("“aurora”", ""), page
        assert "lit</strong> from within" not in body, page
    assert b"For long evenings" in ana.get(reverse("portal:home")).content
    assert not PreviewSight.objects.exists()
    enrolment = text_id("enr", portal.cast.anas.pk)
    _key, secret = create_key(name="shop", scopes=["read"], program=None, now=clock.now, by=BY)
    shop = Client(headers={"Authorization": f"Bearer {secret}"})

    def told() -> tuple[str, list[str]]:
        shown = shop.get(f"/v1/enrolments/{enrolment}/previews").content.decode()
        return shown, shop.get(f"/v1/enrolments/{enrolment}/features").json()["data"]

    shown, features = told()
    assert "urora" not in shown
    assert features == []
    accept = reverse("portal:coming_accept", args=[text_id("prv", preview.pk)])
    ana.post(accept, {"digest": "0" * 64})  # the embargo that she read is another one now
    assert not EmbargoAcceptance.objects.exists()
    ana.post(accept, {"digest": preview.embargo_digest})
    made = EmbargoAcceptance.objects.get()
    assert (made.by, made.enrolment_id, made.text) == (
        portal.cast.anas_login.email,
        portal.cast.anas.pk,
        "Please keep it.",
    )
    assert "<strong>lit</strong> from within" in ana.get(one).content.decode()
    seen = PreviewSight.objects.get()
    assert (seen.by, seen.number, seen.times) == (portal.cast.anas_login.email, 1, 1)
    shown, features = told()
    assert "Aurora lantern" in shown
    assert features == ["aurora-shop"]
    assert "Please keep it." in json.dumps(ana.get(reverse("portal:export")).json())


def test_whoever_looks_over_her_shoulder_accepts_and_sees_nothing(portal: Portal, ruth: Client, clock: Clock) -> None:
    preview = _preview(portal, clock)
    text = text_id("prv", preview.pk)
    ruth.post(reverse("portal:view_as", args=[text_id("prt", portal.cast.ana.pk)]))
    ruth.get(reverse("portal:view_as", args=[text_id("prt", portal.cast.ana.pk)]))
    ruth.post(reverse("portal:coming_accept", args=[text]), {"digest": preview.embargo_digest})
    page = ruth.get(reverse("portal:coming_one", args=[text]))
    assert b"urora" not in page.content
    assert not EmbargoAcceptance.objects.exists()
    lesson = _lesson(portal, clock)
    assert ruth.get(reverse("portal:lesson", args=[lesson.key])).status_code == 200
    ruth.post(reverse("portal:lesson", args=[lesson.key]), {"number": "1", "q0": "1", "q1": "0"})
    assert not LessonProgress.objects.exists()


def test_a_lesson_is_read_answered_and_done(portal: Portal, ana: Client, clock: Clock) -> None:
    lesson = _lesson(portal, clock)
    path = reverse("portal:lesson", args=[lesson.key])
    page = ana.get(path).content.decode()
    assert "&lt;script&gt;" in page
    assert "Near &lt;b&gt;it&lt;/b&gt;" in page
    assert "They look there" not in page  # the reason would give the answer away
    missing = ana.post(path, {"number": "1", "q0": "1"})
    assert missing.status_code == 422
    assert "Choose one answer" in missing.content.decode()
    wrong = ana.post(path, {"number": "1", "q0": "0", "q1": "0"}, follow=True).content.decode()
    assert "1 of 2 right" in wrong
    assert "They look there" not in wrong
    stale = ana.post(path, {"number": "9", "q0": "1", "q1": "0"})
    assert stale.status_code == 422
    done = ana.post(path, {"number": "1", "q0": "1", "q1": "0"}, follow=True).content.decode()
    assert "They look there" in done
    assert LessonProgress.objects.get().done_at is not None
    assert "You have done <b>1</b> of 1" in ana.get(reverse("portal:lessons")).content.decode()
    for hostile in ("../x", "l" * 300, "nothing"):
        assert ana.get(f"/p/resources/lessons/{hostile}").status_code == 404


def test_a_seat_is_taken_given_back_and_a_recording_watched(portal: Portal, ana: Client, clock: Clock) -> None:
    program, now = portal.cast.program, clock.now
    meeting = plan_meeting(
        program, kind="webinar", title="First sale", starts_at=now + timedelta(days=2), minutes=30,
        place="https://meet.example/secret-room", now=now, by=BY,
    )  # fmt: skip
    set_session(meeting, seats=1, now=now, by=BY)
    take_seat(meeting, portal.cast.bens, way="portal", now=now)
    path = reverse("portal:session_seat", args=[text_id("mtg", meeting.pk)])
    ana.post(path, {"act": "take"})
    mine = MeetingInvitation.objects.get(enrolment=portal.cast.anas)
    assert mine.answer == "waiting"
    page = ana.get(reverse("portal:lessons")).content.decode()
    assert "in line, place 1" in page
    assert "secret-room" not in page
    ana.post(path, {"act": "back"})
    mine.refresh_from_db()
    assert mine.answer == "declined"
    watch = reverse("portal:recording", args=[text_id("mtg", meeting.pk)])
    assert ana.post(watch).status_code == 404
    clock.set(now + timedelta(days=3))
    note_held(meeting, there=[], now=clock.now, by=BY)
    add_recording(meeting, "https://video.example/1", now=clock.now, by=BY)
    assert ana.post(watch)["Location"] == "https://video.example/1"
    assert PartnerEvent.objects.filter(kind="recording", enrolment_id=portal.cast.anas.pk).count() == 1


@pytest.mark.parametrize("name", ["lessons", "coming"])
def test_the_lists_take_as_many_queries_for_many_as_for_few(
    portal: Portal, ana: Client, clock: Clock, name: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (2, 8):
        for number in range(more):
            key = f"k{more}-{number}"
            question = {"text": "Q", "options": ["a", "b"], "right": 0}
            row = keep_lesson(
                portal.cast.program, key=key, title=key, text="T", questions=[question], now=clock.now, by=BY
            )  # fmt: skip
            publish_lesson(row, now=clock.now, by=BY)
            _preview(portal, clock)
        ana.get(reverse(f"portal:{name}"))
        with CaptureQueriesContext(connection) as caught:
            assert ana.get(reverse(f"portal:{name}")).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
