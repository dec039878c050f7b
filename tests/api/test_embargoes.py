"""What is under an embargo comes out by no door of the API that speaks as a partner sees it."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.growth.faq.actions import Said, keep_entry
from hanse.growth.resources.actions import add_resource
from hanse.growth.resources.content import Content
from hanse.growth.roadmap.actions import accept_embargo, keep_preview, publish_preview
from hanse.growth.training.actions import keep_lesson, publish_lesson
from hanse.kernel.ids import text_id
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.growth.test_kits import kit_of
from tests.growth.test_roadmap import SAID
from tests.make import at

pytestmark = pytest.mark.django_db
BY = "ruth@harbour.example"
THEN: dict[str, Any] = {"now": at(-20), "by": BY}


@pytest.fixture
def cast(clock: Clock) -> Cast:
    clock.set(at())
    return build()


def test_nothing_of_an_embargo_comes_out_before_the_yes(cast: Cast) -> None:
    question = {"text": "Q", "options": ["a", "b"], "right": 0}
    publish_lesson(keep_lesson(cast.program, title="The Aurora", text="x", questions=[question], **THEN), **THEN)
    add_resource(cast.program, "copy", Content("Words", body="The Aurora shines"), **THEN)
    keep_entry(cast.program, "partners", Said("When?", "The Aurora comes in June", "New"), **THEN)
    kit = text_id("kit", kit_of(cast, copies=[{"channel": "x", "title": "", "text": "Aurora {link}"}]).pk)
    preview = publish_preview(keep_preview(cast.program, now=at(-5), by=BY, **SAID), now=at(-5), by=BY)
    who, api = text_id("enr", cast.bens.pk), Caller()
    acts: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", f"/enrolments/{who}/lessons", None), ("GET", f"/enrolments/{who}/resources", None),
        ("GET", f"/enrolments/{who}/answers", None), ("GET", f"/enrolments/{who}/kits", None),
        ("POST", f"/kits/{kit}/take", {"enrolment": who}),
        ("POST", f"/kits/{kit}/tap", {"enrolment": who, "kind": "text", "place": 0}),
        ("POST", f"/kits/{kit}/out", {"enrolment": who, "address": "https://ben.example/post"}),
    ]  # fmt: skip
    told = {path: api.send(method, path, body) for method, path, body in acts}
    assert [path for path, one in told.items() if b"Aurora" in one.content or one.status_code not in (200, 409)] == []
    accept_embargo(preview, cast.bens, digest=preview.embargo_digest, now=at(), by=BY)
    told = {path: api.send(method, path, body) for method, path, body in acts}
    assert [path for path, one in told.items() if b"Aurora" not in one.content or one.status_code != 200] == []
