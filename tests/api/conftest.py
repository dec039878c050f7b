"""What the API's tests share."""

from __future__ import annotations

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _api_addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.api.addresses"
