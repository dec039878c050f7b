"""Why clicks do not count, as people read it: in words, with shares; and the countries a program serves."""

from __future__ import annotations

import pytest

from hanse.edge.validity import REASONS
from hanse.faces.console.traffic.click_reasons import invalid_share, reason_shares, reason_text, reason_word
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import text_id
from hanse.programs.programs.actions import change_program
from hanse.programs.programs.models import Program
from hanse.spine.doors.models import DoorProgram
from hanse.traffic.links.models import Link
from tests.console.conftest import NOW, Browser, Stage, click


@pytest.mark.parametrize("reason", [*REASONS, "bad_signature", "unknown_link"])
def test_every_named_reason_has_words_and_a_sentence(reason: str) -> None:
    assert "_" not in reason_word(reason)
    assert reason_word(reason).lower() != reason
    assert reason_text(reason).endswith(".")


def test_shares_stand_beside_the_counts_valid_clicks_first() -> None:
    counts = {"flood": 1, "": 6, "bot_declared": 3, "head": 0}
    told = [(row.reason, row.number, row.share) for row in reason_shares(counts)]
    assert told == [("", 6, 0.6), ("bot_declared", 3, 0.3), ("flood", 1, 0.1)]
    assert invalid_share(counts) == pytest.approx(0.4)
    assert reason_shares({}) == []
    assert invalid_share({}) == 0


def test_the_list_of_clicks_and_the_links_page_name_reasons_with_their_share(browser: Browser, stage: Stage) -> None:
    for number in range(3):
        click(stage.cast, number)
    click(stage.cast, 3, "datacentre")
    client = browser("viewer")
    page = client.get("/console/traffic/clicks").content.decode()
    assert "25% do not" in page or "25.0% do not" in page
    assert "From a data centre" in page
    only = client.get("/console/traffic/clicks?reason=datacentre").content.decode()
    assert "Its address belongs to servers, not to people." in only
    row = client.get("/console/traffic?state=all").context["rows"][0]
    link = Link.objects.get(number=row["link"].number)
    shown = client.get(f"/console/traffic/links/{text_id('lnk', link.pk)}")
    assert shown.status_code == 200
    assert "From a data centre" in shown.content.decode()


def test_a_program_names_the_countries_it_serves_and_the_edge_is_told(stage: Stage) -> None:
    program = Program.objects.get(pk=stage.cast.program.pk)
    change_program(program, allowed_countries=["de", "PL", "DE"], blocked_countries=["RU"], now=NOW, by="ruth")
    door = DoorProgram.objects.get(program_id=program.pk)
    assert (door.allowed_countries, door.blocked_countries) == (["DE", "PL"], ["RU"])
    with pytest.raises(Invalid) as refused:
        change_program(program, allowed_countries=["DEU"], blocked_countries=["1A"], now=NOW, by="ruth")
    assert {problem.pointer for problem in refused.value.problems} == {"/allowed_countries", "/blocked_countries"}


def test_the_programs_page_takes_countries_as_people_write_them(browser: Browser, stage: Stage) -> None:
    client = browser("owner")
    address = f"/console/programs/{stage.cast.program.slug}/edit"
    form = client.get(address).context["form"]
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {name: "" if value in (None, False) else value for name, value in sent.items()}
    sent |= {"allowed_countries": "de, pl  at", "blocked_countries": ""}
    assert client.post(address, sent).status_code == 303
    assert Program.objects.get(pk=stage.cast.program.pk).allowed_countries == ["AT", "DE", "PL"]
    assert 'value="AT, DE, PL"' in client.get(address).content.decode()
    bad = client.post(address, sent | {"blocked_countries": "Germany"})
    assert bad.status_code == 422
    assert "two letters" in bad.content.decode()
