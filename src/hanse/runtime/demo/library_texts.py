"""Texts of the demo's library, its FAQ and its playbook, in the gift shop's world."""

from __future__ import annotations

from typing import Final, NamedTuple

COMPARISON: Final = """**Fair, and checked this month.** Name us and them; readers trust a page that says who is better.

- **Wrapping:** ours is paper and string, free. Marketplaces wrap about one order in five, for a fee.
- **Delivery:** two days in the UK. Marketplaces are faster by a day; say so.
- **Returns:** 60 days, also without the box. Card shops: 14.
- **Price:** we are not the cheapest. A box costs £4 to £9 more and needs no second present beside it.
"""
DEMO_SCRIPT: Final = """1. **0:00** Hands, a plain box, no face. “This came in two days.”
2. **0:08** Pull the string. Let the sound stay in.
3. **0:20** The stand of three tiers comes out in three parts; put it together with one hand.
4. **0:40** One cake on it. Say what you would give it for, and to whom.
5. **0:52** “The link is below; the code takes ten percent off.” Say that it is advertising.
"""
WALKTHROUGH: Final = """How a reader gets from your page to a wrapped box:

1. Your link opens the page that you chose, not the front page. **Links**, *Leads to*.
2. The code is typed by itself when they come by your link.
3. Wrapping is the second step; the card's words are free.
4. They pay; you see the sale within a minute.
"""
COPY_EN: Final = """A box that needs no second present beside it.

Harbour & Pine wrap everything in paper and string, send it within two days, and take it back for 60 days, \
also without the box. I have used the cake stand every weekend since March.

(advertisement: I earn a share when you buy by my link)"""
COPY_PL: Final = """Pudełko, do którego nie trzeba drugiego prezentu.

Harbour & Pine pakują wszystko w papier i sznurek, wysyłają w dwa dni i przyjmują zwrot przez 60 dni, \
także bez pudełka. Z patery korzystam co weekend od marca.

(reklama: zarabiam, gdy kupisz z mojego linku)"""
COPY_ES: Final = """Una caja que no necesita otro regalo al lado.

Harbour & Pine lo envuelven todo con papel y cuerda, lo envían en dos días y lo aceptan de vuelta durante 60 días, \
también sin la caja.

(publicidad: gano una parte si compras con mi enlace)"""
STORIES: Final = """Four Stories, in this order; each is one sentence.

1. The picture with the parcel. Sticker above: a question (“who is hardest to give to?”).
2. Your own hands with the box. Say what it cost.
3. The link sticker goes into the lower third, where thumbs are. Use your own link.
4. “Advertising” stays readable on every one of them, not in the corner under your name.
"""
EXAMPLE: Final = """Slow Sunday's letter of last autumn: one present, one paragraph, one link.

> *I gave up guessing. Everybody in this family gets a box from Harbour & Pine, and I stopped apologising for it.*

What worked: it begins with a feeling, not with the shop; the link stands once, after the price; it went out \
on a Sunday evening.
"""


class Thing(NamedTuple):
    """A resource: what it is, since how many days, for whom; `file` names one of `library_files`."""

    key: str
    kind: str
    title: str
    summary: str
    days_ago: int
    language: str = ""
    body: str = ""
    file: str = ""
    channels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    ends_in: int | None = None
    original: str = ""


GUIDE: Final = (
    "**For someone who …**\n\nWhat it is, in a sentence.\n\nWhy it stays after the holidays.\n\nPrice and link.\n"
)
THINGS: Final = (
    Thing("logo", "logo", "Our logo", "As a drawing, for every size.", 290, file="logo.svg"),
    Thing("pack", "logo", "The whole asset pack", "Logo, two pictures and how to use them, in one ZIP.", 200,
          file="asset-pack.zip"),
    Thing("wide", "picture", "Three parcels, wide", "For headers and letters; room for words on the right.", 150,
          file="parcels-wide.png"),
    Thing("story", "picture", "The parcel for Stories", "1080 × 1920, free above and below for stickers.", 90,
          file="story.png", channels=("instagram", "tiktok")),
    Thing("copy", "copy", "The box, in a few sentences", "For blogs and letters; your link goes behind the last word.",
          120, "en", COPY_EN),
    Thing("copy-pl", "copy", "Pudełko w kilku zdaniach", "Na blog i do newslettera.", 110, "pl", COPY_PL,
          original="copy"),
    Thing("copy-es", "copy", "La caja en pocas frases", "Para blogs y boletines.", 108, "es", COPY_ES, original="copy"),
    Thing("stories", "guide", "How to show it in Stories", "Four Stories, the sticker, the word “advertising”.", 88,
          "en", STORIES, channels=("instagram",)),
    Thing("demo", "demo", "Unboxing in 60 seconds", "A script by the second, for films with hands.", 75, "en",
          DEMO_SCRIPT, channels=("youtube", "tiktok")),
    Thing("way", "walkthrough", "From your page to a wrapped box", "What your reader sees, step by step.", 140, "en",
          WALKTHROUGH),
    Thing("compared", "comparison", "We and the others, honestly", "Where we are better, and where not.", 130, "en",
          COMPARISON, types=("affiliate", "creator", "strategic")),
    Thing("example", "example", "A letter that sold 40 boxes", "What worked in it, sentence by sentence.", 60, "en",
          EXAMPLE, channels=("newsletter",)),
    Thing("trade", "guide", "Selling to shops and hotels", "Prices, delivery and returns for those who sell on.", 170,
          "en", file="trade-guide.pdf", types=("channel", "agency")),
    Thing("winter", "picture", "Winter parcels", "Until the last day of posting.", 30, file="winter.png", ends_in=9),
    Thing("spring", "picture", "Spring parcels", "Last spring's look.", 230, file="spring.png", ends_in=-140),
    Thing("early", "template", "Gift guide, ready to fill", "Words for a gift guide: who, what, why.", 20, "en", GUIDE,
          tiers=("power", "growth")),
    Thing("old", "guide", "House rules, the old ones", "Before the asset pack.", 300, "en",
          "Write our name in two words."),
)  # fmt: skip


class Answer(NamedTuple):
    """A question with its answer."""

    topic: str
    question: str
    answer: str
    is_pinned: bool = False
    channels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()


FAQ: Final = (
    Answer("Money", "When am I paid?", "A sale is held for **30 days**, in case it comes back. After that it goes into "
           "the next payment, on the 1st of a month, as soon as £25 have come together. Payouts shows both.", True),
    Answer("Money", "Why is my commission lower than the rate?", "The rate is of what the customer paid for goods, "
           "without tax and delivery. Open the commission under Earnings: every step of the sum stands there."),
    Answer("Money", "What happens when a customer sends something back?", "The part that went back is taken off the "
           "commission. You see it as a line of its own, with the reason."),
    Answer("Links and codes", "Can I link to a single product?", "Yes. Under Links, put the page into *Leads to*. "
           "Pages of products sell about twice as well as the front page.", True),
    Answer("Links and codes", "May I share my code on coupon sites?", "Please do not: those sales are not credited. "
           "Share it with your own readers, in letters, videos and talks."),
    Answer("Links and codes", "A sale is missing. What do I do?", "Look under *Why not?* with the order number: it "
           "says what we know. If it still looks wrong, ask from there; we answer within two working days."),
    Answer("Content", "May I name your competitors?", "Yes. Fair comparisons help readers, and the comparison in the "
           "library says where others are better. Do not claim what you did not try."),
    Answer("Content", "How do I show the shop in Stories?", "Take the picture and the four steps from the library: the "
           "link sticker goes into the lower third, “advertising” on every Story.", False, ("instagram",)),
    Answer("Content", "Which words must stand beside a link?", "Say that you earn by it: “advertisement”, “ad”, "
           "“reklama”, “publicidad”. Where readers see it first, not at the end."),
    Answer("Content", "Can I get something to try?", "Yes: ask in Messages and say what you will make of it. "
           "Ambassadors and the upper tiers get new things by themselves.", False, (), ("creator", "ambassador")),
    Answer("Selling on", "How do I report an order that I sold on?", "Under Deals, *Orders sold on*: your number, the "
           "goods and the day. We check it within three working days.", False, (), ("channel",)),
)  # fmt: skip
FAQ_PL: Final = Answer(
    "Pieniądze", "Kiedy dostanę wypłatę?", "Sprzedaż czeka **30 dni** na ewentualny zwrot. Potem trafia do najbliższej "
    "wypłaty, pierwszego dnia miesiąca, gdy uzbiera się £25."
)  # fmt: skip
FAQ_ES: Final = Answer(
    "Dinero", "¿Cuándo cobro?", "Cada venta espera **30 días** por si la devuelven. Después entra en el pago del día "
    "1, en cuanto se juntan £25."
)  # fmt: skip
PLAYBOOK: Final = (
    Answer("Money", "A partner asks for a higher rate", "1. Thank them and look at **Preview** with their last year: "
           "what would it cost, who else would ask?\n2. Offer something for something: a floor for a video, a rate for "
           "a month, a code of their own.\n3. Never promise by mail. Propose terms; they accept with a click.", True),
    Answer("Money", "A payout came back", "Call the same day. Ask for the account again; the new one rests three days. "
           "Say when it goes out, and put a promise with that day on their page."),
    Answer("Trust", "A sale is missing", "Open **Why?** with the order. If it is ours, credit it and say sorry once. "
           "If it is not, quote the evidence, not the rule.", True),
    Answer("Trust", "Somebody bids on our name", "Write first, in a friendly tone, with a picture. Suspend only after "
           "two working days. Their sales of that time stay on hold with the reason."),
    Answer("Silence", "A strategic partner has gone quiet", "Do not send a newsletter. Read Grow, take one fact about "
           "their own readers, and call."),
    Answer("Silence", "Someone wants to stop", "Ask why in one sentence, pay what is open at once, leave the door "
           "open. Write the reason on their page: we read them together each quarter."),
)  # fmt: skip
