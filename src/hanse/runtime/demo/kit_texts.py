"""The words of the demo's kits and prompts, in the gift shop's world."""

from __future__ import annotations

from typing import Any, Final

STEPS: Final[list[dict[str, Any]]] = [
    {"title": "Pick one thing you own or would give", "minutes": 3,
     "text": "Not five. Readers follow one story: why this, for whom."},
    {"title": "Take the words for your channel", "minutes": 2,
     "text": "Copy them below. Your link is already inside."},
    {"title": "Change the first sentence", "minutes": 5,
     "text": "Only the first. It has to sound like you; the rest may stay."},
    {"title": "Add one picture", "minutes": 3, "text": "One of ours, or better: your own, by a window."},
    {"title": "Publish, and send us the address", "minutes": 2,
     "text": "Say that it is paid for: {ad}. Then paste the address at the foot of this page."},
]  # fmt: skip

AUTUMN: Final[list[dict[str, str]]] = [
    {"channel": "newsletter", "title": "The table before the first guest", "text":
     "There is a quarter of an hour before the first guest when a table is only a table.\n\n"
     "I fill it the same way every autumn: three-tier stand in the middle, the bird ornaments around it, one candle "
     "too many. It costs less than the flowers and stays until spring.\n\n"
     "It all comes from {shop}, a small harbour town that still wraps things in paper: {link}\n\n"
     "With the code {code} they know that I sent you.\n\n{ad}"},
    {"channel": "stories", "title": "", "text":
     "Slide 1: your empty table, ten seconds, no words.\nSlide 2: the same corner, set. “15 minutes, one box.”\n"
     "Slide 3: link sticker {link}\n{ad}"},
    {"channel": "instagram", "title": "", "text":
     "One box, fifteen minutes, and the table was ready before the kettle.\n\nEverything on it is from {shop}: {link}\n"
     "Code {code} at the checkout.\n\n{ad} #autumntable #slowhome"},
    {"channel": "youtube", "title": "Setting an autumn table in 15 minutes", "text":
     "Everything on the table: {link}\nCode: {code}\n\n0:00 The empty table\n1:10 The stand\n4:30 Candles\n\n"
     "Paid partnership with {shop}. {ad}"},
    {"channel": "x", "title": "", "text":
     "Fifteen minutes before guests: one three-tier stand, two birds, one candle too many. {link} {ad}"},
]  # fmt: skip

LIGHTS: Final[list[dict[str, str]]] = [
    {"channel": "newsletter", "title": "Four candles until the lights go on", "text":
     "The days are short enough now. I light one of these at four in the afternoon and pretend that it was planned.\n\n"
     "They are poured in the harbour, in the room above the shop, and burn for forty hours: {link}\n\n"
     "Orders until {until} arrive before the lights go on in town.\n\nMy code: {code}\n\n{ad}"},
    {"channel": "blog", "title": "What burns at four in the afternoon", "text":
     "A list of four candles, from the quiet one to the loud one, with where each stands in our house.\n\n"
     "1. Moss, for the desk.\n2. Smoke, for the hall.\n3. Fig, for guests.\n4. Plain wax, for the power cut.\n\n"
     "All four: {link}\n\n{ad}"},
    {"channel": "podcast", "title": "", "text":
     "This hour smells of fig, and I will tell you why. {shop} pours its own candles above the shop. Go to the link in "
     "the notes, or say {code} at the checkout, and they know you came from here.\n\nIn the notes: {link}\n{ad}"},
    {"channel": "whatsapp", "title": "", "text":
     "These are the candles I keep giving away: {link} (code {code}, until {until}) {ad}"},
]  # fmt: skip

POLISH: Final[list[dict[str, str]]] = [
    {"channel": "newsletter", "title": "Stół, zanim zadzwonią goście", "text":
     "Kwadrans przed gośćmi stół jest jeszcze tylko stołem.\n\nPatera, dwa ptaki, jedna świeca za dużo. Wszystko z "
     "{shop}: {link}\n\nMój kod: {code}\n\n{ad}"},
    {"channel": "stories", "title": "", "text":
     "1: pusty stół, dziesięć sekund.\n2: ten sam róg, nakryty. „Kwadrans i jedno pudełko”.\n3: {link}\n{ad}"},
]  # fmt: skip
