"""A conversion may name its click in any form of the token; the bare id only where its program allows it."""

from __future__ import annotations

import pytest

from hanse.programs.programs.models import Program
from hanse.traffic.clicks.tokens import _tokens
from tests import make
from tests.sending import World


def forms(token: object) -> dict[str, str]:
    from django.conf import settings

    tokens, core = _tokens(settings.HANSE_MASTER_KEY), token.core  # type: ignore[attr-defined]
    return {
        "text": token.text, "hex": tokens.as_hex(core), "uuid": tokens.as_uuid(core), "bare": core.hex(),  # type: ignore[attr-defined]
    }  # fmt: skip


@pytest.mark.parametrize(("form", "allowed"), [("text", 0), ("hex", 0), ("uuid", 0), ("bare", 1)])
def test_every_form_finds_the_same_click(world: World, form: str, allowed: int) -> None:
    Program.objects.update(bare_click_ids=bool(allowed))
    token = world.click(1, make.at(-1))
    world.sell("A-1", click=forms(token)[form])
    world.run()
    sold = world.conversion("A-1")
    assert (sold.click_id, sold.click_link_number, sold.bad_click) == (token.core.hex(), 1, "")


def test_the_bare_id_is_no_evidence_where_nobody_asked_for_it(world: World) -> None:
    token = world.click(1, make.at(-1))
    world.sell("A-1", click=token.core.hex())
    world.run()
    sold = world.conversion("A-1")
    assert (sold.click_id, sold.bad_click) == ("", token.core.hex())
