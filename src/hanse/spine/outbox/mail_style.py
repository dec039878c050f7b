"""The look of letters: light colours written inline, because many mail readers know nothing else; dark by media query.

Plain colours of the design's tokens: mail readers know no custom properties.
"""

from __future__ import annotations

_FONT = "-apple-system,'Segoe UI',Roboto,Inter,'Noto Sans','Noto Sans CJK TC',Arial,sans-serif"
_DARK = (
    "@media (prefers-color-scheme:dark){"
    "body,.pg{background:#131514!important;color:#ece9e3!important}"
    ".sh{background:#1a1d1c!important;border-color:#2d3230!important}"
    ".mu{color:#aaa69d!important}.in,h1{color:#ece9e3!important}"
    ".lk{background:#173233!important;border-color:#2c5354!important;color:#8fdcd8!important}"
    ".bt{background:#1b757a!important}.ru{border-color:#2d3230!important}}"
    "@media (max-width:600px){.sh{border:0!important}.pd{padding:24px 20px!important}"
    ".bt{display:block!important;text-align:center!important}}"
)
PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title>'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">'
    '<meta name="supported-color-schemes" content="light dark"><style>:root{{color-scheme:light dark}}'
    + _DARK.replace("{", "{{").replace("}", "}}")
    + '</style></head><body class="pg" style="margin:0;background:#f5f3ef;color:#211f1c;font:16px/1.6 '
    + _FONT
    + '"><div style="display:none;max-height:0;overflow:hidden">{preview}</div>'
    '<table role="presentation" class="sh" style="width:100%;max-width:560px;margin:32px auto;border-collapse:collapse;'
    'background:#fffefc;border:1px solid #e7e2da"><tr><td class="pd" style="padding:36px 40px 32px">{body}'
    "</td></tr></table></body></html>"
)
FROM = (
    '<p class="mu" style="margin:0 0 28px;font-size:14px;line-height:1.5;color:#635d55">'
    '<b class="in" style="color:#211f1c">{sender}</b><br>{kicker}</p>'
)
HEAD = (
    '<h1 style="font-size:28px;line-height:1.2;letter-spacing:-.02em;margin:0 0 16px;font-weight:600;color:#211f1c">'
    "{text}</h1>"
)
PARAGRAPH = '<p style="margin:0 0 18px">{text}</p>'
LINK = (
    '<p class="lk" style="margin:0 0 18px;border:1px solid #b9d5d3;background:#e6f0ef;color:#0e5c62;padding:12px 14px;'
    'font-weight:600;border-radius:6px;overflow-wrap:anywhere">{text}</p>'
)
BUTTON = (
    '<p style="margin:0 0 18px"><a class="bt" href="{link}" style="display:inline-block;background:#0e5c62;color:#fff;'
    'padding:14px 22px;border-radius:6px;font-weight:600;text-decoration:none">{label}</a></p>'
)
FACTS = (
    '<table style="width:100%;border-collapse:collapse;margin:6px 0 22px;font-variant-numeric:tabular-nums">'
    '<caption style="text-align:left;font-weight:600;padding-bottom:6px">{title}</caption>{rows}</table>'
)
FACT = (
    '<tr><th scope="row" class="mu ru" style="text-align:left;font-weight:400;color:#635d55;'
    'border-top:1px solid #e7e2da;padding:9px 12px 9px 0">{name}</th><td class="ru" style="text-align:right;'
    'font-weight:600;border-top:1px solid #e7e2da;padding:9px 0">{value}</td></tr>'
)
SIGNATURE = '<p style="margin:0 0 28px">{text}</p>'
FOOT = (
    '<p class="mu ru" style="margin:10px 0 0;font-size:13px;border-top:1px solid #e7e2da;padding-top:16px;'
    'color:#635d55">{text}</p>'
)
