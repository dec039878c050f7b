"""Kits and the calendar in the console: written, shown, filled with files, counted; authors asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hanse.growth.care.actions import add_day, promise
from hanse.growth.care.falling_due import find_dues
from hanse.growth.care.models import PromiseDue
from hanse.growth.content.actions import note_piece
from hanse.growth.kits.models import Kit
from hanse.growth.kits.taking import take_kit
from hanse.growth.prompts.models import Example, Prompt
from hanse.growth.prompts.queries import leads_of
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.tiers.models import Tier
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return build()


@pytest.fixture
def ruth(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ruth)
    return client


def typed(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "name": "Spring table", "key": "spring", "offer": str(cast.offer.pk), "code_rule": "own",
        "step_title": ["Pick", "", ""], "step_text": ["One thing.", "", ""], "step_minutes": ["15", "3", "3"],
        "copy_channel": ["newsletter", "x"], "copy_title": ["The table", ""], "copy_text": ["Look: {link}", ""],
        "tiers": ["new"],
    } | fields  # fmt: skip


def test_a_kit_is_written_shown_and_counted(cast: Cast, ruth: Client, clock: Clock) -> None:
    answer = ruth.post("/console/resources/kits/new", typed(cast, copy_text=["Look: {lnik}", ""], step_minutes=["x"]))
    assert answer.status_code == 422
    assert "is no slot" in answer.content.decode()
    assert "Look: {lnik}" in answer.content.decode(), "what was typed stays"
    assert not Kit.objects.exists()
    assert ruth.post("/console/resources/kits/new", typed(cast)).status_code == 303
    kit = Kit.objects.get()
    assert ([step["title"] for step in kit.steps], kit.copies.count(), kit.tiers) == (["Pick"], 1, ["new"])
    path = f"/console/resources/kits/{text_id('kit', kit.pk)}"
    assert ruth.post(f"{path}/publish").status_code == 303
    kit.refresh_from_db()
    take_kit(kit, cast.anas, now=clock.now, by="ana")
    shown = ruth.get(path).content.decode()
    assert "1 partner</b> of 2 took it" in shown
    assert "?kit=spring.newsletter" in shown
    assert ruth.post(f"{path}/edit", typed(cast, key="other", name="Autumn")).status_code == 303
    kit.refresh_from_db()
    assert (kit.key, kit.name) == ("spring", "Autumn")
    assert "Autumn" in ruth.get("/console/resources/kits").content.decode()
    assert b"Ana" in b"".join(ruth.get(f"{path}?format=csv").streaming_content)  # type: ignore[attr-defined]
    ruth.post(f"{path}/withdraw")
    assert "Taken back" in ruth.get("/console/resources/kits").content.decode()


def test_files_go_with_a_kit_when_they_are_harmless(cast: Cast, ruth: Client) -> None:
    ruth.post("/console/resources/kits/new", typed(cast))
    kit = Kit.objects.get()
    path = f"/console/resources/kits/{text_id('kit', kit.pk)}/files"
    bad = SimpleUploadedFile("a.html", b"<script>alert(1)</script>", "text/html")
    ruth.post(path, {"file": bad})
    ruth.post(path)
    assert not kit.pictures.exists()
    ruth.post(path, {"file": SimpleUploadedFile("a.txt", b"hello"), "alt": "A note"})
    picture = kit.pictures.get()
    assert picture.alt == "A note"
    assert ruth.post(f"{path}/remove", {"picture": "x"}).status_code == 404
    ruth.post(f"{path}/remove", {"picture": str(picture.pk)})
    assert not kit.pictures.exists()


def test_a_prompt_is_written_for_a_promised_day_and_keeps_the_promise(cast: Cast, ruth: Client, clock: Clock) -> None:
    today = local_day(clock.now, cast.program.time_zone)
    promise(Tier.objects.get(program=cast.program, key="new"), "briefing", 5, now=clock.now, by="ruth")
    day = add_day(cast.program, name="Winter sale", on=today.replace(day=24), now=clock.now, by="ruth")
    find_dues(cast.program, clock.now)
    assert PromiseDue.objects.filter(kept_at=None).count() == 2
    assert "Write the prompt" in ruth.get("/console/resources/calendar").content.decode()
    form = ruth.get(f"/console/resources/calendar/new?day={day.pk}").content.decode()
    assert 'value="Winter sale"' in form
    data = {"kind": "season", "title": "Winter sale", "hook": "A third off.", "on": str(day.on), "day": str(day.pk)}
    assert ruth.post("/console/resources/calendar/new", {**data, "hook": ""}).status_code == 422
    assert ruth.post("/console/resources/calendar/new", {**data, "lead-power": "40"}).status_code == 303
    row = Prompt.objects.get()
    assert (row.day, row.leads) == (day, {"power": 40})
    path = f"/console/resources/calendar/{row.pk}"
    assert ruth.post(f"{path}/publish").status_code == 303
    assert PromiseDue.objects.filter(kept_at=None).count() == 0
    assert "40 days ahead" in ruth.get(path).content.decode()
    assert "Write the prompt" not in ruth.get("/console/resources/calendar").content.decode()
    assert ruth.post(f"{path}/edit", {**data, "title": "Sale"}).status_code == 303
    ruth.post(f"{path}/withdraw")
    row.refresh_from_db()
    assert (row.title, row.withdrawn_at) == ("Sale", clock.now)


def test_the_days_ahead_are_set_by_tier(cast: Cast, ruth: Client) -> None:
    days = {f"tier-{key}": "9" for key in make.TIERS}
    assert ruth.post("/console/resources/calendar/leads", days | {"tier-power": "999"}).status_code == 422
    assert ruth.post("/console/resources/calendar/leads", days | {"tier-power": "25"}).status_code == 303
    assert leads_of(cast.program.pk).days["power"] == 25


def test_authors_are_asked_and_what_they_did_not_allow_is_not_shown(cast: Cast, ruth: Client, clock: Clock) -> None:
    piece = note_piece(
        cast.anas, address="https://ana.example/1", title="The table", published_at=None, source="team",
        now=clock.now, by="ruth",
    )  # fmt: skip
    assert ruth.post("/console/resources/calendar/ask", {"piece": "x", "why": "y"}).status_code == 404
    ruth.post("/console/resources/calendar/ask", {"piece": str(piece.pk), "why": ""})
    assert not Example.objects.exists()
    ruth.post("/console/resources/calendar/ask", {"piece": str(piece.pk), "why": "Good first line."})
    row = Example.objects.get()
    assert "Good first line." in ruth.get("/console/resources/calendar").content.decode()
    ruth.post(f"/console/resources/calendar/examples/{row.pk}")
    row.refresh_from_db()
    assert row.ended_at == clock.now


def test_things_of_other_programs_are_not_there(cast: Cast, ruth: Client, clock: Clock) -> None:
    other = make.program("orchard", archived_at=clock.now)
    kit = Kit.objects.create(
        program=other, key="k", name="K", offer=make.offer(other), created_at=clock.now, changed_at=clock.now
    )
    prompt = Prompt.objects.create(
        program=other, kind="launch", title="T", hook="H", on=clock.now.date(), created_at=clock.now,
        changed_at=clock.now,
    )  # fmt: skip
    kit_path, prompt_path = (
        f"/console/resources/kits/{text_id('kit', kit.pk)}",
        f"/console/resources/calendar/{prompt.pk}",
    )
    for path in (kit_path, f"{kit_path}/edit", prompt_path, f"{prompt_path}/edit"):
        assert ruth.get(path).status_code == 404, path
    for path in (f"{kit_path}/publish", f"{kit_path}/files", f"{prompt_path}/publish", f"{prompt_path}/withdraw"):
        assert ruth.post(path).status_code == 404, path
