"""The style sheets are whole, and what templates and scripts name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hanse.faces.common.marks import icon

FACES = Path(__file__).parents[2] / "src/hanse/faces"
SHEETS = sorted((FACES / "static/hanse/css").glob("*.css"))
TEMPLATES = sorted((FACES / "templates").rglob("*.html"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_brace_is_closed(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    depth = 0
    for line, content in enumerate(text.splitlines(), 1):
        depth += content.count("{") - content.count("}")
        assert 0 <= depth <= 3, f"{sheet.name}:{line}"
        assert not (content.startswith("@media") and depth > 1), f"{sheet.name}:{line} opens inside another rule"
    assert depth == 0


@pytest.mark.parametrize(
    "sheet", [s for s in SHEETS if s.name not in ("tokens.css", "fallback.css")], ids=lambda s: s.name
)
def test_only_the_tokens_name_colours(sheet: Path) -> None:
    colours = re.findall(
        r"#[0-9a-f]{3,8}\b|rgba?\(|light-dark\(", re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    )
    assert [colour for colour in colours if colour != "#fff"] == []


def test_the_fallback_has_every_colour_of_the_tokens() -> None:
    tokens = (FACES / "static/hanse/css/tokens.css").read_text()
    fallback = (FACES / "static/hanse/css/fallback.css").read_text()
    for name in re.findall(r"(--hz-[\w-]+): light-dark\(", tokens):
        assert fallback.count(f"{name}:") == 3, name


def test_every_icon_that_a_template_names_is_drawn() -> None:
    for template in TEMPLATES:
        for name in re.findall(r'{% icon "([\w-]+)"', template.read_text()):
            assert "<path" in icon(name), (template, name)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(FACES / "templates")))
def test_no_template_writes_style_or_script_inline(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script>|javascript:", text), template
