"""The look of letters as MJML: one column of 560, light colours inlined, dark by media query, the foot on every one.

Plain colours of the design's tokens: mail readers know no custom properties.
"""

from __future__ import annotations

from typing import Final

_FONT = "-apple-system,'Segoe UI',Roboto,Inter,'Noto Sans','Noto Sans CJK TC',Arial,sans-serif"
_INLINED = """
p{margin:0 0 18px}
h1{font-size:28px;line-height:1.2;letter-spacing:-.02em;margin:0 0 16px;font-weight:600;color:#211f1c}
h2{font-size:16px;line-height:1.6;margin:0 0 6px;font-weight:600;color:#211f1c}
h3{font-size:16px;line-height:1.6;margin:0 0 6px;font-weight:600;color:#211f1c}
ul{margin:0 0 18px;padding:0 0 0 22px}
ol{margin:0 0 18px;padding:0 0 0 22px}
li{margin:0 0 6px}
a{color:#0e5c62}
.from{font-size:14px;line-height:1.5;color:#635d55;margin:0 0 28px}
.from b{color:#211f1c}
.lk{border:1px solid #b9d5d3;background:#e6f0ef;color:#0e5c62;padding:12px 14px;font-weight:600;border-radius:6px;\
margin:0 0 18px;overflow-wrap:anywhere}
.fa{width:100%;border-collapse:collapse;margin:0 0 22px;font-size:16px;line-height:1.6;\
font-variant-numeric:tabular-nums}
.fa th{text-align:left;font-weight:400;color:#635d55;border-top:1px solid #e7e2da;padding:9px 12px 9px 0}
.fa td{text-align:right;font-weight:600;border-top:1px solid #e7e2da;padding:9px 0}
.foot{font-size:13px;color:#635d55;border-top:1px solid #e7e2da;padding:16px 0 0;margin:10px 0 0}
"""
_DARK = """
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){
body,.pg,.pg>div{background:#131514!important;background-color:#131514!important;color:#ece9e3!important}
.sh,.sh>table,.sh td{background:#1a1d1c!important;background-color:#1a1d1c!important}
.sh>table>tbody>tr>td{border-color:#2d3230!important}
.sh div,.sh p,.sh li,.sh h1,.sh h2,.sh h3,.sh td,.from b{color:#ece9e3!important}
.sh .from,.sh .foot,.sh .fa th{color:#aaa69d!important}
.sh .foot,.sh .fa th,.sh .fa td{border-color:#2d3230!important}
.sh .lk{background:#173233!important;border-color:#2c5354!important;color:#8fdcd8!important}
.sh a{color:#6cc3c1!important}
.sh .bt td,.sh .bt a{background:#1b757a!important;color:#ffffff!important}
}
@media (max-width:600px){
.sh>table>tbody>tr>td{border:0!important;padding:24px 20px!important}
.sh .bt table,.sh .bt a{width:100%!important;display:block!important;text-align:center!important;box-sizing:border-box}
}
"""
HEAD: Final = (
    '<mjml lang="{language}"><mj-head><mj-title>{subject}</mj-title><mj-preview>{preview}</mj-preview><mj-attributes>'
    f'<mj-all font-family="{_FONT}"></mj-all>'
    '<mj-text padding="0" font-size="16px" line-height="1.6" color="#211f1c"></mj-text>'
    '<mj-button padding="0 0 18px" align="left" background-color="#0e5c62" color="#ffffff" font-size="16px"'
    ' font-weight="600" border-radius="6px" inner-padding="14px 22px" css-class="bt"></mj-button>'
    '<mj-divider padding="8px 0 22px" border-width="1px" border-color="#e7e2da"></mj-divider>'
    '<mj-image padding="0 0 18px"></mj-image><mj-table padding="0 0 18px" font-size="16px"></mj-table>'
    '</mj-attributes><mj-style inline="inline">'
    + _INLINED.replace("{", "{{").replace("}", "}}")
    + "</mj-style><mj-style>"
    + _DARK.replace("{", "{{").replace("}", "}}")
    + '</mj-style></mj-head><mj-body width="560px" background-color="#f5f3ef" css-class="pg">'
    '<mj-wrapper padding="32px 0">'
)
OPEN: Final = (
    '<mj-section css-class="sh" background-color="#fffefc" border="1px solid #e7e2da" padding="36px 40px 32px">'
    "<mj-column>"
)
CLOSE: Final = "</mj-column></mj-section>"
END: Final = "</mj-wrapper></mj-body></mjml>"
FROM: Final = (
    '<mj-text><p class="from"><b>{{ program.name }}</b>{% if __kicker__ %}<br>{{ __kicker__ }}{% endif %}</p></mj-text>'
)
FOOT: Final = (
    '<mj-text><p class="foot">{{ __foot__.why }} {% if __foot__.stop %}<a href="{{ __foot__.stop }}">'
    '{{ __foot__.stop_label }}</a> · {% endif %}<a href="{{ __foot__.portal }}">{{ __foot__.portal_label }}</a>'
    "{% if __foot__.sender %}<br>{{ __foot__.sender }}{% endif %}</p></mj-text>"
)
FOOT_TEXT: Final = (
    "--\n{{ __foot__.why }}\n{% if __foot__.stop %}{{ __foot__.stop_label }}: {{ __foot__.stop }}\n{% endif %}"
    "{{ __foot__.portal_label }}: {{ __foot__.portal }}\n{% if __foot__.sender %}{{ __foot__.sender }}\n{% endif %}"
)
