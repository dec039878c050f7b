"""Every address says for whom it is."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from hanse.faces.common.access import Policy
from hanse.kernel.paths import RESERVED
from tests.house.sources import ROOT

AUDIENCES = {"console", "portal", "public", "api"}


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def test_every_route_has_a_policy() -> None:
    without = [route for route, view in routes(get_resolver()) if not isinstance(getattr(view, "policy", None), Policy)]
    assert without == []


def test_every_policy_is_for_a_known_audience_and_fits_its_address() -> None:
    wrong = []
    for route, view in routes(get_resolver()):
        audience = view.policy.audience
        expected = {
            "console/": {"console"},
            "p/calendar/<str:secret>": {"public"},  # a secret address: calendar programs cannot sign in
            "p/": {"portal", "console"},
            "v1/": {"api", "public"},
            "shop/": {"public", "console"},
        }
        allowed = next((value for start, value in expected.items() if route.startswith(start)), {"public"})
        if audience not in AUDIENCES or audience not in allowed:
            wrong.append((route, audience))
    assert wrong == []


def test_every_first_segment_is_reserved_so_that_no_link_can_take_it() -> None:
    firsts = {route.lstrip("^").split("/")[0] for route, _view in routes(get_resolver())} - {""}
    assert sorted(first for first in firsts if first not in RESERVED) == []


def test_every_shape_of_the_api_has_a_name_of_its_own() -> None:
    """Two shapes of one name would be one in the description, and so wrong for one of them."""
    sources = (ROOT / "src" / "hanse" / "faces" / "api").rglob("*.py")
    names = Counter(name for path in sources for name in re.findall(r"^class (\w+)\(", path.read_text(), re.MULTILINE))
    assert [name for name, times in names.items() if times > 1] == []
