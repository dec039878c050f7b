"""The shipped library: every letter in every language passes the same check as a manager's own."""

from __future__ import annotations

import pytest

from hanse.growth.templates.actions import check_contents, keep_message
from hanse.growth.templates.library import Shipped, shipped, shipped_by_key
from hanse.growth.templates.models import LetterKind
from hanse.growth.templates.previews import preview_of
from hanse.growth.templates.types import OWED_KINDS, STOPPABLE_KINDS
from hanse.kernel.errors import NotFound
from tests import make
from tests.cast import build


@pytest.mark.parametrize("letter", shipped(), ids=lambda letter: letter.key)
def test_a_shipped_letter_passes_the_check_in_every_language(letter: Shipped) -> None:
    assert check_contents(letter.contents) == {}
    assert letter.kind in LetterKind.values
    assert set(letter.languages) == {"en", "es", "pl", "ru", "zh-hant"}
    assert set(letter.tiers) <= {"power", "growth", "casual", "new", "inactive", "all"}
    for content in letter.contents.values():
        assert content["subject"]
        assert len(content["preview"]) <= 120


def test_every_kind_of_letter_is_owed_or_can_be_stopped() -> None:
    assert {*STOPPABLE_KINDS, *OWED_KINDS} == set(LetterKind.values)


def test_every_tier_has_its_letters() -> None:
    by_tier = {tier: {each.key for each in shipped() if tier in each.tiers} for tier in ("power", "growth", "casual")}
    assert {"power-brief", "power-insight", "power-position"} <= by_tier["power"]
    assert {"growth-news", "growth-top", "growth-breakdown", "growth-calendar"} <= by_tier["growth"]
    assert {"casual-quickwin", "casual-15min", "casual-milestone", "casual-office"} <= by_tier["casual"]
    assert {f"welcome-{number}" for number in range(1, 6)} <= {each.key for each in shipped()}
    with pytest.raises(NotFound):
        shipped_by_key("nope")


@pytest.mark.django_db
def test_every_shipped_letter_can_be_kept_and_read_by_a_real_partner() -> None:
    cast = build()
    for letter in shipped():
        version = keep_message(
            cast.program, name=letter.name, kind=letter.kind, contents=letter.contents, now=make.NOON, by="tests",
            library_key=letter.key,
        )  # fmt: skip
        preview = preview_of(version, cast.anas.pk, make.NOON)
        assert preview.rendered.text
        assert "{{" not in preview.rendered.html
        assert "{%" not in preview.shown
