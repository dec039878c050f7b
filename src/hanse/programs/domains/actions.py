"""Verbs of domains."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from hanse.kernel.ids import new_id
from hanse.programs.domains.models import Domain
from hanse.programs.domains.rules import MAX_A_PROGRAM, HostProblem, read_host
from hanse.programs.programs.doors import publish_program
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change, record_creation
from hanse.spine.checks import Checks


def add_domain(program: Program, *, host: str, now: datetime, by: str) -> Domain:
    """Let a program's links live on a host. Raises Invalid: no host, the installation's own, or taken by a program."""
    checks = Checks()
    name, problem = read_host(host, own_host())
    if problem:
        checks.refuse("host", _problem_text(problem), "bad_host" if problem != "own_host" else "own_host")
    elif Domain.objects.filter(host=name).exists():
        # Whose it is would be told to a key that may not know of the other program.
        checks.refuse("host", _("A program has “%(host)s” already.") % {"host": name}, "host_taken")
    elif Domain.objects.filter(program=program).count() >= MAX_A_PROGRAM:
        checks.refuse("host", _("At most %(limit)d entries, please.") % {"limit": MAX_A_PROGRAM}, "too_long")
    checks.done()
    domain = Domain(id=new_id(now), program=program, host=name, created_at=now)
    domain.save(force_insert=True)
    record_creation(domain, actor=by, verb="add_domain", fields=("program_id", "host"), now=now)
    publish_program(program)
    return domain


def remove_domain(domain: Domain, *, now: datetime, by: str) -> None:
    """Stop serving links on a host: within a second it is as unknown as any other."""
    program, host, domain_id = domain.program, domain.host, domain.pk
    domain.delete()
    record_change(
        actor=by, verb="remove_domain", subject_kind="domain", subject_id=domain_id,
        before={"program_id": program.pk, "host": host}, after={}, now=now,
    )  # fmt: skip
    publish_program(program)


def own_host() -> str:
    """Return the host of the installation itself, on which console, portal and API live."""
    return urlsplit(str(settings.HANSE_PUBLIC_URL)).hostname or ""


def _problem_text(problem: HostProblem) -> str:
    texts = {
        "wildcard": _("A domain stands for itself: please write it without *."),
        "an_address": _("A domain is a name like go.shop.example, not an IP address."),
        "no_dot": _("A domain has at least one dot, like go.shop.example."),
        "own_host": _("Console and portal live on this host. Choose one that is used for links only."),
        "not_a_host": _("Write the bare name, like go.shop.example: no https://, no port and no path."),
    }
    return texts[problem]
