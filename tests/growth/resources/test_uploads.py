"""Hostile uploads: refused with the reason, or cleaned; harmless ones stay as they are."""

from __future__ import annotations

import base64
import io
import time
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hanse.growth.resources.files.checking import check_file
from hanse.growth.resources.files.names import path_problem, safe_name
from hanse.growth.resources.files.types import EXTENSIONS, MOST_BYTES
from hanse.kernel.errors import Invalid
from tests.growth.resources.hostile import (
    DOCX,
    XLSX,
    archive,
    bomb_picture,
    document,
    linked,
    overlapping,
    pdf,
    picture,
    relation,
    svg,
)

_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def why_not(name: str, content: bytes) -> str:
    """Return the code with which an upload is refused; the message says something to do."""
    with pytest.raises(Invalid) as refused:
        check_file(name, content)
    problem = refused.value.problems[0]
    assert problem.pointer == "/file"
    assert problem.message.count(".") >= 1
    return problem.code


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_drawn_anew_and_keeps_its_size(kind: str) -> None:
    found = check_file("holiday.html", picture(kind))
    assert (found.kind, found.width_px, found.height_px) == (kind.lower(), 60, 40)
    assert Image.open(io.BytesIO(found.content)).size == (60, 40)
    assert found.small


def test_camera_data_does_not_stay_and_the_turn_is_drawn() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera at home"
    found = check_file("a.jpg", picture("JPEG", exif=exif))
    assert found.mended == ("camera_data",)
    assert (found.width_px, found.height_px) == (40, 60)
    assert b"A camera at home" not in found.content


def test_what_stands_behind_a_picture_does_not_stay() -> None:
    found = check_file("a.png", picture() + b"\0" * 20 + b"payload-of-another-kind")
    assert b"payload" not in found.content


def test_pictures_that_are_something_else_too_are_refused() -> None:
    assert why_not("a.gif", picture("GIF") + b"<script>alert(1)</script>") == "two_kinds"
    assert why_not("a.png", picture() + archive([("a.txt", b"hidden")])) == "two_kinds"
    assert why_not("a.gif", b"GIF89a/*" + b"\0" * 30 + b"*/=1;alert(1)") == "damaged"
    assert why_not("a.pdf", b"<html>\n" + pdf()) == "two_kinds"
    assert why_not("a.png", picture()[:60]) == "damaged"


@pytest.mark.parametrize("size", [(50_000, 50_000), (13_000, 10), (6_000, 6_000)])
def test_pictures_that_unpack_to_too_much_are_refused_before_they_are(size: tuple[int, int]) -> None:
    assert why_not("a.png", bomb_picture(*size)) == "too_many_pixels"


def test_a_drawing_is_written_anew() -> None:
    found = check_file("a.svg", svg(
        '<g xmlns:i="urn:i" i:label="x" fill="url(#g)"><a href="https://x.example"><circle r="2"/></a></g>'
        "<metadata>m</metadata>"
        f'<use href="#b"/><image href="data:image/png;base64,{_PIXEL}"/><style>.a{{fill:#fff}}</style>',
        before='<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/y.dtd">',
    ))  # fmt: skip
    text = found.content.decode()
    assert (found.kind, found.width_px, found.height_px) == ("svg", 10, 20)
    assert "circle" in text
    assert [gone for gone in ("label", "metadata", "https://x.example", "DOCTYPE") if gone in text] == []
    assert found.mended == ("extras", "links")


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<script>alert(1)</script>", "active_content"), ("<SCRIPT/>", "active_content"),
        ("<foreignObject><body/></foreignObject>", "active_content"), ('<g onload="alert(1)"/>', "active_content"),
        ('<g OnClick="x"/>', "active_content"),
        ('<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>', "active_content"),
        ('<a href="java&#9;script:alert(1)"><g/></a>', "active_content"), ("<iframe/>", "active_content"),
        ('<image href="https://spy.example/a.png"/>', "outside"), ('<use href="other.svg#a"/>', "outside"),
        ('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>', "outside"),
        ('<g fill="url(//spy.example/x)"/>', "outside"),
        ("<style>@import 'https://x'</style>", "active_content"),
        ('<g style="background:url(https://x)"/>', "outside"),
        (r"<style>a{b:u\72l(https://x)}</style>", "active_content"),
        ('<g id="a"><use href="#a"/></g>', "svg_too_many"),
        ("<g>" * 120 + "</g>" * 120, "svg_too_deep"),
    ],
)  # fmt: skip
def test_drawings_that_act_or_lead_outside_are_refused(inside: str, code: str) -> None:
    assert why_not("a.svg", svg(inside)) == code


def test_drawings_that_unpack_without_end_are_refused() -> None:
    copies = "".join(f'<g id="g{n}">' + f'<use href="#g{n + 1}"/>' * 10 + "</g>" for n in range(9)) + '<g id="g9"/>'
    assert why_not("a.svg", svg(copies)) == "svg_too_many"
    laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert why_not("a.svg", svg("<text>&b;</text>", before=laughs)) == "svg_entities"
    assert why_not("a.svg", svg("<script/>").decode().encode("utf-16")) == "active_content"


def test_papers_that_act_are_refused() -> None:
    assert check_file("a.pdf", pdf()).kind == "pdf"
    assert check_file("a.pdf", pdf({"/S": "/URI", "/URI": "https://x.example"})).kind == "pdf"
    script = pdf({"/S": "/JavaScript", "/JS": "app.alert(1)"})
    assert why_not("a.pdf", script) == "active_content"
    assert (
        why_not("a.pdf", script.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")) == "active_content"
    )
    assert why_not("a.pdf", pdf({"/S": "/Launch", "/F": "cmd.exe"})) == "active_content"
    assert why_not("a.pdf", pdf({"/S": "/SubmitForm", "/F": "https://x"})) == "active_content"
    assert why_not("a.pdf", pdf(attached=True)) == "active_content"
    assert why_not("a.pdf", pdf(locked=True)) == "locked"
    assert why_not("a.pdf", pdf() + b"MZ hidden") == "damaged"
    assert why_not("a.pdf", b"%PDF-1.7\nnothing\n%%EOF") == "damaged"


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (document(("word/vbaProject.bin", b"x")), "macros"), (document(("word/embeddings/o.bin", b"x")), "macros"),
        (document(relation("attachedTemplate", "https://x/t.dotm")), "macros"),
        (document(relation("image", "https://spy.example/a.png")), "outside"),
        (document(relation("hyperlink", "file://server/share")), "outside"),
        (document(("word/f.xml", "<w><instrText>DDE</instrText><instrText>AUTO cmd</instrText></w>")), "macros"),
        (document(("xl/s.xml", "<s><f>cmd|' /C calc'!A0</f></s>"), contents=XLSX), "macros"),
        (document(("word/x.xml", '<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>')), "entities"),
        (document(contents='<Types><Override ContentType="x.macroEnabled.main+xml"/></Types>'), "macros"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_office"), (b"{\\rtf1 hello}", "active_text"),
    ],
)  # fmt: skip
def test_documents_that_act_are_refused(made: bytes, code: str) -> None:
    assert why_not("a.docx", made) == code


def test_harmless_documents_stay() -> None:
    assert check_file("a.bin", document(relation("hyperlink", "https://x.example/"))).kind == "docx"
    assert check_file("a.docx", document(contents=XLSX)).kind == "xlsx"


@pytest.mark.parametrize("name", [
    "../../etc/passwd", "/etc/passwd", "a/../../b.txt", "C:\\x.txt", "a\\b.txt", "con.txt", "a/nul", "a\u202egpj.exe",
    "a\x07.txt", "x" * 300, "a./b.txt", "a//b.txt",
])  # fmt: skip
def test_names_in_archives_that_lead_out_are_refused(name: str) -> None:
    assert path_problem(name)
    assert why_not("a.zip", archive([(name, b"hello")])) == "bad_name"


def test_archives_that_are_bombs_are_refused() -> None:
    assert why_not("a.zip", archive([("a.txt", b"0" * 30_000_000)])) == "bomb"
    assert why_not("a.zip", archive([(f"{n}.txt", bytes([65 + n % 20, 66]) * 15_000_000) for n in range(2)])) == "bomb"
    assert why_not("a.zip", overlapping()) == "bomb"
    assert why_not("a.zip", archive([(f"{n}.txt", b"a") for n in range(400)])) == "too_many_entries"
    assert why_not("a.zip", archive([("b.zip", archive([("a.txt", b"a")]))])) == "nested"
    assert why_not("a.zip", linked("a.txt", "/etc/passwd")) == "link"
    assert why_not("a.zip", archive([("A.txt", b"a"), ("a.TXT", b"b")])) == "doubled"
    assert why_not("a.zip", archive([])) == "empty"


def test_each_file_of_an_archive_is_checked_and_named_for_what_it_is() -> None:
    assert why_not("a.zip", archive([("ok.txt", b"a"), ("x.svg", svg("<script/>"))])) == "active_content"
    assert why_not("a.zip", archive([("a.exe", b"MZ\0\0")])) == "program"
    assert why_not("a.zip", archive([(f"{n}.png", bomb_picture(9_000, 2_000)) for n in range(2)])) == "damaged"
    found = check_file("a.zip", archive([
        ("logo/a.png", picture()), ("run.bat", b"@echo off"), ("__MACOSX/._a", b"\0"), ("Thumbs.db", b"\0"),
    ]))  # fmt: skip
    assert zipfile.ZipFile(io.BytesIO(found.content)).namelist() == ["logo/a.png", "run.bat.txt"]
    assert set(found.mended) == {"extras", "names"}


def test_pages_programs_and_unknown_kinds_are_refused() -> None:
    assert why_not("a.txt", b"<!doctype html><p>hi") == "web_page"
    assert why_not("a.md", b"\n <script>alert(1)</script>") == "web_page"
    assert why_not("a.txt", b"<?php system('x');") == "active_text"
    assert why_not("a.sh", b"#!/bin/sh\nrm") == "active_text"
    assert why_not("a.png", b"MZ\x90\0") == "program"
    assert why_not("a.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 50) == "unknown_kind"
    assert why_not("a.txt", b"\xff\x00\xfe") == "unknown_kind"
    assert why_not("a.txt", b"") == "empty"
    assert why_not("a.txt", b"a" * (MOST_BYTES + 1)) == "too_large"


def test_texts_stay_as_they_are() -> None:
    assert check_file("a.md", "# Żółw 🐢\r\n".encode()).kind == "markdown"
    assert check_file("a.csv", b"\xef\xbb\xbfa,b\n=1,2\n").content == b"a,b\n=1,2\n"
    assert check_file("a.bat", "say <b> and </script>".encode("utf-16")).content == b"say <b> and </script>"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd.png"), ("CON", "CON_.png"), ("lpt1.png", "lpt1_.png"),
        ("a\u202egpj.exe", "agpj.exe.png"), ("C:\\x\\y.PNG", "y.png"), ("", "file.png"), (".htaccess", "htaccess.png"),
        ("a\r\nSet-Cookie: b.png", "aSet-Cookie b.png"),
        ("żółw 🐢.png", "żółw 🐢.png"), ("photo.jpeg", "photo.png"), ("a\x00.html", "a.html.png"),
    ],
)  # fmt: skip
def test_names_are_mended(given_name: str, kept: str) -> None:
    assert safe_name(given_name, "png") == kept


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400), st.sampled_from(sorted(EXTENSIONS)))
def test_every_name_becomes_one_that_a_disk_and_a_header_can_take(name: str, kind: str) -> None:
    kept = safe_name(name, kind)
    assert 3 < len(kept.encode()) <= 130
    assert kept.endswith(EXTENSIONS[kind])
    assert kept.isprintable()
    assert not set('/\\<>:"|?*') & set(kept)
    assert not path_problem(kept)
    assert safe_name(kept, kind) == kept


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"GIF89a", b"<svg>", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP"]),
)
def test_no_bytes_break_the_check(content: bytes, start: bytes) -> None:
    try:
        check_file("a", start + content)
    except Invalid as refused:
        assert refused.problems[0].pointer == "/file"  # noqa: PT017


def test_a_phone_picture_of_two_frames_is_taken() -> None:
    out, turned = io.BytesIO(), Image.Exif()
    turned[0x0112] = 6
    one = Image.new("RGB", (60, 40))
    for exif, size in ((turned, (40, 60)), (Image.Exif(), (60, 40))):
        out.seek(0)
        one.save(out, "MPO", save_all=True, append_images=[one.copy()], exif=exif.tobytes())
        found = check_file("phone.jpg", out.getvalue())
        assert (found.kind, found.width_px, found.height_px) == ("jpeg", *size)
        assert Image.open(io.BytesIO(found.content)).format == "JPEG"


@pytest.mark.parametrize("start", [
    b"<!-- -->" * 200, b"<!-- -->" * 800_000, b" " * 6_000_000, b"<!DOCTYPE svg [] >" * 9_000,
    b"<?xml" + b"?" * 190_000, b"<!DOCTYPE svg [" + b"] " * 90_000, b"<!--" * 40_000,
])  # fmt: skip
def test_a_beginning_without_end_is_read_in_no_time(start: bytes) -> None:
    began = time.process_time()
    with suppress(Invalid):
        check_file("a.txt", start + b"<x")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("inside", [
    "<style>" + "/*a" * 500_000 + "</style>", "<style>url(" + " " * 1_500_000 + "</style>",
    "<style>" + "url(" * 400_000 + "</style>", "<style>" + "url('a" * 300_000 + "</style>",
    "<style>expression" + " " * 1_500_000 + "</style>", f'<g fill="url({" " * 1_500_000}"/>',
    f'<g fill="{"url(#a" * 250_000}"/>',
])  # fmt: skip
def test_a_style_without_end_is_read_in_no_time(inside: str) -> None:
    began = time.process_time()
    with suppress(Invalid):
        check_file("a.svg", svg(inside))
    assert time.process_time() - began < 0.5


def test_a_size_without_end_is_read_in_no_time() -> None:
    began = time.process_time()
    for size in ("1" + " " * 900_000 + "x", "1" * 900_000 + "x"):
        check_file("a.svg", svg().replace(b'width="10"', f'width="{size}"'.encode()))
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("before", [
    "\ufeff", "\ufeff<?xml version='1.0'?>\n<!-- a --> <!-- b -->\n", '<!DOCTYPE svg PUBLIC "a" "b" ><!-- c -->',
])  # fmt: skip
def test_what_honest_drawings_begin_with_is_read(before: str) -> None:
    assert check_file("a.svg", svg(before=before)).kind == "svg"


@pytest.mark.parametrize("style", [
    r"rect{fill:u\rl(http://spy.example/x)}", r"@\import 'http://spy.example/x.css';",
    'a{font-family:"/*";fill:url(https://spy.example/x);cursor:"*/"}',
])  # fmt: skip
def test_a_style_loads_nothing_by_backslashes_and_quotes(style: str) -> None:
    assert why_not("a.svg", svg(f"<style>{style}</style>")) in ("active_content", "outside")


@pytest.mark.parametrize("paint", ["url(#a)", "url( '#a' )", "url( #a ) #fff", "URL(#a)"])
def test_paint_from_the_drawing_itself_stays(paint: str) -> None:
    assert paint.encode() in check_file("a.svg", svg(f'<g fill="{paint}"/>')).content


def test_pictures_in_drawings_share_the_limit_of_pixels() -> None:
    out = io.BytesIO()
    Image.new("1", (12_000, 1_000)).save(out, "PNG")  # a few kilobytes, twelve megapixels
    one = f'<image href="data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"/>'
    assert check_file("a.svg", svg(one * 2)).pixels == 24_000_000
    assert why_not("a.svg", svg(one * 3)) == "too_many_pixels"
    assert why_not("a.zip", archive([(f"{n}.svg", svg(one)) for n in range(3)])) == "too_many_pixels"
    assert why_not("a.zip", archive([("a.png", out.getvalue()), ("b.svg", svg(one * 2))])) == "too_many_pixels"


def test_a_part_of_a_document_is_checked_whatever_its_name() -> None:
    words = '<w:d xmlns:w="w"><w:instrText>DDEAUTO c:\\cmd.exe "/k calc"</w:instrText></w:d>'
    contents = DOCX.replace("document.xml", "document.dat")
    for said in (words.encode(), words.encode("utf-16"), b"\n" + words.encode()):
        made = archive([("[Content_Types].xml", contents), ("word/document.dat", said)])
        assert why_not("a.docx", made) == "macros"


def test_drawings_and_pictures_in_a_document_stay() -> None:
    drawn = svg(before='<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/y.dtd">')
    assert check_file("a.docx", document(("word/media/a.svg", drawn), ("word/media/b.png", picture()))).kind == "docx"
