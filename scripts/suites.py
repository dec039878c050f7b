"""Runs the test suites one after the other, prints the time of each against its budget, and fails where one is over."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PACKAGES = {
    "chromium-headless-shell": lambda: shutil.which("chromium-headless-shell"),
    "fonts-noto-cjk": lambda: _has_font("zh"),
    "fonts-noto-core": lambda: _has_font("pl"),
    "strace": lambda: shutil.which("strace"),
    "postgresql": lambda: shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
}
FEW = ["-p", "no:cacheprovider", "-q", "--durations=15", "--durations-min=4"]
TWO = ["-n", "2", "--dist", "worksteal"]  # neighbours stay together, and so do the servers that they share
APART = ["house", "faults", "scale", "wheel"]
_COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|deselected|xfailed|xpassed|warnings?)")


@dataclass(frozen=True)
class Suite:
    """One suite: its commands and how many seconds it may take on two cores."""

    name: str
    budget_seconds: int
    commands: list[list[str]]
    is_quick: bool = False
    uses_one_core: bool = False


@dataclass
class Outcome:
    """How a suite went."""

    suite: Suite
    seconds: float
    passed: bool
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def in_time(self) -> bool:
        """Whether it stayed within its budget."""
        return self.seconds <= self.suite.budget_seconds


def suites(*, quick: bool, long: bool) -> list[Suite]:
    """Return every suite in order."""
    rest = [f"--ignore=tests/{name}" for name in APART]
    chosen = ["-m", "not slow and not browser" if quick else "not browser"]
    extra = ["--long"] if long else []
    return [
        _on_one_core("types", 240, _tool("mypy", *([] if quick else ["--cache-dir=/dev/null"]))),
        _on_one_core("style", 30, _tool("ruff", "format", "--check", "."), _tool("ruff", "check", ".")),
        _on_one_core("contracts", 40, _tool("lint-imports", "--no-cache")),
        _on_one_core("house", 80, _pytest("tests/house")),
        _on_one_core("wheel", 150, _pytest("tests/wheel"), is_quick=False),
        _on_one_core("demo", 240, [sys.executable, "-m", "tests.browser.demo"], is_quick=False),
        Suite("sqlite", 780, [_pytest("tests", *rest, *chosen, *TWO)], is_quick=True),
        Suite("postgres", 540, [_pytest("tests", *rest, *chosen, "--postgres", *TWO)]),
        Suite(
            "faults",
            5400 if long else 420,
            [
                _pytest("tests/faults", *TWO, *extra),
                _pytest("tests/faults", "--postgres", *TWO, *extra),
            ],
        ),
        Suite("scale", 240, [_pytest("tests/scale", "--postgres")]),
        Suite("browser", 900, [_pytest("tests/browser", *TWO), _pytest("tests/edge", "-m", "browser")]),
    ]


def _on_one_core(name: str, budget_seconds: int, *commands: list[str], is_quick: bool = True) -> Suite:
    return Suite(name, budget_seconds, list(commands), is_quick=is_quick, uses_one_core=True)


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def _pytest(*arguments: str) -> list[str]:
    return _tool("pytest", *FEW, *arguments)


def main(arguments: list[str]) -> int:
    """Run what was asked for. Returns 0 when every suite passed in time, else 1; 2 for an unknown suite."""
    quick, long = "quick" in arguments, "--long" in arguments
    every = suites(quick=quick, long=long)
    names = [argument for argument in arguments if argument not in ("quick", "--long")]
    unknown = set(names) - {suite.name for suite in every}
    if unknown:
        print(
            f"Unknown: {', '.join(sorted(unknown))}. Suites: {', '.join(suite.name for suite in every)}",
            file=sys.stderr,
        )
        return 2
    chosen = [suite for suite in every if (suite.name in names if names else suite.is_quick or not quick)]
    if {"browser", "faults", "postgres", "scale"} & {suite.name for suite in chosen}:
        install_system_packages()
    with tempfile.TemporaryDirectory(prefix="hanse-suites-") as folder:
        environment = _environment(Path(folder))
        began = time.monotonic()
        outcomes = run_two_at_once([suite for suite in chosen if suite.uses_one_core], environment)
        outcomes += [run(suite, environment) for suite in chosen if not suite.uses_one_core]
    return report(outcomes, time.monotonic() - began)


def _environment(folder: Path) -> dict[str, str]:
    """Return what every suite finds in its environment.

    Byte code is kept even where the machine says not to: hundreds of processes start, and each would compile thousands
    of modules anew. It lies outside the tree and goes with the folder.
    """
    environment = {**os.environ, "HANSE_DATA": str(folder), "PYTHONPATH": str(ROOT / "src")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**environment, "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "HANSE_TEST_DEMO": str(folder)}


def run_two_at_once(chosen: list[Suite], environment: dict[str, str]) -> list[Outcome]:
    """Run suites that each use one core, two at a time; what one prints is shown when it is done."""

    def run_quietly(suite: Suite) -> Outcome:
        lines: list[str] = []
        outcome = run(suite, environment, lines.append)
        print("".join(lines), end="", flush=True)
        return outcome

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run_quietly, chosen))


def _show(text: str) -> None:
    print(text, end="", flush=True)


def run(suite: Suite, environment: dict[str, str], show: Callable[[str], object] = _show) -> Outcome:
    """Run one suite's commands until one fails, showing what they print."""
    show(f"\n── {suite.name} " + "─" * (100 - len(suite.name)) + "\n")
    began, passed = time.monotonic(), True
    counts: dict[str, int] = {}
    for command in suite.commands:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        last = ""
        for line in process.stdout or ():
            show(line)
            last = line if _COUNT.search(line) else last
        passed = process.wait() == 0 and passed
        if command[0].endswith("pytest"):
            for number, found in _COUNT.findall(last):
                word = "error" if found.startswith("error") else found
                counts[word] = counts.get(word, 0) + int(number)
    return Outcome(suite, time.monotonic() - began, passed, counts)


def report(outcomes: list[Outcome], seconds: float) -> int:
    """Print the times against the budgets, then pytest's own words for all suites together."""
    print("\n── times " + "─" * 97)
    for outcome in outcomes:
        state = "ok" if outcome.passed and outcome.in_time else "over its budget" if outcome.passed else "FAILED"
        print(f"{outcome.suite.name:<10} {outcome.seconds:7.1f} s of {outcome.suite.budget_seconds:>5} s  {state}")
    total: dict[str, int] = {}
    for outcome in outcomes:
        for word, number in outcome.counts.items():
            total[word] = total.get(word, 0) + number
    order = [word for word in ("failed", "passed", "skipped", "error", "xfailed") if word in total]
    words = ", ".join(f"{total[word]} {word}" for word in order)
    good = all(outcome.passed and outcome.in_time for outcome in outcomes)
    print(f"{'all suites passed' if good else 'not everything passed'} in {seconds:.1f} s")
    print(f"===== {words or 'no tests ran'} in {seconds:.2f}s =====")
    return 0 if good else 1


def install_system_packages() -> None:
    """Install what the browser and database tests need where that is allowed; else those tests say what is missing."""
    missing = [name for name, is_there in PACKAGES.items() if not is_there()]
    if not missing:
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        print(f"Missing, and not installed because this is not root with apt: {' '.join(missing)}", file=sys.stderr)
        return
    print(f"Installing {' '.join(missing)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
    ):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)


def _has_font(language: str) -> bool:
    listing = shutil.which("fc-list")
    return bool(
        listing and subprocess.run([listing, f":lang={language}"], capture_output=True, check=False).stdout.strip()
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
