"""What the documents say is true: verbs, settings, files and functions that they name exist, and none is left out."""

import ast
import re
import subprocess

import pytest
import typer.main

from hanse.runtime.cli.main import app
from tests.house.sources import PACKAGE, ROOT, functions, parsed, product_files

OPERATE = (ROOT / "docs" / "operate.md").read_text("utf-8")
TOUR = (ROOT / "docs" / "tour.md").read_text("utf-8")


def verbs() -> list[str]:
    """Return every verb, groups with their own: `keys create`."""
    command = typer.main.get_command(app)
    found = []
    for name, sub in command.commands.items():  # type: ignore[attr-defined]
        found += [f"{name} {inner}" for inner in sub.commands] if hasattr(sub, "commands") else [name]
    return found


def test_every_verb_is_documented() -> None:
    assert [verb for verb in verbs() if not re.search(rf"`(hanse )?{verb}\b", OPERATE)] == []


def test_every_verb_takes_a_data_folder() -> None:
    command = typer.main.get_command(app)
    for name, sub in command.commands.items():  # type: ignore[attr-defined]
        for inner in sub.commands.values() if hasattr(sub, "commands") else [sub]:
            options = {option for parameter in inner.params for option in parameter.opts}
            assert "--data" in options or inner.name == "version", f"{name} {inner.name}"


def test_every_documented_verb_exists() -> None:
    said = set(re.findall(r"`hanse ([a-z][a-z-]*)", OPERATE + (ROOT / "README.md").read_text("utf-8")))
    firsts = {verb.split()[0] for verb in verbs()}
    assert sorted(said - firsts) == []


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    read = {name for path in product_files() for name in re.findall(r"\bHANSE_[A-Z_]+", path.read_text("utf-8"))}
    told = set(re.findall(r"`(HANSE_[A-Z_]+)`", OPERATE))
    derived = {"HANSE_MASTER_KEY"}  # not read from the environment: made from the key file
    assert sorted(read - told - derived) == []
    assert sorted(told - read) == []


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "THIRD_PARTY.md"]
)
def test_the_documents_that_people_expect_are_there(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8")) > 300


def test_the_tour_names_only_what_exists() -> None:
    places = re.findall(
        r"`((?:edge|journal|kernel|runtime|spine|traffic|programs|money|insight|faces|people)/[\w/]+\.py)`", TOUR
    )
    assert len(places) >= 12
    assert [place for place in places if not (PACKAGE / place).exists()] == []


def test_the_tour_names_functions_of_the_files_that_it_names() -> None:
    steps = re.findall(r"`([\w/]+\.py)`: `(\w+)`", TOUR)
    assert len(steps) >= 10
    for place, name in steps:
        tree = parsed(PACKAGE / place)
        names = {function.name for function in functions(tree)}
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        names |= {target.id for node in tree.body for target in _targets(node)}
        assert name in names, f"{place} has no {name}"


def _targets(node: ast.stmt) -> list[ast.Name]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target for target in targets if isinstance(target, ast.Name)]


def test_links_between_documents_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name} → {target}"


def test_no_tracked_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    banned = re.compile(
        rb"files\.pythonhosted|pypi\.org/simple|registry\.npmjs\.org|--index-url|/home/[a-z]+/|/root/|/work/"
    )
    found = {}
    for name in listing.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and name != "tests/house/test_documents.py":
            match = banned.search(path.read_bytes())
            if match:
                found[name] = match.group()
    assert found == {}
