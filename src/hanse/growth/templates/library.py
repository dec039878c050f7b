"""The shipped library: letters that a good manager would send, one file for each language, beside the code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hanse.kernel.errors import NotFound

_FOLDER = Path(__file__).parent / "library"
_TEXTS = ("subject", "preview", "kicker")


@dataclass(frozen=True, slots=True)
class Shipped:
    """One letter of the library. `tiers` are keys of tiers that it is meant for; `all` means everybody."""

    key: str
    name: str
    kind: str
    tiers: tuple[str, ...]
    when: str
    order: int
    contents: Mapping[str, Mapping[str, str]]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.contents)


@lru_cache(maxsize=1)
def shipped() -> tuple[Shipped, ...]:
    """Return the whole library, in the order of tiers and occasions."""
    found = (_read(folder) for folder in _FOLDER.iterdir() if (folder / "en.liquid").is_file())
    return tuple(sorted(found, key=lambda each: each.order))


def shipped_by_key(key: str) -> Shipped:
    """Return one letter of the library. Raises NotFound."""
    found = next((each for each in shipped() if each.key == key), None)
    if found is None:
        raise NotFound("letter")
    return found


def _read(folder: Path) -> Shipped:
    head, _body = _parts(folder / "en.liquid")
    languages = ["en", *sorted(path.stem for path in folder.glob("*.liquid") if path.stem != "en")]
    contents = {}
    for language in languages:
        texts, body = _parts(folder / f"{language}.liquid")
        contents[language] = {**{name: texts.get(name, "") for name in _TEXTS}, "body": body}
    tiers = tuple(word.strip() for word in head["tiers"].split(","))
    return Shipped(folder.name, head["name"], head["kind"], tiers, head["when"], int(head["order"]), contents)


def _parts(path: Path) -> tuple[dict[str, str], str]:
    """Part the lines `name: value` above `---` from the body below."""
    head, _, body = path.read_text("utf-8").partition("\n---\n")
    lines = (line.partition(":") for line in head.splitlines() if line)
    return {name.strip(): value.strip() for name, _colon, value in lines}, body.strip("\n")
