"""User agents: bots that say so, agents that nobody's browser sends, and the many browsers of people that must pass.

The samples are few and of every kind; the measurement over the public lists is described in docs/decisions.
"""

from __future__ import annotations

import time
from datetime import date

import pytest

from hanse.edge.agents import Agents
from hanse.edge.bots import Bots
from hanse.edge.suspects import Suspects

AGENTS = Agents(Bots(suspects=Suspects(lambda: date(2026, 11, 20))))
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = f"Mozilla/5.0 (Linux; Android 15; SM-S938B Build/AP3A.240905.015.A2; wv) {KIT} Version/4.0"

DECLARED = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) {KIT} Chrome/141.0.0.0 Mobile Safari/537.36 "
    "(compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "curl/8.5.0", "Wget/1.21.4", "python-requests/2.32.3", "Go-http-client/2.0", "Slackbot-LinkExpanding 1.0",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "WhatsApp/2.23.20.0", "Scrapy/2.11.0",
    f"Mozilla/5.0 (X11; Linux x86_64) {KIT} HeadlessChrome/126.0.0.0 Safari/537.36",
]  # fmt: skip
SUSPECTED = [
    "", "-", "Mozilla", "Mozilla/5.0", "Mozilla/5.0 (compatible)", "Hello, world", "my user agent",
    "Mozilla/5.0 (compatible; SomethingNewBot/1.0; +https://new.example)",
    f"{WINDOWS} {KIT} Chrome/126.0.0.0 Safari/537.36 FunnyScraper/2.0",
    f"{WINDOWS} {KIT} Chrome/126.0.0.0 Safari/537.36 http://monitoring.example/why",
    f"{WINDOWS} {KIT} Chrome/126.0.0.0 Safari/537.36 (ops@crawl.example)",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:66.0) WhatCMS/1.0",
    "GuzzleHttp/7", "Apache-HttpClient/5.2 (Java/17)", "okhttp/4.12.0", "node", "axios/1.7.2", "RestSharp/106.5.4.0",
    "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/126.0.0.0 safari/537.36",
    # versions that cannot be
    f"Mozilla/5.0 (Windows 95) {KIT} Chrome/120.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Windows NT 4.0) {KIT} Chrome/120.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Windows NT 5.1) {KIT} Chrome/126.0.0.0 Safari/537.36",
    f"{WINDOWS} {KIT} Chrome/399.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:300.0) Gecko/20100101 Firefox/300.0",
    f"Mozilla/5.0 (Windows NT 13.0; Win64; x64) {KIT} Chrome/126.0.0.0 Safari/537.36",
    f"{WINDOWS} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    f"Mozilla/5.0 (Linux; Android 44; Pixel 9) {KIT} Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 62_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/62.0 "
    "Mobile/15E148 Safari/604.1",
    f"{WINDOWS} {KIT} Chrome/W.X.Y.Z Safari/537.36",
]  # fmt: skip
PEOPLE = {
    f"{WINDOWS} {KIT} Chrome/142.0.0.0 Safari/537.36": "desktop",
    f"{WINDOWS} {KIT} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0": "desktop",
    f"Mozilla/5.0 (Windows NT 5.1) {KIT} Chrome/49.0.2623.112 Safari/537.36": "desktop",
    f"Mozilla/5.0 (Windows NT 6.1; WOW64) {KIT} Chrome/109.0.0.0 Safari/537.36": "desktop",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko": "desktop",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727)": "desktop",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": "desktop",
    "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0": "desktop",  # Tor Browser
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {KIT} Chrome/141.0.0.0 Safari/537.36": "desktop",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {KIT} Chrome/141.0.0.0 Safari/537.36 Vivaldi/7.6": "desktop",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 "
    "Safari/605.1.15": "desktop",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15": "desktop",
    "Mozilla/5.0 (compatible; Konqueror/4.3; Linux) KHTML/4.3.4 (like Gecko)": "other",
    f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1": "phone",
    f"{IPHONE} CriOS/141.0.7390.96 Mobile/15E148 Safari/604.1": "phone",
    f"{IPHONE} GSA/385.0.808181 Mobile/15E148 Safari/604.1": "phone",
    f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/500.0.0.50.90;FBDV/iPhone16,1;FBSV/18.5;FBCR/Telekom.de]": "phone",
    f"{IPHONE} Mobile/22F76 Instagram 380.0.0.28.83 (iPhone16,1; iOS 18_5; en_IR@calendar=gregorian; en)": "phone",
    f"{IPHONE} Version/18.5 Mobile/15E148 Safari/605.1.15 (Ecosia ios@11.0.2.2268)": "phone",
    f"{ANDROID} Chrome/141.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/500.0.0.50.90;IABMV/1;]": "phone",
    f"{ANDROID} Chrome/141.0.0.0 Mobile Safari/537.36 trill_380603 BytedanceWebview/d8a21c6": "phone",
    f"{ANDROID} Chrome/141.0.0.0 Mobile Safari/537.36 Viber/26.9.0": "phone",
    f"Mozilla/5.0 (Linux; Android 15; CPH2557 Build/AP3A.240617.008) {KIT} Chrome/141.0.0.0 Mobile Safari/537.36":
        "phone",
    f"Mozilla/5.0 (Linux; Android 10; K) {KIT} Chrome/142.0.0.0 Mobile Safari/537.36": "phone",
    f"Mozilla/5.0 (Linux; Android 14; SM-G991B) {KIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36":
        "phone",
    f"Mozilla/5.0 (Linux; Android 7.0; M bot 60 Build/NRD90M) {KIT} Chrome/58.0.3029.83 Mobile Safari/537.36": "phone",
    f"Mozilla/5.0 (Linux; Android 6.0; CUBOT MAX) {KIT} Chrome/70.0.3538.80 Mobile Safari/537.36": "phone",
    "Mozilla/5.0 (Android 14; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0": "phone",
    "Mozilla/5.0 (Linux; U; Android 2.3.6; fr-fr; Cherry Sonic Build/GRK39F) AppleWebKit/533.1 (KHTML, like Gecko) "
    "Version/4.0 Mobile Safari/533.1": "phone",
    "Opera/9.80 (Android; Opera Mini/36.2.2254/191.303; U; en) Presto/2.12.423 Version/12.16": "tablet",
    "Nokia6300/2.0 (05.00) Profile/MIDP-2.0 Configuration/CLDC-1.1": "other",
    "UCWEB/2.0 (Java; U; MIDP-2.0; Nokia203/20.37) U2/1.0.0 UCMini/10.9.0.946 (SpeedMode; Proxy; Android 6.0.1) Mobile":
        "phone",
    f"Mozilla/5.0 (Linux; Android 13; Spider 8) {KIT} Chrome/124.0.0.0 Safari/537.36": "tablet",
    "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 "
    "Safari/604.1": "tablet",
    f"Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) {KIT} 76.0.3809.146/6.0 TV Safari/537.36": "other",
    f"Mozilla/5.0 (Web0S; Linux/SmartTV) {KIT} Chrome/94.0.4606.128 Safari/537.36 WebAppManager": "other",
    f"Mozilla/5.0 (Linux; Android 7.1.2; AFTMM Build/NS6297; wv) {KIT} Version/4.0 Chrome/70.0.3538.110 Mobile "
    "Safari/537.36": "phone",
    "Mozilla/5.0 (PlayStation 5/SmartTV) AppleWebKit/605.1.15 (KHTML, like Gecko)": "other",
    "Lynx/2.9.0dev.10 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/3.0.2": "other",
}  # fmt: skip


@pytest.mark.parametrize("agent", DECLARED)
def test_bots_that_say_so_are_declared(agent: str) -> None:
    assert AGENTS.of(agent)[:2] == ("bot_declared", "bot")


@pytest.mark.parametrize("agent", SUSPECTED)
def test_agents_that_nobodys_browser_sends_are_suspected_at_least(agent: str) -> None:
    assert AGENTS.of(agent).reason in ("bot_suspected", "bot_declared")
    assert AGENTS.of(agent).device == "bot"


@pytest.mark.parametrize("agent", PEOPLE)
def test_peoples_browsers_pass_and_their_device_is_known(agent: str) -> None:
    assert AGENTS.of(agent)[:2] == ("", PEOPLE[agent])


def test_next_years_browsers_are_nobodys_today_and_pass_next_year() -> None:
    agent = f"{WINDOWS} {KIT} Chrome/188.0.0.0 Safari/537.36"
    assert Bots(suspects=Suspects(lambda: date(2026, 11, 20))).reason(agent) == "bot_suspected"
    assert Bots(suspects=Suspects(lambda: date(2028, 1, 1))).reason(agent) == ""


def test_a_clock_that_lags_makes_no_bots() -> None:
    agent = f"{WINDOWS} {KIT} Chrome/150.0.0.0 Safari/537.36"
    assert Bots(suspects=Suspects(lambda: date(2001, 1, 1))).reason(agent) == ""


def test_a_headless_browser_is_marked() -> None:
    assert AGENTS.of(DECLARED[-1]).headless
    assert not AGENTS.of(DECLARED[0]).headless


def test_what_is_remembered_is_bounded_and_hostile_agents_cost_little() -> None:
    agents = Agents()
    before = time.process_time()
    for number in range(25_000):
        agents.of(f"{WINDOWS} {KIT} Chrome/{100 + number % 40}.0.{number}.0 Safari/537.36")
    assert time.process_time() - before < 2.5  # a tenth of a millisecond an agent, on a busy machine
    assert len(agents._known) <= 20_000
    before = time.process_time()
    for text in (
        "(" * 8000,
        "Android " * 1000,
        "a" * 60_000,
        "Mozilla/5.0 (Linux; Android " + "(;" * 4000,
        "\x00\xff" * 999,
    ):
        agents.of(text)
    assert time.process_time() - before < 1.0
