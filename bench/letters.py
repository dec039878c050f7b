"""How long it takes to plan, fill and queue a newsletter for a hundred thousand partners, and what memory it costs.

The work runs in a process of its own that is killed in the middle (SIGKILL) and started again: at the end everybody has
the letter once. Everybody's clock says noon; nothing is delivered.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.crowd import make_links, make_partners
from bench.program import BEGAN_AT, TERMS, open_installation

RECIPIENTS = 100_000
NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
SECTIONS: tuple[dict[str, object], ...] = (
    {"text": "Hello {{ partner.first_name }},\n\nhere is what is new in {{ program.name }}."},
    {"text": "## Your month\n\n{% if figures.sales_30d > 0 %}\n\nYou sold {{ figures.sales_30d }} times, worth "
             "{{ figures.value_30d | money }}.\n\n{% endif %}\n\n[Open your page](https://shop.example/new)"},
    {"tiers": ["power", "growth"], "heading": "For our closest partners",
     "text": "- The spring list, four weeks early\n- A call with the founder on the first Tuesday\n\n"
             "[Read the brief](https://shop.example/brief)"},
    {"tiers": ["casual", "new", "inactive"], "heading": "A quarter of an hour",
     "text": "Choose one product, write two sentences, add your link.\n\n[Choose one](https://shop.example/list)"},
    {"text": '{% fact %}\n\n{{ fact.sentence }}\n\n{% else %}\n\nShow us your first piece and we look at it with you.'
             "\n\n{% endfact %}\n\nRuth"},
)  # fmt: skip


def run(recipients: int = RECIPIENTS) -> dict[str, Any]:
    """Measure and return the figures."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        made = _child("stage", name, recipients).wait()
        if made:
            raise RuntimeError("the stage could not be made")
        began = time.perf_counter()
        first = _child("work", name, recipients)
        killed_at, cpu_s = _kill_in_the_middle(first, Path(name), recipients)
        last = _child("work", name, recipients)
        _pid, status, used = os.wait4(last.pid, 0)
        if status:
            raise RuntimeError(f"the second start ended with {status}")
        seconds = time.perf_counter() - began
        told = subprocess.run(  # noqa: S603  # ourselves
            [sys.executable, "-m", "bench.letters", "count", name, str(recipients)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        counts = json.loads(told.stdout.splitlines()[-1])
    return {
        "bench": "letters", "seconds": round(seconds, 1), "recipients": recipients,
        "cpu_s": round(cpu_s + used.ru_utime + used.ru_stime, 1), "rss_mb": used.ru_maxrss // 1024,
        "killed_at": killed_at, **counts, "load_average": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _child(what: str, folder: str, recipients: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.letters", what, folder, str(recipients)]
    return subprocess.Popen(command)  # noqa: S603


def _kill_in_the_middle(child: subprocess.Popen[bytes], folder: Path, recipients: int) -> tuple[int, float]:
    """Wait until about half is queued, then kill; returns how many were queued by then, and the CPU seconds."""
    mark = folder / "queued"
    while child.poll() is None:
        queued = int(mark.read_text() or 0) if mark.exists() else 0
        if queued >= recipients // 2:
            child.send_signal(signal.SIGKILL)
            _pid, _status, used = os.wait4(child.pid, 0)
            return queued, used.ru_utime + used.ru_stime
        time.sleep(0.02)
    raise RuntimeError("it was done before it could be killed")


def _stage(recipients: int) -> None:
    from django.db import transaction

    from hanse.growth.newsletters.actions import keep_newsletter, schedule_newsletter
    from hanse.programs.programs.actions import create_program
    from hanse.programs.terms.actions import publish_terms

    told: Any = {"now": BEGAN_AT, "by": "bench"}
    with transaction.atomic():
        program = create_program(name="Bench", slug="bench", currency="GBP", time_zone="UTC", **told)
        publish_terms(program=program, body=TERMS, starts_at=BEGAN_AT, **told)
        make_links(program, make_partners(program, recipients, NOON), NOON)
        letter = keep_newsletter(program, name="May", subject="May at {{ program.name }}", sections=SECTIONS, **told)
        schedule_newsletter(letter, NOON, **told)


def _work(folder: Path) -> None:
    from hanse.runtime.letters import plan_newsletters, queue_one_part

    while plan_newsletters(NOON):
        pass  # each turn plans for some seconds
    mark, queued = folder / "queued", 0
    while True:
        size, count = queue_one_part(NOON)
        queued += count
        mark.write_text(str(queued))
        if not size:
            return


def _count() -> dict[str, Any]:
    """Count what is in the outbox: how many letters, to how many different people."""
    from django.db.models import Avg, CharField, Count
    from django.db.models.fields.json import KT
    from django.db.models.functions import Cast, Length

    from hanse.growth.sends.models import Send
    from hanse.spine.outbox.models import OutboxItem

    found = OutboxItem.objects.annotate(to=KT("payload__to")).aggregate(
        letters=Count("id"), people=Count("to", distinct=True)
    )
    size = OutboxItem.objects.annotate(size=Length(Cast("payload", CharField()))).aggregate(mean=Avg("size"))["mean"]
    rows = Send.objects.filter(state=Send.State.QUEUED).count()
    return {"letters": found["letters"], "people": found["people"], "rows": rows, "letter_bytes": round(size or 0)}


if __name__ == "__main__":
    if len(sys.argv) < 3:
        print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else RECIPIENTS)))
    else:
        open_installation(Path(sys.argv[2]))
        if sys.argv[1] == "stage":
            _stage(int(sys.argv[3]))
        elif sys.argv[1] == "work":
            _work(Path(sys.argv[2]))
        else:
            print(json.dumps(_count()))
