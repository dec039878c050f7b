"""What tests of the public pages share: a browser-like client and counters that start at zero."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from tests.cast import Cast, build


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    """The fixed cast."""
    return build()


@pytest.fixture
def client() -> Client:
    """A browser that checks CSRF like the real ones."""
    return Client(enforce_csrf_checks=False)
