"""Feeds as they come: sound ones of each kind, and those that real sites get wrong."""

from __future__ import annotations

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://ana.example/">
<title type="html">Ana&amp;#8217;s &lt;b&gt;teas&lt;/b&gt;</title><link rel="self" href="/feed.atom"/><link href="/"/>
<entry><title>Ten teas</title><id>tag:ana.example,2026:1</id><link rel="alternate" href="ten-teas"/>
<published>2026-05-31T10:00:00+02:00</published><updated>2026-06-02T10:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Try <a href="http://127.0.0.1:8000/ana?sub1=ten">this</a>.</p></div></content>
<source><title>Elsewhere</title></source></entry></feed>"""

YOUTUBE = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">
<id>yt:channel:abc</id><title>Ana pours</title><link rel="alternate" href="https://www.youtube.com/channel/UCabc"/>
<entry><id>yt:video:dQw4w9WgXcQ</id><yt:videoId>dQw4w9WgXcQ</yt:videoId><title>How I pour</title>
<link rel="alternate" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"/><published>2026-05-01T12:00:00+00:00</published>
<media:group><media:title>How I pour</media:title><media:description>The pot: http://127.0.0.1:8000/ana?sub1=pour
Code: ANA10</media:description></media:group></entry></feed>"""

PODCAST = """<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>Tea talk</title><ttl>720</ttl><item><title>Episode 1</title><guid isPermaLink="false">ep-1</guid>
<pubDate>Fri, 01 May 2026 06:00:00 EST</pubDate>
<enclosure url="https://cdn.example/1.mp3" type="audio/mpeg" length="1"/>
<itunes:summary>With code ANA10</itunes:summary></item></channel></rss>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://old.example/"><title>Old</title><link>https://old.example/</link></channel>
<item rdf:about="https://old.example/1"><title>One</title><link>https://old.example/1</link><dc:date>2026-04-03</dc:date></item></rdf:RDF>"""


def rss(*items: str, head: str = '<?xml version="1.0"?>', title: str = "Ana writes") -> bytes:
    channel = f"<title>{title}</title><link>https://ana.example/</link>{''.join(items)}"
    return f'{head}<rss version="2.0"><channel>{channel}</channel></rss>'.encode()


def item(
    number: int = 1, *, title: str | None = None, date: str = "Sun, 31 May 2026 10:00:00 GMT", more: str = ""
) -> str:
    named = f"Post {number}" if title is None else title
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><title>{named}</title><link>https://ana.example/{number}</link>{dated}{more}</item>"


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]>
<rss><channel><item><title>&lol3;</title></item></channel></rss>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>&xxe;</title><link>https://ana.example/1</link></item></channel></rss>"""
NETSCAPE = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd"
[<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" "xhtml-lat1.ent">]>"""
