"""Reading mails: what people write is found, what enemies write is bounded."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.growth.mailroom.reading import read_mail
from hanse.growth.mailroom.texts import part_quoted, words_of_html
from hanse.growth.mailroom.types import LONGEST_TEXT, Address
from tests.growth.mailroom import mails

PATIENCE_SECONDS = 4  # the machine is shared; what is slow here takes minutes without bounds


def test_an_answer_is_parted_from_what_it_quotes() -> None:
    quoted = "On Fri, 15 May 2026 at 10:00, Ruth <ruth@harbour.example> wrote:\n> When do you start?\n"
    text = f"Yes, from Monday on.\n\n{quoted}"
    mail = read_mail(mails.plain(text, In_Reply_To="<a@hanse>", References="<x@y> <a@hanse>"))
    assert (mail.text, mail.references) == ("Yes, from Monday on.", ["<x@y>", "<a@hanse>"])
    assert "When do you start?" in mail.quoted


@pytest.mark.parametrize(
    "line", [
        "Am Fr., 15. Mai 2026 um 10:00 Uhr schrieb Ruth <ruth@harbour.example>:",
        "El vie, 15 may 2026 a las 10:00, Ruth (<ruth@harbour.example>) escribió:",
        "W dniu 15.05.2026 o 10:00, Ruth napisał(a):",
        "пт, 15 мая 2026 г. в 10:00, Ruth <ruth@harbour.example> пишет:",
        "Ruth <ruth@harbour.example> 於 2026年5月15日 週五 上午10:00寫道：",
        "On Friday, 15 May 2026\nRuth <ruth@harbour.example> wrote:",
    ],
)  # fmt: skip
def test_the_line_above_a_quotation_is_known_in_five_languages(line: str) -> None:
    assert part_quoted(f"Yes.\n\n{line}\n> When?\n")[0] == "Yes."


def test_an_answer_under_or_between_quoted_lines_is_not_lost() -> None:
    below = "On Fri, 15 May 2026 at 10:00, Ruth wrote:\n> When do you start?\n\nFrom Monday on."
    assert "From Monday on." in part_quoted(below)[0]
    between = "Hello,\n\nOn Fri, 15 May 2026 at 10:00, Ruth wrote:\n> When?\nOn Monday.\n> How much?\nTen pieces.\n"
    new = part_quoted(between)[0]
    assert "On Monday." in new
    assert "Ten pieces." in new


def test_words_with_wrote_in_them_are_no_quotation() -> None:
    text = "On my page I wrote:\nBuy the red lantern.\nIs that right?"
    assert part_quoted(text) == (text, "", False)


def test_a_forwarded_mail_tells_who_wrote_it_and_what() -> None:
    mail = read_mail(mails.plain(mails.FORWARDED, sender="ruth@harbour.example", subject="Fwd: My code"))
    assert mail.forwarded_from == Address("Ana", "ana@partners.example")
    assert mail.text == "Please see below, she is asking about codes.\n\nRuth"
    assert mail.quoted == "Does my code work for gift cards too?"


def test_a_mail_hung_on_another_tells_who_wrote_it_and_is_not_its_words() -> None:
    inner = mails.plain("Where is my money?", subject="Money").decode()
    raw = (
        "From: ruth@harbour.example\nSubject: Fwd: Money\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="q"\n\n--q\nContent-Type: text/plain\n\nsee there\n'
        f"--q\nContent-Type: message/rfc822\n\n{inner}\n--q--\n"
    ).encode()
    mail = read_mail(raw)
    assert mail.forwarded_from == Address("Ana", "ana@partners.example")
    assert "Where is my money?" not in mail.text


def test_of_html_the_words_are_read_and_nothing_is_run() -> None:
    html = (
        "<html><head><style>p{}</style></head><p>Hello<br>you &amp; <!-- not > this -->me</p><script>alert(1)</script>"
    )
    assert words_of_html(html) == "Hello\nyou & me"


def test_what_hangs_on_a_mail_is_told_and_not_kept() -> None:
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ana@partners.example", "Files"
    mail.set_content("see files")
    mail.add_attachment(b"PK\x03\x04" + bytes(1000), maintype="application", subtype="zip", filename="../../evil.zip")
    mail.add_attachment("<script>alert(1)</script>", subtype="html", filename="page.html")
    read = read_mail(mail.as_bytes())
    assert read.text == "see files"
    assert [(one.name, one.kind) for one in read.attached] == [
        (".._.._evil.zip", "application/zip"), ("page.html", "text/html"),
    ]  # fmt: skip
    assert read.attached[0].size_bytes == 1004


def test_line_breaks_hidden_in_headers_begin_no_other_header() -> None:
    sender = b"From: =?utf-8?q?Ana=0D=0ABcc:_x@evil.example?= <ana@partners.example>\n"
    mail = read_mail(sender + b"Subject: =?utf-8?q?Hi=0ABcc:=20a@b.c?=\n\nx")
    assert mail.subject == "Hi Bcc: a@b.c"
    assert not {"\n", "\r"} & set(mail.sender.name)
    assert mail.sender.email == "ana@partners.example"


def test_an_address_with_a_line_break_or_blank_is_none() -> None:
    assert read_mail(b"From: <ana@partners.example\r\n Bcc: x@y.z>\n\nx").sender.email == ""


@pytest.mark.parametrize("charset", ["no-such-charset", "punycode", "idna", "zip", "hex", "utf-16", "x" * 300, "\"'"])
def test_broken_charsets_are_read_as_well_as_they_can_be(charset: str) -> None:
    raw = (
        b"From: ana@partners.example\nContent-Type: text/plain; charset=" + charset.encode() + b"\n\nGr\xfc\xdfe \xff\n"
    )
    assert isinstance(read_mail(raw).text, str)


def test_characters_that_turn_or_hide_are_left_out() -> None:
    read = read_mail(mails.plain("amount \u202e001\u202c and\u0007 more \u0000 done"))
    assert read.text == "amount 001 and more  done"


def test_a_long_text_is_cut_and_says_so() -> None:
    read = read_mail(mails.plain("word " * 10_000))
    assert (len(read.text) <= LONGEST_TEXT, read.is_cut) == (True, True)


def _nested(levels: int, boundary: bool = True) -> bytes:
    parts = [b"From: ana@partners.example\nSubject: deep\n"]
    for level in range(levels):
        kind = f'multipart/mixed; boundary="b{level}"' if boundary else "message/rfc822"
        parts.append(f"Content-Type: {kind}\n\n".encode() + (f"--b{level}\n".encode() if boundary else b""))
    return b"".join(parts) + b"Content-Type: text/plain\n\nthe end\n"


@pytest.mark.parametrize(
    "raw", [
        _nested(30), _nested(5_000), _nested(2_000, boundary=False), _nested(50, boundary=False),
        b"From: ana@partners.example\nSubject: lines\n\n" + b"\n" * 9_000_000,
        b"From: ana@partners.example\n" + b"X: y\n" * 1_000_000 + b"\nbody",
        b"From: " + b"a," * 2_000_000 + b"\n\nx",
        b"Subject: " + b"=?utf-8?q?a?= " * 300_000 + b"\n\nx",
        b"References: " + b"<" * 2_000_000 + b"\n\nx",
        b"Content-Type: text/html\n\n" + b"<![CDATA[" * 100_000,
        b"Content-Type: text/html\n\n" + b"<!--" * 200_000,
        b"Content-Type: text/html\n\n" + b"<a " * 200_000,
        b"Content-Type: text/html\n\n" + b"</" * 300_000,
        b"Content-Type: text/plain\n\n" + b"On On On wrote " * 200_000,
        b"Content-Type: text/plain\n\n" + b"> " * 2_000_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: text/plain\n\nx\n" * 40_000,
        b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 1_000_000,
        b"Content-Transfer-Encoding: base64\nContent-Type: text/html\n\n" + b"PA==" * 1_000_000,
        b"Content-Type: text/calendar; method=REPLY\n\n" + b"BEGIN:VEVENT\nREPLY\n" * 2_600,
        b"", b"\x00" * 1_000_000, b"\xff\xfe" * 500_000, b"From:", b"\n\n\n",
    ], ids=lambda raw: raw[:40].decode("latin-1").replace("\n", " ") + str(len(raw)),
)  # fmt: skip
def test_mails_made_to_hurt_are_read_within_bounds(raw: bytes) -> None:
    began = time.process_time()
    read = read_mail(raw)
    assert time.process_time() - began < PATIENCE_SECONDS
    assert len(read.text) <= LONGEST_TEXT
    assert len(read.subject) <= 300
    assert len(read.attached) <= 50


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 6))
def test_no_bytes_whatever_break_the_reading(noise: bytes, place: int) -> None:
    base = [mails.plain(mails.FORWARDED), mails.bounce("x"), mails.complaint("y"), mails.rsvp("z")][place % 4]
    cut = random.Random(len(noise)).randrange(len(base))
    read = read_mail(base[:cut] + noise + base[cut:])
    assert "\x00" not in read.text + read.subject + read.sender.name
