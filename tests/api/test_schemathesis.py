"""Every operation under invented input: no 5xx, and no answer that the description does not have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from hanse.faces.api import entrance
from hanse.faces.api.access import Rate
from hanse.faces.api.documents import description
from hanse.runtime.wsgi import application
from tests import make
from tests.api.caller import Caller
from tests.api.everything import everything_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EDGE = ["send_conversions", "send_refunds"]  # the edge serves these two

SCHEMA = schemathesis.openapi.from_dict(description()).exclude(operation_id=EDGE)
SCHEMA.app = application
GROUPS: dict[str, list[APIOperation]] = {}
for _found in SCHEMA.get_all_operations():
    GROUPS.setdefault(_found.ok().path.split("/")[2], []).append(_found.ok())


@pytest.fixture
def _one_connection(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the test's transaction open between requests, as Django's own test client does."""
    monkeypatch.setattr(entrance, "RATE", Rate(per_minute=10_000_000, burst=1_000_000))
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("group", sorted(GROUPS))
def test_no_input_breaks_an_operation(group: str, pytestconfig: pytest.Config) -> None:
    ids, secret = everything_in(make.program("harbour"), "Ana"), Caller("all").secret
    examples = 40 if pytestconfig.getoption("long") else 5
    for operation in GROUPS[group]:
        _try(operation, ids, secret, examples)


def _try(operation: APIOperation, ids: dict[str, str], secret: str, examples: int) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def invent(case: Case) -> None:
        for name in case.path_parameters or {}:
            if len(str(case.path_parameters[name])) % 2:
                case.path_parameters[name] = ids[name]
        with transaction.atomic():  # what one operation changes, the next one does not find
            try:
                case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS)
            finally:
                transaction.set_rollback(True)

    invent()
