"""Uploads through the pages and at `/media/…`: who may have them, and that nothing runs there. And in backups."""

from __future__ import annotations

import base64
import re
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hanse.growth.faq.models import FaqVote
from hanse.growth.prompts.actions import keep_prompt, publish_prompt
from hanse.growth.resources.actions import add_resource, archive_resource, keep_file
from hanse.growth.resources.content import Content
from hanse.growth.resources.files.addresses import media_href
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.models import Resource, ResourceUse
from hanse.growth.resources.types import Target
from hanse.kernel.errors import Refused
from hanse.kernel.ids import text_id
from hanse.people.access.models import TeamUser
from hanse.runtime.backup import back_up, restore
from hanse.runtime.master_key import master_key
from tests import make
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.growth.resources.hostile import pdf, picture, svg
from tests.growth.resources.test_faq import TestForPartners

pytestmark = pytest.mark.django_db
NOON_DAY = make.NOON.date()
NOW: dict[str, Any] = {"now": make.NOON, "by": "ruth@harbour.example"}


@pytest.fixture
def cast(db: None, clock: Clock) -> Cast:
    clock.set(make.NOON)
    return build()


def of(person: TeamUser) -> Client:
    client = Client()
    client.force_login(person)
    return client


def kept(cast: Cast, name: str, content: bytes) -> StoredFile:
    return keep_file(name, content, program=cast.program, **NOW)


def status(client: Client, address: str) -> int:
    return int(client.get(address).status_code)


def test_a_file_is_for_those_whom_something_shows_it(cast: Cast) -> None:
    file = kept(cast, "stories.png", picture())
    address = media_href(file)
    ruth, ana, ben = of(cast.ruth), of(cast.anas_login), of(cast.bens_login)
    assert Client().get(address)["Location"].startswith("/sign-in?next=/media/fil_")
    assert (status(ruth, address), status(ana, address)) == (200, 404)
    cast.ana.channels = ["Instagram"]
    cast.ana.save()
    row = add_resource(cast.program, "picture", Content("S", file=file), Target(channels=["instagram"]), **NOW)
    assert (status(ana, address), status(ben, address)) == (200, 404)
    archive_resource(row, **NOW)
    assert status(ana, address) == 404
    TeamUser.objects.filter(pk=cast.ruth.pk).update(is_active=False)
    assert status(ruth, address) != 200
    other = f"/media/{text_id('fil', file.pk)}/evil.html"
    assert (status(ana, other), status(ana, "/media/fil_x/stories.png"), status(ana, "/media/x")) == (404, 404, 404)


def test_a_signed_address_opens_for_whoever_has_it_until_its_end(cast: Cast, clock: Clock) -> None:
    file, other = kept(cast, "a.png", picture()), kept(cast, "b.txt", b"words")
    address = media_href(file, for_days=2)
    assert Client().get(address)["Cross-Origin-Resource-Policy"] == "cross-origin"
    seal = address.partition("until=")[2]
    assert status(Client(), f"{media_href(other)}?until={seal}") == 302
    assert status(Client(), f"{media_href(file)}?until={seal[:-2]}AA") == 302
    for bad in ("", "ż", "A" * 200, "!!!"):
        assert status(Client(), f"{media_href(file)}?until={bad}") == 302
    clock.set(make.at(2))
    assert status(Client(), address) == 200
    clock.set(make.at(4))
    assert status(Client(), address) == 302


@pytest.mark.parametrize(
    ("name", "content", "kind", "is_saved"),
    [
        ("a.png", picture(), "image/png", False), ("a.svg", svg(), "image/svg+xml", True),
        ("a.txt", b"<b>words</b>", "text/plain; charset=utf-8", True), ("a.pdf", pdf(), "application/pdf", True),
        ("a.csv", b"=1+1,2", "text/plain; charset=utf-8", True),
    ],
)  # fmt: skip
def test_nothing_can_run_at_the_address_of_a_file(
    cast: Cast, name: str, content: bytes, kind: str, is_saved: bool
) -> None:
    answer = of(cast.ruth).get(media_href(kept(cast, name, content)))
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith("attachment" if is_saved else "inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'none'"} <= set(
        answer["Content-Security-Policy"].split("; ")
    )
    assert "private" in answer["Cache-Control"]
    again = of(cast.ruth).get(media_href(kept(cast, name, content)), headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_name_cannot_forge_a_header(cast: Cast) -> None:
    file = kept(cast, 'a"\r\nSet-Cookie: x=1; ż.png', picture())
    answer = of(cast.ruth).get(media_href(file, asks_to_save=True))
    assert answer.status_code == 200
    assert "Set-Cookie:" not in str(answer.headers).replace("Set-Cookie x=1", "")
    assert answer["Content-Disposition"].startswith("attachment; filename")


def form(file: SimpleUploadedFile | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "picture", "title": "A box", "summary": "", "body": "", "address": "", "language": "",
        **({"file": file} if file else {}), **fields,
    }  # fmt: skip


def test_a_manager_adds_gives_a_new_version_and_targets_by_the_pages(cast: Cast) -> None:
    ruth = of(cast.ruth)
    sent = ruth.post("/console/resources/new", form(
        SimpleUploadedFile("../../x.html", picture()), channels=["instagram"], tiers=["new"]
    ))  # fmt: skip
    assert sent.status_code == 303, sent.content.decode()[:3000]
    row = Resource.objects.get()
    assert (row.now.file.name, row.now.file.kind, row.tiers) == ("x.html.png", "png", ["new"])  # type: ignore[union-attr]
    assert "For <b>0 partners</b> now" in ruth.get(sent["Location"]).content.decode()
    ruth.post(f"/console/resources/{row.pk}", form(SimpleUploadedFile("y.png", picture(size=(9, 9))), note="Smaller"))
    row.refresh_from_db()
    assert (row.now.number, row.now.note) == (2, "Smaller")
    fields = {"readers-kind": "picture", "readers-language": "", "readers-tiers": "new"}
    assert ruth.post(f"/console/resources/{row.pk}/readers", fields).status_code == 303
    assert "For <b>2 partners</b> now" in ruth.get(sent["Location"]).content.decode()
    assert "x.html.png" in ruth.get(sent["Location"]).content.decode()  # the first version is still there
    page = ruth.get("/console/resources?kind=picture&sort=-taken").content.decode()
    assert "A box" in page
    assert b"A box" in ruth.get("/console/resources?export=csv").content
    assert ruth.post(f"/console/resources/{row.pk}/archive").status_code == 303
    assert "A box" not in ruth.get("/console/resources").content.decode()
    assert "A box" in ruth.get("/console/resources?show=archived").content.decode()


def test_what_is_over_is_not_counted_and_still_found(cast: Cast) -> None:
    ruth = of(cast.ruth)
    row = add_resource(cast.program, "copy", Content("Old words", body="Buy"), **NOW)
    assert "<b>1 resource</b> for partners" in ruth.get("/console/resources").content.decode()
    Resource.objects.filter(pk=row.pk).update(expires_on=make.at(-1).date())
    page = ruth.get("/console/resources").content.decode()
    assert "for partners." not in page
    assert "Nothing here yet" not in page
    assert "Old words" in ruth.get("/console/resources?show=ended").content.decode()


def test_a_refused_upload_says_why_and_keeps_nothing(cast: Cast) -> None:
    ruth = of(cast.ruth)
    for name, content, words in (
        ("a.svg", svg("<script>x</script>"), "can run scripts"), ("a.png", b"MZ\x90\0", "is not taken"),
        ("a.pdf", pdf({"/S": "/JavaScript", "/JS": "x"}), "Print to PDF"),
    ):  # fmt: skip
        answer = ruth.post("/console/resources/new", form(SimpleUploadedFile(name, content)))
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert ruth.post("/console/resources/new", form()).status_code == 422
    assert not StoredFile.objects.exists()
    assert not Resource.objects.exists()
    viewer = of(make.manager("v@harbour.example", role="viewer"))
    assert viewer.post("/console/resources/new", form(body="x", kind="guide")).status_code == 403
    assert of(cast.anas_login).get("/console/resources").status_code == 403


def test_a_partner_finds_takes_and_is_counted(cast: Cast) -> None:
    file = kept(cast, "pack.pdf", pdf())
    row = add_resource(cast.program, "guide", Content("The pack", "All of it", file=file), **NOW)
    copy = add_resource(cast.program, "copy", Content("Words", body="Buy <now> & smile"), **NOW)
    hidden = add_resource(cast.program, "guide", Content("Top only", body="x"), Target(tiers=["power"]), **NOW)
    ana = of(cast.anas_login)
    for page in ("/p/resources", "/p/library", "/p/library?q=teh+pakc", "/p/library?kind=guide"):
        shown = ana.get(page).content.decode()
        assert "The pack" in shown, page
        assert "Top only" not in shown
    assert "Buy &lt;now&gt; &amp; smile" in ana.get(f"/p/library/{copy.pk}").content.decode()
    assert status(ana, f"/p/library/{hidden.pk}") == 404
    taken = ana.post(f"/p/library/{row.pk}/take")
    assert ana.get(taken["Location"])["Content-Disposition"] == 'attachment; filename="pack.pdf"'
    assert ana.post("/p/library/used/copied", {"id": [str(copy.pk), str(hidden.pk), "nonsense"]}).status_code == 204
    assert ana.post("/p/library/used/downloaded", {"id": str(copy.pk)}).status_code == 404
    assert ana.post(f"/p/library/{hidden.pk}/take").status_code == 404
    assert "library" in ana.get("/p/my-data.json").json()["programs"][0]
    uses = set(ResourceUse.objects.values_list("resource__current__title", "act", "enrolment__partner__name"))
    assert uses == {("The pack", "downloaded", "Ana"), ("Words", "copied", "Ana")}


def test_the_first_page_tells_what_comes_next_and_leads_there(cast: Cast) -> None:
    ana = of(cast.anas_login)
    assert "they stand here as soon as we add them" in ana.get("/p/resources").content.decode()
    prompt = keep_prompt(cast.program, kind="launch", title="Candles", hook="Dark at four", on=NOON_DAY, **NOW)
    publish_prompt(prompt, **NOW)
    shown = ana.get("/p/resources").content.decode()
    assert "<b>Candles</b>" in shown
    assert "Dark at four" in shown
    for address in re.findall(r'href="(/p/[^"#]*)"', shown):
        assert status(ana, address) == 200, address


def test_a_partner_says_whether_an_answer_helped(cast: Cast) -> None:
    entry = TestForPartners().kept(cast.program, "When am I paid?")
    ours = TestForPartners().kept(cast.program, "How high may we go?", "team")
    ana = of(cast.anas_login)
    shown = ana.get("/p/faq?q=payed").content.decode() + ana.get("/p/faq?q=when+am+i+pade").content.decode()
    assert "How high" not in shown
    assert "When am I paid?" in ana.get("/p/faq").content.decode()
    assert ana.post(f"/p/faq/{entry.pk}/helped", {"has_helped": "yes"}).status_code == 200
    assert ana.post(f"/p/faq/{ours.pk}/helped", {"has_helped": "yes"}).status_code == 404
    assert FaqVote.objects.get().has_helped
    team = of(cast.ruth).get("/console/resources/faq?place=team&q=hihg+go").content.decode()
    assert "How high may we go?" in team


def test_files_and_resources_come_by_the_api(cast: Cast) -> None:
    api = Caller(program=cast.program)
    content = base64.b64encode(picture()).decode()
    file = api.post("/files", {"name": "a.exe", "content": content})
    assert (file["kind"], file["name"], file["width_px"]) == ("png", "a.exe.png", 60)
    assert status(Client(), file["address"].partition("8000")[2]) == 200
    bad = api.post("/files", {"name": "a.svg", "content": base64.b64encode(svg("<script/>")).decode()}, 422)
    assert bad["errors"][0]["code"] == "active_content"
    assert api.post("/files", {"name": "a", "content": "%%%"}, 422)["errors"][0]["code"] == "bad_base64"
    made = api.post("/resources", {"kind": "picture", "title": "P", "file": file["id"], "channels": ["instagram"]})
    path, anas = f"/resources/{made['id']}", text_id("enr", cast.anas.pk)
    assert api.get(f"/enrolments/{anas}/resources")["data"] == []
    assert api.post(f"{path}/uses", {"enrolment": anas, "act": "copied"}, 404)["status"] == 404
    api.patch(path, {"channels": []})
    assert [one["id"] for one in api.get(f"/enrolments/{anas}/resources")["data"]] == [made["id"]]
    assert api.post(f"{path}/uses", {"enrolment": anas, "act": "copied"}, 200)["taken"] == 1
    assert api.post(f"{path}/versions", {"title": "P", "text": "t", "file": file["id"]})["number"] == 2
    assert [one["number"] for one in api.get(f"{path}/versions")["data"]] == [2, 1]
    api.post("/faq", {"topic": "Money", "question": "When am I paid?", "answer": "Soon."})
    assert [one["question"] for one in api.get("/faq/search?q=payed+when")["data"]] in ([], ["When am I paid?"])
    assert len(api.get("/faq/search?q=wehn+paid")["data"]) == 1


def test_uploads_are_in_backups_and_a_damaged_one_is_noticed(cast: Cast, tmp_path: Path) -> None:
    file = kept(cast, "a.txt", b"words of the backup")
    data = Path(settings.DATA_DIR)
    folder = tmp_path / "data"
    (folder / "files" / file.sha256[:2]).mkdir(parents=True)
    content = (data / "files" / file.sha256[:2] / file.sha256).read_bytes()
    (folder / "files" / file.sha256[:2] / file.sha256).write_bytes(content)
    (folder / "files" / "zz").mkdir()
    (folder / "files" / "zz" / "stray").write_text("not ours")
    master_key(folder)
    note = back_up(folder, tmp_path / "b.tar", at=datetime(2026, 11, 17, tzinfo=UTC))
    assert note["files"] == 1
    restore(tmp_path / "b.tar", tmp_path / "other")
    assert (tmp_path / "other" / "files" / file.sha256[:2] / file.sha256).read_bytes() == content
    with tarfile.open(tmp_path / "b.tar") as tar:
        tar.extractall(tmp_path / "apart", filter="data")
    (tmp_path / "apart" / "files" / file.sha256[:2] / file.sha256).write_bytes(b"changed")
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        for path in sorted((tmp_path / "apart").rglob("*")):
            if path.is_file():
                tar.add(path, arcname=str(path.relative_to(tmp_path / "apart")))
    with pytest.raises(Refused, match="damaged"):
        restore(tmp_path / "bad.tar", tmp_path / "third")
