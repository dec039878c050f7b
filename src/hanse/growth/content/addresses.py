"""Addresses of pieces: how they are compared, which channel they belong to, where a channel's feed is. Pure."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from hanse.spine.web_addresses import host_of

_NOISE = re.compile(r"(utm_|mc_|hsa_|pk_)\w+|fbclid|gclid|dclid|msclkid|igshid|igsh|si|ref_src|feature|mkt_tok|yclid")
_YOUTUBE = frozenset({"youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"})
_VIDEO = re.compile(r"[\w-]{6,20}")
_CHANNEL_ID = re.compile(r"UC[\w-]{22}")
_LIST_ID = re.compile(r"[\w-]{10,64}")
_CHANNELS = {
    "youtube.com": "youtube", "youtu.be": "youtube", "instagram.com": "instagram", "tiktok.com": "tiktok",
    "facebook.com": "facebook", "fb.com": "facebook", "fb.watch": "facebook", "threads.net": "threads",
    "threads.com": "threads", "x.com": "x", "twitter.com": "x", "t.co": "x", "linkedin.com": "linkedin",
    "lnkd.in": "linkedin", "pinterest.com": "pinterest", "pin.it": "pinterest", "twitch.tv": "twitch",
    "reddit.com": "reddit", "discord.com": "discord", "t.me": "telegram", "telegram.me": "telegram",
    "vk.com": "vk", "bsky.app": "bluesky", "mastodon.social": "mastodon", "snapchat.com": "snapchat",
    "substack.com": "newsletter", "beehiiv.com": "newsletter", "campaign-archive.com": "newsletter",
    "buttondown.email": "newsletter", "buttondown.com": "newsletter", "convertkit-mail.com": "newsletter",
    "spotify.com": "podcast", "podcasts.apple.com": "podcast", "soundcloud.com": "podcast", "anchor.fm": "podcast",
}  # fmt: skip
_SPELLED = {
    "youtu.be": "youtube.com", "m.youtube.com": "youtube.com", "l.instagram.com": "instagram.com",
    "m.facebook.com": "facebook.com", "l.facebook.com": "facebook.com", "lm.facebook.com": "facebook.com",
    "t.co": "x.com", "twitter.com": "x.com", "pin.it": "pinterest.com", "lnkd.in": "linkedin.com",
    "out.reddit.com": "reddit.com", "old.reddit.com": "reddit.com", "telegram.me": "t.me", "away.vk.com": "vk.com",
}  # fmt: skip
CHANNELS = (
    "site", "youtube", "podcast", "newsletter", "instagram", "tiktok", "facebook", "pinterest", "x", "threads",
    "linkedin", "twitch", "reddit", "discord", "telegram", "vk", "bluesky", "mastodon", "snapchat", "event", "other",
)  # fmt: skip


def plain_host(host: str) -> str:
    """Return a host as referrers are counted by: small letters, without a leading www."""
    return host.lower().removeprefix("www.")


def website(host: str) -> str:
    """Return the website behind a host: services send readers from several."""
    return _SPELLED.get(host, host)


def spellings(website_host: str) -> list[str]:
    """Return the hosts from which readers of a website come."""
    return [website_host, *(host for host, known in _SPELLED.items() if known == website_host)]


def compared(address: str) -> str:
    """Return what of an address says which page it is: no scheme, no www, no fragment, no tracking parameters.

    A video has one address, however it is written.
    """
    parts = urlsplit(address)
    host = plain_host(host_of(address))
    video = _video_of(host, parts.path, parts.query)
    if video:
        return f"youtube.com/watch?v={video}"
    query = sorted(
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200)
        if not _NOISE.fullmatch(name.lower())
    ) if parts.query.count("&") < 200 else [("", parts.query)]  # fmt: skip
    place = f"{host}{parts.path.rstrip('/') or '/'}"
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("hz-") else ""
    return place + (f"?{urlencode(query)}" if query else "") + fragment


def key_of(text: str) -> str:
    """Return a short key of any text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def piece_key(address: str) -> str:
    """Return the key by which a piece is known again."""
    return key_of(compared(address))


def channel_of(address: str) -> str:
    """Return the channel of an address: a known service's name, else `site`."""
    parts = plain_host(host_of(address)).split(".")
    return next((found for start in range(len(parts) - 1) if (found := _CHANNELS.get(".".join(parts[start:])))), "site")


def youtube_feed(address: str) -> str:
    """Return the feed of a YouTube channel or list whose address names its id; "" for every other address."""
    parts = urlsplit(address)
    if plain_host(parts.hostname or "") not in _YOUTUBE:
        return ""
    places, asked = [part for part in parts.path.split("/") if part], dict(parse_qsl(parts.query)[:50])
    base = "https://www.youtube.com/feeds/videos.xml?"
    if len(places) >= 2 and places[0] == "channel" and _CHANNEL_ID.fullmatch(places[1]):
        return f"{base}channel_id={places[1]}"
    if len(places) >= 2 and places[0] == "user" and _VIDEO.fullmatch(places[1]):
        return f"{base}user={places[1]}"
    if places[:1] == ["playlist"] and _LIST_ID.fullmatch(asked.get("list", "")):
        return f"{base}playlist_id={asked['list']}"
    return ""


def is_youtube(address: str) -> bool:
    """Say whether an address is YouTube's own."""
    return plain_host(urlsplit(address).hostname or "") in _YOUTUBE


def _video_of(host: str, path: str, query: str) -> str:
    places = [part for part in path.split("/") if part]
    if host == "youtu.be" and places:
        found = places[0]
    elif host in _YOUTUBE and places[:1] == ["watch"]:
        found = dict(parse_qsl(query)[:50]).get("v", "")
    elif host in _YOUTUBE and len(places) >= 2 and places[0] in ("shorts", "embed", "live", "v"):
        found = places[1]
    else:
        return ""
    return found if _VIDEO.fullmatch(found) else ""
