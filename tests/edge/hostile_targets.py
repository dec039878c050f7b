"""Addresses that somebody would like us to redirect to: families of tricks, written down for this shop.

Every entry asks for another host than `shop.example`, for another scheme, or for a second header. Where an entry is
followed all the same it must be because a browser reads it as a page of the shop.
"""

from __future__ import annotations

OURS, EVIL = "shop.example", "evil.example"

_WHO_IS_THE_HOST = [
    f"https://{OURS}@{EVIL}", f"https://{OURS}:80@{EVIL}/", f"https://{OURS}%40{EVIL}", f"https://{OURS}%2540{EVIL}",
    f"https://a:b@{OURS}@{EVIL}/", f"https://@{EVIL}", f"https://:@{EVIL}", f"https://{EVIL}:@{OURS}",
    f"https://{EVIL}\\@{OURS}/", f"https://{EVIL}%5c@{OURS}/", f"https://{EVIL}%5C%5C@{OURS}", f"https://{OURS}\\{EVIL}",
    f"https://{EVIL}#@{OURS}/", f"https://{EVIL}?@{OURS}/", f"https://{EVIL};@{OURS}/", f"https://{EVIL}&@{OURS}",
    f"https://{EVIL}/@{OURS}", f"https://{EVIL}/?{OURS}", f"https://{EVIL}/#{OURS}", f"https://{EVIL}/.{OURS}",
    f"https://[{EVIL}]@{OURS}", f"https://[::1]@{OURS}", f"https://{OURS}[@{EVIL}]", f"https://{OURS}]@{EVIL}",
]  # fmt: skip
_NEARLY_OURS = [
    f"https://{OURS}.{EVIL}", f"https://{OURS}-{EVIL}", f"https://{EVIL}.{OURS}.{EVIL}", f"https://x{OURS}",
    f"https://www2.{OURS}", f"https://{OURS}x", f"https://{OURS}.", f"https://{OURS}..", f"https://.{OURS}",
    f"https://{OURS}%2e{EVIL}", f"https://{OURS}%252e{EVIL}", f"https://{OURS}%00.{EVIL}", f"https://{OURS}%09.{EVIL}",
    f"https://{OURS}\u2024{EVIL}", f"https://{OURS}\u3002{EVIL}", f"https://{OURS}\uff0e{EVIL}",
    "https://\u24d4vil.example", "https://sh\u043ep.example", "https://shop.ex\u0430mple", "https://\uff53hop.example.de",
    "https://xn--shp-5cd.example", "https://shop\u00ad.example.evil", "https://s\u200bhop.example",
    f"https://{OURS}\u2044{EVIL}", f"https://{OURS}\u2215.{EVIL}", f"https://{OURS}\uff0f.{EVIL}",
    f"https://{OURS}\uff03.{EVIL}", f"https://{OURS}\uff1f.{EVIL}", f"https://{OURS}\ufe6b{EVIL}",
]  # fmt: skip
_WHERE_DOES_IT_BEGIN = [
    f"//{EVIL}", f"///{EVIL}", f"////{EVIL}", f"/\\{EVIL}", f"\\/{EVIL}", f"\\\\{EVIL}", f"/\t/{EVIL}", f"/\n/{EVIL}",
    f"/%09/{EVIL}", f"/%2f/{EVIL}", f"/%5c{EVIL}", f"/.{EVIL}", f"/..//{EVIL}", f"/;@{EVIL}", f".{EVIL}", f"@{EVIL}",
    f"https:{EVIL}", f"https:/{EVIL}", f"https:///{EVIL}", f"https:////{EVIL}", f"https:\\{EVIL}", f"https:\\\\{EVIL}",
    f"https:/\\{EVIL}", f"https:\\/{EVIL}", f"http:{EVIL}", f"http:/\\/\\{EVIL}", f"h\tttps://{EVIL}",
    f"htt\nps://{EVIL}", f" https://{EVIL}", f"\x00https://{EVIL}", f"\x01https://{EVIL}", f"\ufeffhttps://{EVIL}",
    f"https\x00://{EVIL}", f"https%3a//{EVIL}", f"https%3A%2F%2F{EVIL}", f"//{EVIL}/%2f%2e%2e", f"//{EVIL}/%2e%2e%2f",
    f"\u3031{EVIL}", f"/\u3031{EVIL}", f"?to=//{EVIL}", f"#//{EVIL}", f"//{EVIL}:443/", f"HTTPS://{EVIL.upper()}",
]  # fmt: skip
_WHAT_SCHEME = [
    "javascript:alert(document.domain)", "JAVASCRIPT://shop.example/%0aalert(1)", "java%0ascript:alert(1)",
    "java\tscript:alert(1)", "\x01javascript:alert(1)", "javascript://shop.example/?%0d%0aalert(1)", "jAvAsCrIpT:0",
    "data:text/html;base64,PHNjcmlwdD4=", "data:,x", "vbscript:x", "file:///etc/passwd", "ftp://shop.example/",
    "gopher://shop.example", "ws://shop.example", "wss://shop.example/", "mailto:a@shop.example", "tel:+1",
    "intent://shop.example#Intent;scheme=http;end", "view-source:https://shop.example", "blob:https://shop.example/x",
    "about:blank", "filesystem:https://shop.example/x", "http://shop.example/", "http://shop.example:443/",
]  # fmt: skip
_WHICH_NUMBER = [
    "https://2130706433", "https://0x7f000001", "https://0177.0.0.1", "https://127.1", "https://127.0.0.1/",
    "https://[::]", "https://[::ffff:7f00:1]", "https://[0:0:0:0:0:0:0:1]", "https://①②⑦.①", "https://169.254.169.254",
    "https://shop.example:0", "https://shop.example:65536", "https://shop.example:0443", "https://shop.example:+443",
    "https://shop.example:443:443", "https://shop.example:8080/", "https://shop.example:４４３", "https://shop.example:",
]  # fmt: skip
_SECOND_HEADER = [
    "https://shop.example\r\nSet-Cookie: hz_visitor=AAAAAAAAAAAAAAAAAAAA", "https://shop.example/\r\nX-Sent: 1",
    "https://shop.example/\nX-Sent: 1", "https://shop.example/\rX-Sent: 1", "https://shop.example/\r\n\r\n<script>",
    "https://shop.example/%0d%0aX-Sent:1\r\nX-Sent: 1", "https://shop.example/\u560a\u560dX-Sent: 1",
    "https://shop.example/\u010d\u010aX-Sent: 1", "https://shop.example/\x85X-Sent: 1", "https://shop.example/\u2028X",
    "https://shop.example/\x0bX-Sent: 1", "https://shop.example/\x0cX-Sent: 1", "https://shop.example/\x00X",
    "https://shop.example/?a\r\nLocation: https://evil.example", "https://shop.example/#\r\nRefresh: 0",
    "\r\nLocation: https://evil.example", "https://shop.example/%E5%98%8D%E5%98%8AX-Sent:1\r\n", "\r\n//evil.example",
    "https://shop.example/\ud800".encode("utf-8", "replace").decode(), "https://shop.example/\x7f",
]  # fmt: skip

ALL = [
    *_WHO_IS_THE_HOST, *_NEARLY_OURS, *_WHERE_DOES_IT_BEGIN, *_WHAT_SCHEME, *_WHICH_NUMBER, *_SECOND_HEADER,
]  # fmt: skip
