"""`python -m build` makes a wheel that holds everything; installed in an empty environment it is the same program."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "hanse"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
NOT_SHIPPED = {".pyc"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that nothing is left in the repository."""
    folder = tmp_path_factory.mktemp("build")
    for name in ("pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY.md"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder / "dist"),
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (made,) = (folder / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty environment that sees its dependencies, but not the repository."""
    home = tmp_path_factory.mktemp("home") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True)
    libraries = home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    (libraries / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "hanse"


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("HANSE_", "PYTHON", "DJANGO_"))}


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("hanse/")}
    there = {
        f"hanse/{path.relative_to(PACKAGE)}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in NOT_SHIPPED and "__pycache__" not in path.parts
    }
    assert sorted(there - shipped) == []
    for kind in ("templates/", "static/", "demo_data/", "migrations/", "locale/"):
        assert any(kind in name for name in shipped), f"nothing of {kind}"


def test_the_wheel_names_licence_and_dependencies(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = archive.read(next(name for name in archive.namelist() if name.endswith("METADATA"))).decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert re.search(r"Requires-Dist: Django", metadata, re.IGNORECASE)
    assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


@pytest.fixture
def served(installed: Path, tmp_path: Path) -> Iterator[str]:
    """Run `hanse serve` of the installed wheel; return its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(installed), "serve", "--json", "--port", str(port), "--data", str(tmp_path / "data")]
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(command, cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, (tmp_path / "log").read_text()[-3000:]
        yield str(json.loads(line)["url"])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def test_the_installed_wheel_serves_its_first_page_with_style(served: str) -> None:
    page = httpx.get(f"{served}/sign-in")
    assert page.status_code == 200
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert assets
    for address in assets:
        answer = httpx.get(served + address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
    assert httpx.get(f"{served}/readyz").status_code == 200
    assert httpx.get(f"{served}/hz.js").status_code == 200


def test_the_installed_command_needs_no_repository(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(installed), "version", "--json"], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True
    )
    assert json.loads(done.stdout)["version"]
    where = subprocess.run(
        [str(installed.parent / "python"), "-c", "import hanse; print(hanse.__file__)"],
        cwd=tmp_path, env=clean_environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert str(ROOT) not in where.stdout


@pytest.mark.long
def test_the_installed_wheel_loads_its_demo(installed: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    command = [str(installed), "demo", "--json", "--data", str(tmp_path / "data")]
    done = subprocess.run(command, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["orders"] >= 10_000
    assert time.monotonic() - began < 90
