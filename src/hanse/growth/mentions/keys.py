"""The key of a name: what stays equal over spellings ("Developer Tea", "@developertea", "developertea.com")."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from hanse.growth.mentions import words

_DIGITS = {word: str(number) for number, word in enumerate(words.NUMBERS)}

_HOST = re.compile(r"^(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+([a-z]{2,}))(/[^\s]*)?$")
_HANDLE = re.compile(r"^@([\w.]+)$")
_SUBREDDIT = re.compile(r"^(?:reddit)?/?r/([\w]+)/?$")
_GLUED = re.compile(r"^(?:the)?(.{6,}?)(?:podcast|show|blog)?$")
_SPACES = re.compile(r"[^a-z0-9\u0100-\uffff]+")


@lru_cache(maxsize=100_000)
def name_key(name: str) -> str:
    """Return the key of a name; "" when nothing is left of it. Case, accents, articles, and kinds do not count."""
    text = _plain(name)
    if found := _HANDLE.match(text) or _SUBREDDIT.match(text):
        return found[1].replace("_", "").replace(".", "")
    if host := host_of(text):
        return _key_of_host(host, text)
    return _unglued("".join(name_words(text)))


def name_words(name: str) -> list[str]:
    """Return the words of a name that count, numbers as digits."""
    text = _plain(name).replace("&", " and ").replace("+", " plus ").replace("#", " sharp ")
    text = re.sub(r"\bdot\s?net|\.net\b", " net", re.sub(r"['’`]s?\b", "", text))
    found = [_DIGITS.get(word, word) for word in _SPACES.split(text) if word]
    while len(found) > 1 and found[0] in words.ARTICLES:
        del found[0]
    while len(found) > 1 and found[-1] in words.KINDS:
        del found[-1]
    counting = [word for word in found if word not in words.SMALL_WORDS]
    return counting if len("".join(counting)) > 2 else found


def host_of(text: str) -> str:
    """Return the host when a text is a web address, else ""."""
    found = _HOST.match(_plain(text))
    is_address = found and (
        found[2] in words.SILENT_ENDINGS | words.SPOKEN_ENDINGS or "://" in text or text.startswith("www.")
    )
    return found[1] if found and is_address else ""


def _key_of_host(host: str, address: str) -> str:
    """Return what names the one behind an address: the handle on a platform, else the site without its ending."""
    labels = host.split(".")
    home = labels[-2]
    path = [part.lstrip("@") for part in address.partition(host)[2].split("/") if part and part not in words.FOLDERS]
    if home in words.PLATFORMS and path:
        return _SPACES.sub("", path[0])
    if home in words.LODGINGS and len(labels) > 2:
        return _SPACES.sub("", labels[0])
    spoken = labels if labels[-1] in words.SPOKEN_ENDINGS else labels[:-1]
    bare = _SPACES.sub("", "".join(spoken))
    return bare + labels[-1] if len(bare) < 5 or bare in words.TOO_PLAIN else _unglued(bare)


def _unglued(key: str) -> str:
    """Return a key without an article or a kind written into one word with it ("thenewboston", "shoptalkshow")."""
    found = _GLUED.match(key)
    return found[1] if found else key


def _plain(name: str) -> str:
    """Return a name in small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", name.strip())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
