"""Suspected bots: agents that no person's browser sends, though nobody has them on a list.

A browser's agent has a known shape: `Mozilla/5.0 (system) engine product/version …`. The ordinary shape passes with a
look at its versions. What deviates must begin like a browser (or like an old telephone, a television, a text browser),
name an engine, and carry neither an address nor a tool's name. The brackets with the name of an Android device are left
out of that search: there are telephones called “Spider” and “M bot 60”.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

_PRODUCTS = (
    "Version|Chrome|CriOS|FxiOS|EdgiOS|GSA|DuckDuckGo|SamsungBrowser|Mobile|Safari|OPR|OPT|OPiOS|Edg|EdgA|Edge|YaBrowser"
    "|Vivaldi|Brave|Ddg|Focus|UCBrowser|MiuiBrowser|HeyTapBrowser|HuaweiBrowser|VivoBrowser"
)
_ORDINARY = re.compile(
    r"Mozilla/5\.0 \((?:"
    r"Windows NT [\d.]+(?:; (?:Win64; x64|WOW64|rv:[\d.]+))*"
    r"|Macintosh; Intel Mac OS X [\d_.]+(?:; rv:[\d.]+)?"
    r"|X11; (?:Ubuntu; |Fedora; )?(?:Linux (?:x86_64|i686|aarch64|armv\w+)|CrOS \w+ [\d.]+)(?:; rv:[\d.]+)?"
    r"|(?:iPhone|iPad|iPod touch|iPod); CPU (?:iPhone )?OS [\d_]+ like Mac OS X"
    r"|(?:Linux; )?(?:U; )?Android [\d.]+"
    r"(?:; Mobile|; Tablet)?(?:; rv:[\d.]+|; (?!compatible)[^;()/:@]{1,60}(?:;? Build/[\w.\- ]+)?(?:; wv)?)?"
    r")\) (?:Gecko/[\d.]+ Firefox/[\d.]+|AppleWebKit/[\d.]+ \(KHTML, like Gecko\)"
    rf"(?: (?:{_PRODUCTS})(?:/(?=[\w.]*\d)[\w.]+)?)*)"
).fullmatch
_ENGINE = re.compile(
    r"AppleWebKit|Gecko|Trident|MSIE|KHTML|Presto|Opera|Goanna|Servo|NetFront|Netscape|Konqueror|UCWEB|IEMobile"
    r"|Firefox/|\) Chrome/\d"
    r"|P(?:LAYSTATION|layStation|SP)|Nintendo|Roku|Apple ?TV|SmartHub|IPTV|TIVO|UCBrowser|Amiga|BREW"
    r"|iP\w+\d,\d; iOS|^Mozilla/[346]\.[^(]*\((?!compatible)"
).search
# what begins otherwise and is a thing that people hold: old telephones, televisions, watches, text browsers, apps
_THING = re.compile(
    r"MIDP|CLDC|Profile/|Configuration/|UP\.Browser|UP\.Link|Obigo|Teleca|J2ME|Symbian|Series[346]0|Opera Mini"
    r"|NetFront"
    r"|UNTRUSTED|Maemo|WAP|Polaris|Dolfin|Jasmine|Openwave|UCWEB|UCBrowser|MAUI|Nucleus|Dalvik/|Android[ /;\d]|Build/"
    r"|i?OS[ /]\d|Windows Phone|Roku|AppleTV|AppleCoreMedia|SMART-TV|[Ss]mart_?[Tt][Vv]|Tizen|Web0S|HbbTV|NETTV"
    r"|BrightSign|YouView|Sonos/|[Ww]atch ?OS|Amazon;AFT|Nintendo|Mosaic|BlackBerry|Kindle|Silk|Amiga|FBAN/"
    r"|AirPlay|AppleWebKit|TV[/;_]|KreaTV|Hulu|hulu|MQQB|OneB|Dr\.Web|GetJar"
    r"|CFNetwork/[\d.]+ Darwin/|Darwin/[\d.]+ \("
).search
_MAKER = re.compile(
    r"(?i:Nokia|SAMSUNG|SEC-SGH|Sony|LG[-/ ]|LGE|MOT[-/]|Motorola|HTC|HUAWEI|ZTE|Alcatel|Amoi|BIRD|ASUS|Acer|Haier"
    r"|Lenovo|Philips|Panasonic|Sharp|SIE-|Siemens|Sagem|Sanyo|Toshiba|Vodafone|Orange|DoCoMo|KDDI|J-PHONE"
    r"|SoftBank|TIANYU"
    r"|K-Touch|Spice|Micromax|Karbonn|Lava|iPhone|iPod|Xiaomi|Meizu|OPPO|vivo|Coolpad|GIONEE|Pantech|Palm|Lynx/|w3m/"
    r"|Links \(|ELinks|NetSurf|Dillo|HP iPAQ|Dell|Danger|Doris|portalmmm|Mitsu|NEC-|PG-|QC-|Archos|Apple-i|FLY-)"
).match
# what nearly every agent says, and the brackets with a telephone's name
_SAID_BY_ALL = re.compile(
    r"Mozilla/5\.0 |AppleWebKit/[\d.]+ |\(KHTML, like Gecko\) ?|Gecko/[\d.]+ "
    r"|\b(?:Version|Chrome|Safari|Mobile|Firefox|OPR|Edg)/(?=[\w.]*\d)[\w.]+(?: |$)|Mobile "
    r"|\((?:Linux; )?(?:U; )?(?:Linux; )?Android(?![^()]*(?:\+http|ompatible|-Google"
    r"|atchpoint))[^()]*(?:\([^()]*\)[^()]*)*\) ?"
    r"|\(iP\w+; (?:U; )?CPU [\w ]+ like Mac OS X[^()]{0,9}\) ?"
)
_ADDRESS = re.compile(r"https?:|www\.|[\w.+-]@[\w-]+\.[a-z]{2}|\.(?:com|org|net|io|ai|dev)\b").search
_ODD = re.compile(
    r"compatible(?![;, ]*(?:MSIE|MS IE|Konqueror|Win|IE|Netscape|Nitro|WebTV|Opera|Nintendo|U; |iCab|OmniWeb|Linux"
    r"|Mac|AOL|PPC|X11|IBrowse|Amiga|NetPositive|Voyager))"
    r"|\(KHTML, like Gecko(?!\)|, Safari)|[\d.]MQQB|[A-Z]\.[A-Z]\.[A-Z]\.|Android 0|MSIE or|^[^(]*[,|] ?$"
    r"|^[^(]*[,|] ?\(|Time/\d{9}|<\?|<class|'[+)]|\{\{|\$\{|[a-z]Agent(?:[/ ]|$)|Unknown; Linux x86"
    r"|Mozilla/5\.0 \((?:platform|X11; Windows|iplabel)"
).search
_BOT = re.compile(r"(?<!cu)bot(?![a-z])|bot\b|\brss|rss\b|\bping|(?<!cam)scan").search
_WORDS = (
    "crawl", "spider", "scrap", "fetch", "monitor", "checker", "preview", "synthetic", "probe", "indexer", "feed",
    "validat", "capture", "archiv", "analyz", "audit", "headless", "phantomjs", "puppeteer", "playwright", "selenium",
    "webdriver", "cypress", "curl", "wget", "python", "go-http", "okhttp", "http-client", "httpclient", "http_client",
    "libwww-perl", "perl", "axios", "node-fetch", "node.js", "nodejs", "undici", "postman", "insomnia", "guzzle",
    "resty", "aiohttp", "scalaj", "grpc", "uptime", "pingdom", "statuscake", "site24x7", "datadog", "gtmetrix",
    "lighthouse", "pagespeed", "page speed", "thumbnail", "screenshot", "favicon", "transcod", "search console",
    "mediapartners", "adsbot", "google-", "googleweblight", "-google", "google_partner", "facebookexternal", "proxy/",
    "proxy)", "mail proxy", "health", "detector", "downloader", "extract", "harvest", "collector", "research",
    "robot", "parser", "sniff", "optimizer", "inspect", "simulat", "verifier", "lookup", "linkcheck", "worker",
    "subscriber", "observatory", "classif", "diagnostic", "measurement", "prospect", "devtools", "advisor",
    "assetnote", "mixnode", "sparkler", "pageburst", "dejaclick", "collaborator", "webcollage", "reeder/", "readkit",
    "cursor/", "claude", "openai", "gptbot", "leadgen", "swcd", "thumbs/",
)  # fmt: skip


_VERSION = re.compile(
    r"(Chrome|CriOS|Firefox|FxiOS|Edg|MSIE|Version|OS|Android|Windows NT|Windows)[/ ](\d+)(?:[._](\d+))?"
)
_CHROMES, _FIREFOXES = frozenset({"Chrome", "CriOS", "Edg"}), frozenset({"Firefox", "FxiOS"})
_KNOWN_ON = date(2026, 11, 1)  # a clock that lags makes nobody's browser come from the future
_RELEASES_FROM = date(2024, 11, 12)  # the day of Chrome 131, two weeks after Firefox 132; one a month since, soon more
_CHROME_THEN, _FIREFOX_THEN, _DAYS_A_RELEASE, _AHEAD = 131, 132, 22, 8
_LAST_SAFARI_FOR_WINDOWS = 5
_ENDS_AS_SAFARI = re.compile(r" Version/[\d.]+ Safari/[\d.]+$").search


class Suspects:
    """Tells agents that look like nobody's browser. `today` says what versions there can be."""

    def __init__(self, today: Callable[[], date] = date.today) -> None:
        self._today = today

    def is_ordinary(self, agent: str) -> bool:
        """Say whether an agent has the shape of a common browser and nothing else in it."""
        return _ORDINARY(agent) is not None

    def remainder(self, agent: str) -> str:
        """Return what an agent says beyond what all say."""
        return _SAID_BY_ALL.sub("", agent)

    def is_suspect(self, agent: str, told: str) -> bool:
        """Say whether an agent that is not ordinary is nobody's browser by its shape; `told` is its remainder."""
        if not agent.startswith(("Mozilla/", "Opera/")):
            if not (_THING(agent) or _MAKER(agent)):
                return True
        elif "AppleWebKit" not in agent and not _ENGINE(agent):
            return True
        small = told.lower()
        return bool(_ADDRESS(told) or _ODD(told) or _BOT(small) or any(word in small for word in _WORDS))

    def is_impossible(self, agent: str) -> bool:
        """Say whether an agent's versions cannot be: from the future, or of a browser that the system never had."""
        found: dict[str, int] = {}
        for name, major, minor in _VERSION.findall(agent):
            if minor or name != "OS":  # “OS 421” is 4.2.1
                found.setdefault(name, int(major[:6]))
        today = max(self._today(), _KNOWN_ON)
        releases = (today - _RELEASES_FROM).days // _DAYS_A_RELEASE + _AHEAD
        system = today.year % 100 + 2  # Apple counts years now
        chrome = max((found.get(name, 0) for name in _CHROMES), default=0)
        if (
            chrome > _CHROME_THEN + releases
            or max(found.get(name, 0) for name in _FIREFOXES) > _FIREFOX_THEN + releases
        ):
            return True
        if "Mac OS X" in agent and (
            found.get("OS", 0) > system or ("Safari" in agent and found.get("Version", 0) > system)
        ):
            return True
        if found.get("Android", 0) > today.year - 2006 or found.get("MSIE", 0) > 11 or found.get("Windows NT", 0) > 10:
            return True
        return _is_older_than(found, chrome, agent)


def _is_older_than(found: dict[str, int], chrome: int, agent: str) -> bool:
    """Say whether the system was gone before the browser came."""
    if "Windows" not in agent:
        return False
    modern = max(chrome, found.get("Firefox", 0))
    if found.get("Windows") in (3, 95, 98) or "Windows CE" in agent or "Windows ME" in agent:
        return chrome > 0 or modern > 12
    if modern > {4: 12, 5: 109}.get(found.get("Windows NT", 10), modern):
        return True
    return not chrome and found.get("Version", 0) > _LAST_SAFARI_FOR_WINDOWS and _ENDS_AS_SAFARI(agent) is not None
