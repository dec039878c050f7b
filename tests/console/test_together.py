"""Joint projects on the desk and in the portal: proposed, agreed, shown, settled."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hanse.growth.comarketing.actions import agree_project, ask_project
from hanse.growth.comarketing.models import JointProject, JointProof
from hanse.growth.comarketing.proving import accept_proof, send_proof
from hanse.kernel.ids import text_id
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.make import at
from tests.money.books import pots

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
PROPOSAL = {
    "kind": "joint_event", "title": f"Evening {HOSTILE}", "text": HOSTILE, "happens_on": "2026-05-20",
    "cost_share": "60%", "leads_share": "50%", "cost_name": ["Room", "Speaker", ""],
    "cost_amount": ["100.00", "300.01", ""], "cost_by": ["us", "partner", "us"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Any, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def cast(db: None, clock: Clock) -> Cast:
    clock.set(at())
    return build()


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    client.force_login(make.manager("olga@harbour.example", "owner"))
    return client


@pytest.fixture
def anas(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.anas_login)
    return client


def _project() -> JointProject:
    return JointProject.objects.get()


def _path(row: JointProject, *more: str) -> str:
    return "/".join(["/console/content/together", text_id("jnt", row.pk), *more])


def test_the_desk_proposes_the_partner_agrees_shows_it_and_money_moves_once(
    desk: Client, anas: Client, cast: Cast, clock: Clock
) -> None:
    assert b"Nothing is done together yet" in desk.get("/console/content/together").content
    assert desk.get("/console/content/together/new").status_code == 200
    assert desk.post("/console/content/together/new", {**PROPOSAL, "partner": "Nobody"}).status_code == 422
    assert desk.post("/console/content/together/new", {**PROPOSAL, "partner": "Ana"}).status_code == 303
    row = _project()
    page = anas.get("/p/together").content.decode()
    assert HOSTILE not in page
    assert "£160.00" in page  # 40 % of £400.01
    key = text_id("jnt", row.pk)
    assert anas.post("/p/together", {"act": "agree", "project": key, "version": "1"}).status_code == 303
    ours, hers = row.costs.order_by("position")
    clock.set(at(6))
    sent = {"act": "proof", "project": key, "number": "81", "unit": "guests"}
    file = SimpleUploadedFile("guests.txt", b"81 people came", "text/plain")
    assert anas.post("/p/together", {**sent, "file": file}).status_code == 303
    cost = {f"cost-{text_id('jnc', hers.pk)}": "300.01"}
    assert anas.post("/p/together", {"act": "costs", "project": key, **cost}).status_code == 303
    proof = JointProof.objects.get()
    assert proof.file is not None
    assert "guests.txt" in desk.get(_path(row)).content.decode()
    assert desk.post(_path(row, "proofs", text_id("jnp", proof.pk), "accept")).status_code == 303
    both = {**cost, f"cost-{text_id('jnc', ours.pk)}": "100"}
    for _ in range(2):
        assert desk.post(_path(row, "result"), {**both, "leads": "9"}).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.our_minor, row.partner_minor, row.our_leads) == ("done", 24_001, 16_000, 5)
    assert pots(cast.anas).payable_minor == 30_001 - 16_000
    page = anas.get("/p/together").content.decode()
    assert "£140.01" in page
    page = desk.get(_path(row)).content.decode()
    assert HOSTILE not in page
    assert "£140.01" in page
    assert b"9" in desk.get("/console/content/together?show=done").content
    assert desk.get("/console/content/together?show=all&format=csv").status_code == 200
    assert desk.post(_path(row, "back"), {"reason": "A typo."}).status_code == 303
    assert pots(cast.anas).payable_minor == 0


def test_the_partner_proposes_we_answer_otherwise_and_they_agree_to_what_they_read(
    desk: Client, anas: Client, cast: Cast
) -> None:
    bad = anas.post("/p/together", {**PROPOSAL, "act": "propose", "cost_share": "150%", "cost_amount": ["x", "1", ""]})
    assert bad.status_code == 422
    assert "write an amount" in bad.content.decode()
    assert anas.post("/p/together", {**PROPOSAL, "act": "propose"}).status_code == 303
    row = _project()
    assert (row.our_cost_ppm, row.last_by) == (400_000, "partner")
    key = text_id("jnt", row.pk)
    assert desk.get(_path(row, "edit")).status_code == 200
    assert desk.post(_path(row, "edit"), {**PROPOSAL, "cost_share": "50%"}).status_code == 303
    stale = anas.post("/p/together", {"act": "agree", "project": key, "version": "1"})
    assert stale.status_code == 422
    assert "changed meanwhile" in stale.content.decode()
    assert anas.post("/p/together", {**PROPOSAL, "act": "otherwise", "project": key, "version": "2"}).status_code == 303
    assert desk.post(_path(row, "agree"), {"version": "3"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "agreed"
    assert anas.post("/p/together", {"act": "decline", "project": key, "reason": ""}).status_code == 422
    assert anas.post("/p/together", {"act": "decline", "project": key, "reason": "Ill."}).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.reason) == ("cancelled", "Ill.")


def test_other_partners_and_viewers_cannot_touch_it(cast: Cast, anas: Client) -> None:
    row = ask_project(
        cast.bens, side="us", kind="guest_post", title="Ours", happens_on=at(3).date(), costs=[], now=at(), by="x"
    )
    key = text_id("jnt", row.pk)
    for act in ("agree", "decline", "proof", "costs", "otherwise"):
        assert anas.post("/p/together", {"act": act, "project": key, "reason": "x"}).status_code == 404
    assert "Ours" not in anas.get("/p/together").content.decode()
    viewer = Client()
    viewer.force_login(make.manager("vic@harbour.example", "viewer"))
    assert viewer.get(_path(row)).status_code == 200
    assert viewer.post(_path(row, "agree")).status_code == 403
    assert viewer.get("/console/content/together/jnt_nonsense").status_code == 404


def test_a_file_of_a_project_is_opened_by_its_two_sides_only(cast: Cast, anas: Client, desk: Client) -> None:
    row = ask_project(
        cast.anas, side="us", kind="guest_post", title="Post", happens_on=at(3).date(), costs=[], now=at(), by="x"
    )
    agree_project(row, side="partner", now=at(), by="ana")
    path = _path(row, "proof")
    bad = SimpleUploadedFile("x.svg", b"<html><script>1</script></html>", "image/svg+xml")
    assert desk.post(path, {"file": bad}).status_code == 303
    assert not JointProof.objects.exists()
    assert desk.post(path, {"file": SimpleUploadedFile("post.txt", b"It is live")}).status_code == 303
    proof = JointProof.objects.get()
    assert proof.file is not None
    href = f"/media/{text_id('fil', proof.file.pk)}/post.txt"
    bens = Client()
    bens.force_login(cast.bens_login)
    assert [one.get(href).status_code for one in (desk, anas, bens)] == [200, 200, 404]
    send_proof(row, side="partner", link="https://ana.example/post", now=at(), by="ana")
    assert desk.post(_path(row, "move"), {"happens_on": "2026-06-01"}).status_code == 303
    assert desk.post(_path(row, "code"), {"coupon": text_id("cpn", cast.anas_coupon.pk)}).status_code == 303
    row.refresh_from_db()
    assert (row.happens_on.isoformat(), row.coupon) == ("2026-06-01", cast.anas_coupon)


def test_today_says_what_waits_about_joint_projects(desk: Client, cast: Cast, clock: Clock) -> None:
    asked = ask_project(
        cast.anas, side="partner", kind="guest_post", title="A walk", happens_on=at(3).date(), now=at(), by="ana",
        costs=[{"name": "Pictures", "planned_minor": 10_001, "paid_by": "partner"}],
    )  # fmt: skip
    page = desk.get("/console/").content.decode()
    assert "Ana would like to do something together: A walk" in page
    assert "£50.01" in page
    agree_project(asked, side="us", now=at(), by="olga")
    assert "A walk" not in desk.get("/console/").content.decode().split("Done today")[0]
    clock.set(at(11))
    assert "Nothing shows how “A walk” with Ana went" in desk.get("/console/").content.decode()
    proof = send_proof(asked, side="partner", link="https://ana.example/walk", now=at(11), by="ana")
    assert "Ana shows how “A walk” went" in desk.get("/console/").content.decode()
    accept_proof(proof, now=at(11), by="olga")
    assert "“A walk” with Ana is done: write the result" in desk.get("/console/").content.decode()


def test_the_portals_home_tells_what_we_propose(cast: Cast, anas: Client) -> None:
    ask_project(
        cast.anas, side="us", kind="guest_post", title="A walk", happens_on=at(3).date(), costs=[], now=at(), by="x"
    )
    assert "Shall we do this together: A walk" in anas.get("/p/").content.decode()


def test_lists_cost_the_same_queries_for_many_that_are_only_asked(anas: Client, cast: Cast) -> None:
    costs: Any = [{"name": "Room", "planned_minor": 500, "paid_by": "us"}]
    counts = []
    for number in (1, 6):
        for place in range(number):
            ask_project(
                cast.anas, side="us", kind="joint_event", title=f"{number} {place}", happens_on=at(3).date(),
                costs=costs, now=at(), by="x",
            )  # fmt: skip
        with CaptureQueriesContext(connection) as seen:
            assert anas.get("/p/together").content.decode().count('value="Room"') >= number
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_partners_page_names_what_is_done_together_and_begins_more(desk: Client, cast: Cast) -> None:
    ask_project(
        cast.anas,
        side="partner",
        kind="guest_post",
        title="A walk",
        happens_on=at(3).date(),
        costs=[],
        now=at(),
        by="x",
    )
    partner = text_id("prt", cast.ana.pk)
    page = desk.get(f"/console/partners/{partner}/side").content.decode()
    assert "A walk" in page
    assert "waits for us" in page
    form = desk.get(f"/console/content/together/new?partner={partner}").content.decode()
    assert 'value="Ana"' in form
