"""Training and roadmap in the console: written, shown, answered, accepted; by whoever may, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.meetings.seating import take_seat
from hanse.growth.roadmap.models import Preview
from hanse.growth.today.queries import to_do
from hanse.growth.today.types import Kind
from hanse.growth.training.completing import answer_lesson
from hanse.growth.training.models import Lesson, LessonVersion
from hanse.kernel.ids import text_id
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock

pytestmark = pytest.mark.django_db
LESSON = {
    "title": "Place a link", "text": "# Near\n\n<script>alert(1)</script>", "minutes": "5", "language": "en",
    "q0_text": "Where?", "q0_o0": "End", "q0_o1": "", "q0_o2": "Near", "q0_right": "2", "q2_text": "How often?",
    "q2_o0": "Once", "q2_o1": "Twice", "q2_right": "0", "tiers": ["new"],
}  # fmt: skip


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return build()


@pytest.fixture
def ruth(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.ruth)
    return browser


def _lines(ruth: Client, path: str) -> int:
    answer = ruth.get(path)
    return b"".join(iter(answer)).count(b"\n")


def _lesson(ruth: Client, **fields: object) -> Lesson:
    answer = ruth.post("/console/resources/training/lessons/new", LESSON | fields)
    assert answer.status_code == 303, answer.content.decode()
    return Lesson.objects.latest("created_at")


def test_a_lesson_is_written_looked_at_and_shown(cast: Cast, ruth: Client) -> None:
    looked = ruth.post("/console/resources/training/lessons/new", LESSON | {"act": "look"})
    assert "<h2>Near</h2>" in looked.content.decode()
    assert "<script>alert" not in looked.content.decode()
    assert not Lesson.objects.exists()
    lesson = _lesson(ruth)
    page = f"/console/resources/training/lessons/{text_id('les', lesson.pk)}"
    version = LessonVersion.objects.get(lesson=lesson)
    assert [(one["options"], one["right"]) for one in version.questions] == [
        (["End", "Near"], 1),
        (["Once", "Twice"], 0),
    ]
    assert "draft" in ruth.get(page).content.decode()
    ruth.post(f"{page}/act", {"act": "publish"})
    answer_lesson(Lesson.objects.get(), cast.anas, [0, 0], number=1, now=lesson.created_at + timedelta(hours=1))
    body = ruth.get(page).content.decode()
    assert "Ana" in body
    assert "Last answers of 1 partner" in body
    assert _lines(ruth, f"{page}?format=csv") == 2
    edited = ruth.get(f"{page}/edit").content.decode()
    assert 'value="Near"' in edited
    assert ruth.get("/console/resources/training").content.decode().count("Place a link") == 1
    ruth.post(f"{page}/act", {"act": "archive"})
    lesson.refresh_from_db()
    assert lesson.archived_at is not None


def test_what_is_wrong_with_a_question_stands_at_it(ruth: Client) -> None:
    for fields, said in (
        ({"q2_o1": ""}, "q2_o0-error"), ({"q0_right": "1"}, "q0_right-error"), ({"title": ""}, "title-error"),
        ({"q0_text": "", "q2_text": ""}, "q0_text-error"), ({"video_address": "javascript:x"}, "video_address-error"),
    ):  # fmt: skip
        answer = ruth.post("/console/resources/training/lessons/new", LESSON | fields)
        assert answer.status_code == 422, fields
        assert f'id="id_{said}"' in answer.content.decode(), fields
    assert not Lesson.objects.exists()


def test_a_session_is_planned_filled_and_enlarged(cast: Cast, ruth: Client, clock: Clock) -> None:
    begins = (clock.now + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    said = {"kind": "webinar", "title": "Live", "starts_at": begins, "minutes": "30", "seats": "1", "place": "Here"}
    bad = ruth.post("/console/resources/training/sessions/new", said | {"starts_at": "tomorrow"})
    assert bad.status_code == 422
    assert ruth.post("/console/resources/training/sessions/new", said).status_code == 303
    meeting = Meeting.objects.get()
    for who in (cast.anas, cast.bens):
        take_seat(meeting, who, way="portal", now=clock.now)
    page = f"/console/resources/training/sessions/{text_id('mtg', meeting.pk)}"
    body = ruth.get(page).content.decode()
    assert "in line, place 1" in body
    ruth.post(f"{page}/change", {"act": "seats", "seats": "2", "is_open": "1"})
    assert MeetingInvitation.objects.filter(answer="accepted").count() == 2
    ruth.post(f"{page}/change", {"act": "seats", "seats": "1", "is_open": "1"})  # nobody is put out
    assert Meeting.objects.get().seats == 2
    ruth.post(f"{page}/change", {"act": "recording", "recording": "https://video.example/1"})  # it is still ahead
    assert Meeting.objects.get().recording == ""
    clock.set(clock.now + timedelta(days=4))
    ruth.post(f"/console/meetings/{text_id('mtg', meeting.pk)}/change", {"act": "held", "there": [str(cast.anas.pk)]})
    kinds = {thing.kind for thing in to_do(cast.program, clock.now).things}
    assert Kind.RECORDING_MISSING in kinds
    assert "Nobody can watch" in ruth.get("/console/").content.decode()
    ruth.post(f"{page}/change", {"act": "recording", "recording": "https://video.example/1"})
    assert Meeting.objects.get().recording == "https://video.example/1"


def test_a_preview_is_written_shown_and_its_embargo_lifted(cast: Cast, ruth: Client, clock: Clock) -> None:
    until = (clock.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    said = {
        "teaser": "Soon", "title": "Aurora <b>lamp</b>", "text": "Lit", "embargo_until": until, "embargo_text": "Hush",
        "words": "Aurora\r\n\r\nBorea", "types": ["affiliate"],
    }  # fmt: skip
    bad = ruth.post("/console/resources/roadmap/new", said | {"teaser": "The Aurora", "words": "Aurora"})
    assert bad.status_code == 422
    assert 'id="id_teaser-error"' in bad.content.decode()
    assert ruth.post("/console/resources/roadmap/new", said).status_code == 303
    row = Preview.objects.get()
    assert row.words == ["Aurora", "Borea"]
    page = f"/console/resources/roadmap/{text_id('prv', row.pk)}"
    ruth.post(f"{page}/act", {"act": "publish"})
    body = ruth.get(page).content.decode()
    assert "Aurora &lt;b&gt;lamp&lt;/b&gt;" in body
    assert "under embargo" in body
    assert _lines(ruth, f"{page}?format=csv") == 3  # Ana, Ben and the head
    assert "Aurora" in ruth.get("/console/resources/roadmap").content.decode()
    assert any(thing.kind is Kind.EMBARGO_ENDS for thing in to_do(cast.program, clock.now).things)
    assert "ends soon" in ruth.get("/console/").content.decode()
    edited = ruth.get(f"{page}/edit").content.decode()
    assert f'value="{until}"' in edited.replace(":00Z", "")
    ruth.post(f"{page}/act", {"act": "lift"})
    row.refresh_from_db()
    assert row.embargo_until == clock.now
    ruth.post(f"{page}/act", {"act": "withdraw"})
    row.refresh_from_db()
    assert row.withdrawn_at is not None


def test_only_those_who_may_change_it(cast: Cast, ruth: Client) -> None:
    lesson = _lesson(ruth)
    viewer, partner = Client(), Client()
    viewer.force_login(make.manager("vic@harbour.example", role="viewer"))
    partner.force_login(cast.anas_login)
    act = f"/console/resources/training/lessons/{text_id('les', lesson.pk)}/act"
    assert viewer.get("/console/resources/training").status_code == 200
    assert viewer.post(act, {"act": "publish"}).status_code == 403
    assert viewer.post("/console/resources/roadmap/new", {}).status_code == 403
    for path in ("training", "roadmap", "training/lessons/new", "roadmap/new", "training/sessions/new"):
        assert partner.get(f"/console/resources/{path}").status_code in (302, 403), path
    other = make.program("other")
    strange = Lesson.objects.create(program=other, key="x", created_at=make.NOON, created_by="t")
    assert ruth.get(f"/console/resources/training/lessons/{text_id('les', strange.pk)}").status_code == 404
    assert ruth.get("/console/resources/roadmap/prv_nothing").status_code == 404


def test_the_lists_cost_the_same_however_much_there_is(cast: Cast, ruth: Client) -> None:
    def queries(count: int) -> list[int]:
        while Lesson.objects.count() < count:
            _lesson(ruth, title=f"Lesson {Lesson.objects.count()}")
        found = []
        for path in ("training", "roadmap"):
            with CaptureQueriesContext(connection) as caught:
                assert ruth.get(f"/console/resources/{path}").status_code == 200
            found.append(len(caught))
        return found

    queries(1)
    assert queries(2) == queries(6)
