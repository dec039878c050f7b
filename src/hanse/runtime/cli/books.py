"""Verbs that look at the books: verify, doctor, why, payouts, rollups."""

from __future__ import annotations

from typing import Annotated

import typer

from hanse.runtime.cli.options import FOUND_PROBLEMS, AsJson, Data, open_installation, open_migrated, say, say_json

verbs = typer.Typer()
rollups = typer.Typer(help="Pre-added numbers: rebuild or check them.", no_args_is_help=True)
verbs.add_typer(rollups, name="rollups")


@verbs.command()
def verify(
    replay: Annotated[bool, typer.Option("--replay", help="Only derive what is owed anew, and say how much.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Prove the books: sums, chain, caches equal replay, each commission priced again to the same cent."""
    folder = open_migrated(data)
    from hanse.runtime.cli.options import installed_journal
    from hanse.runtime.verify import prove
    from hanse.runtime.verify import replay as derive

    def tell(name: str) -> None:
        if not as_json:
            say(f"Proving {name} …")

    derived: dict[str, int] = {}
    if replay:
        proofs, derived = derive(tell)
    else:
        journal = installed_journal(folder)
        try:
            proofs = prove(journal, tell)
        finally:
            journal.close()
    findings = [finding for proof in proofs for finding in proof.findings]
    if as_json:
        listed = [{"check": one.check, "subject": one.subject, "message": one.message} for one in findings]
        told = {"ok": not findings, "proofs": {proof.name: len(proof.findings) for proof in proofs}, "findings": listed}
        say_json({**told, "replayed": derived} if replay else told)
    else:
        for one in findings:
            say(f"{one.check}  {one.subject}  {one.message}")
        if derived:
            say("Derived anew: " + ", ".join(f"{number:,} {name}" for name, number in derived.items()) + ".")
        say(f"{len(findings)} problems found." if findings else "Everything follows from what came in.")
    raise typer.Exit(FOUND_PROBLEMS if findings else 0)


@verbs.command()
def doctor(data: Data = None, as_json: AsJson = False) -> None:
    """Look the installation over: settings, disk, roles, lag, parked facts, clock, mail; say how to mend what ails."""
    open_installation(data)
    from hanse.runtime.doctor import examine

    checks = examine()
    ok = not any(check.state == "fail" for check in checks)
    if as_json:
        say_json({"ok": ok, "checks": [check.as_object() for check in checks]})
    else:
        for check in checks:
            say(f"{check.state:<5} {check.name:<16} {check.seen}" + (f"\n{'':<23}→ {check.mend}" if check.mend else ""))
    raise typer.Exit(0 if ok else FOUND_PROBLEMS)


@rollups.command("rebuild")
def rebuild(data: Data = None, as_json: AsJson = False) -> None:
    """Add every rollup up again from the rows it stands for, a day at a time. Safe at any time, and to stop anywhere.

    Each day flips at once from what stood there to what is right; everything else goes on in between.
    """
    open_migrated(data)
    from hanse.runtime.cli.progress import progress_of_stores
    from hanse.runtime.rollups import rebuild_in_steps

    with progress_of_stores(quiet=as_json) as tell:
        days = rebuild_in_steps(lambda done, total: tell("rollups", done, total))
    if as_json:
        say_json({"days": days})
    else:
        say(f"{days} days looked at and right.")


@rollups.command("check")
def check(data: Data = None, as_json: AsJson = False) -> None:
    """Compare every rollup with the rows it stands for and change nothing; a part of verify."""
    open_migrated(data)
    from hanse.insight.rollups.rebuilding import compare_rollups

    findings = compare_rollups()
    if as_json:
        listed = [{"subject": one.subject, "message": one.message} for one in findings]
        say_json({"ok": not findings, "findings": listed})
    else:
        for one in findings:
            say(f"{one.subject}  {one.message}")
        say(f"{len(findings)} numbers are wrong: hanse rollups rebuild." if findings else "Every number is right.")
    raise typer.Exit(FOUND_PROBLEMS if findings else 0)


@verbs.command()
def why(
    kind: Annotated[str, typer.Argument(help="order, click, coupon or customer.")],
    text: Annotated[str, typer.Argument(help="Its id or code, as the shop or partner knows it.")],
    program: Annotated[str, typer.Option(help="The program's slug; may be left out where there is one program.")] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Say why something earned or did not: the checks in their order, the reason and the fix."""
    open_migrated(data)
    from hanse.runtime.cli.why import tell_why

    tell_why(kind, text, program, as_json=as_json)
