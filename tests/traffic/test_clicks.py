"""What is kept of a click's user agent and referrer."""

from __future__ import annotations

import pytest

from hanse.traffic.clicks.rules import agent_name, device_of, host_of

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"
TABLET = "Mozilla/5.0 (Linux; Android 14; SM-X200) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.parametrize(
    ("agent", "device", "name"),
    [
        (IPHONE, "phone", "Safari on iPhone"),
        (EDGE, "desktop", "Edge on Windows"),
        (TABLET, "tablet", "Chrome on Android"),
        (FIREFOX, "desktop", "Firefox on Linux"),
        ("curl/8.5.0", "", "curl/8.5.0"),
        ("x" * 300, "", "x" * 80),
        ("", "", ""),
    ],
)
def test_an_agent_becomes_a_device_and_a_short_name(agent: str, device: str, name: str) -> None:
    assert (device_of(agent), agent_name(agent)) == (device, name)


def test_a_referrer_keeps_its_host_only() -> None:
    assert host_of("Blog.Example/a/b") == "blog.example"
    assert host_of("") == ""
