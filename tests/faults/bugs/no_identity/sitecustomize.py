"""A planted bug: nobody remembers which facts and conversions came before."""

from typing import Any

import django

_really_setup = django.setup


def _setup(*arguments: Any, **options: Any) -> None:
    _really_setup(*arguments, **options)
    from hanse.runtime.pipeline import steps
    from hanse.traffic.conversions import actions

    steps.known_facts = lambda _arrivals: {}
    actions._known_conversions = lambda _arrivals: {}


django.setup = _setup
