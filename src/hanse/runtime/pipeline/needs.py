"""What parked facts wait for and has come by another way than a fact: a goal, a host on a program's list."""

from __future__ import annotations

from uuid import UUID

from hanse.programs.offers.queries import hosts_of
from hanse.programs.programs.models import Goal
from hanse.spine.parked.queries import needs_like
from hanse.spine.parked.rules import goal_key, host_key


def needs_met() -> set[str]:
    """Return the needs of waiting facts that are met by now. Two queries, and one for each kind that somebody needs."""
    return _goals_that_came() | _hosts_that_came()


def _goals_that_came() -> set[str]:
    needs = needs_like("goal:")
    return needs & {goal_key(*goal) for goal in Goal.objects.values_list("program_id", "key")} if needs else set()


def _hosts_that_came() -> set[str]:
    needs = needs_like("host:")
    if not needs:
        return needs
    listed = hosts_of({UUID(hex=need.split(":")[1]) for need in needs})
    return needs & {host_key(program_id, host) for program_id, hosts in listed.items() for host in hosts}
