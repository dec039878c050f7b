"""Titles of what the demo's creators published, in their languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_TITLES: Mapping[str, Sequence[str]] = {
    "en": (
        "Ten small things for a long table", "What a candle does to a room", "The lantern walk, in pictures",
        "Wrapping without tape", "A shelf that looks collected, not bought", "Tea for two, and the pot that lasts",
        "Gifts under twenty that nobody returns", "How I light a hallway", "The bunting I hang every June",
        "Five baskets, five rooms", "A kitchen drawer worth opening", "Letters worth keeping, and a tin for them",
        "Sunday: slow, with jam", "What I gave last winter, and what was loved", "The heart of the hearth",
        "A garden table for rain",
    ),
    "es": (
        "Diez detalles para una mesa larga", "Una vela cambia la habitación", "Faroles en el balcón",
        "Regalos pequeños que se quedan", "El té de las seis", "Cestas para todo", "Una cocina con memoria",
        "Papel, cuerda y nada más", "La mesa de verano",
    ),
    "pl": (
        "Dziesięć drobiazgów na długi stół", "Co świeca robi z pokojem", "Lampiony na spacer",
        "Prezenty do pięćdziesięciu złotych", "Herbata we dwoje", "Kosze na wszystko", "Kuchnia z duszą",
        "Pakowanie bez taśmy", "Niedziela powoli",
    ),
    "ru": (
        "Десять мелочей для длинного стола", "Что свеча делает с комнатой", "Фонари во дворе",
        "Подарки, которые не возвращают", "Чай на двоих", "Корзины для всего", "Кухня с характером",
        "Упаковка без скотча", "Медленное воскресенье",
    ),
    "zh-hant": (
        "長桌上的十件小物", "一支蠟燭改變一個房間", "提燈散步", "五百元以內的好禮物", "兩個人的茶", "收納籃的五種用法",
        "廚房裡的老味道", "不用膠帶的包裝", "慢慢的星期天",
    ),
}  # fmt: skip
SAID: Mapping[str, str] = {
    "en": "What I use, why, and where it comes from: the small shop at the harbour.",
    "es": "Lo que uso, por qué y de dónde viene: la pequeña tienda del puerto.",
    "pl": "Czego używam, dlaczego i skąd to jest: mały sklep przy porcie.",
    "ru": "Чем я пользуюсь, почему и откуда это: маленький магазин у гавани.",
    "zh-hant": "我用什麼、為什麼用、從哪裡來：港邊的小店。",
}
OTHER_TITLES = ("Una semana sin teléfono", "El mar en febrero", "Mi bicicleta nueva")


def titles_of(language: str) -> Sequence[str]:
    """Return titles in a language, English where there are none."""
    return _TITLES.get(language, _TITLES["en"])
