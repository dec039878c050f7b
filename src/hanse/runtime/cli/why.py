"""The tracer's answer on a terminal."""

from __future__ import annotations

from dataclasses import asdict

from hanse.insight.why.queries import why
from hanse.insight.why.sentences import finding, fix, headline, title
from hanse.insight.why.types import Check
from hanse.programs.models import Program
from hanse.runtime.cli.options import fail, say, say_json

_MARKS = {"passed": "✓", "failed": "✗", "not_needed": "–", "not_reached": "·"}


def tell_why(kind: str, text: str, slug: str, *, as_json: bool) -> None:
    """Print the ordered checks of an order, click, coupon or customer, with reasons and fixes."""
    tracer = why(kind, text, _program(slug))
    if as_json:
        checks = [{**asdict(check), "title": title(check), "finding": finding(check)} for check in tracer.checks]
        say_json({"kind": tracer.kind, "text": tracer.text, "outcome": tracer.outcome, "checks": checks})
        return
    say(headline(tracer.outcome))
    for check in tracer.checks:
        _say_check(check)


def _say_check(check: Check) -> None:
    found, mend = finding(check), fix(check)
    say(f"{_MARKS[check.status]} {title(check)}" + (f": {found}" if found else ""))
    if mend:
        say(f"  → {mend}")


def _program(slug: str) -> Program:
    programs = list(Program.objects.filter(slug=slug) if slug else Program.objects.all()[:2])
    if len(programs) != 1:
        fail(f"There is no program {slug}." if slug else "Say which program with --program SLUG.")
    return programs[0]
