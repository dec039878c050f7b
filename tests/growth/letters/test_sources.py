"""Sources of letters: what cannot be is refused with its line and column, the rest is built."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liquid.exceptions import LiquidError

from hanse.growth.templates.actions import check_contents
from hanse.growth.templates.blocks import blocks_of
from hanse.growth.templates.building import build
from hanse.growth.templates.checking import check_source
from hanse.growth.templates.samples import sample_values
from hanse.growth.templates.sandbox import parsed
from hanse.growth.templates.tags import Telling

KINDS = ("best_product", "record_day")


def places(source: str) -> list[tuple[int, int, str]]:
    return [(each.line, each.column, each.code) for each in check_source(source, KINDS, is_body=True).places]


@pytest.mark.parametrize(
    ("source", "line", "column", "code"),
    [
        ("{% for i in (1..9999999) %}x{% endfor %}", 1, 8, "no_list"),
        ("a\n\n  {% for i in partner.name %}x{% endfor %}", 3, 15, "no_list"),
        ("{{ partner.__class__.__mro__ }}", 1, 4, "unknown_name"),
        ("Hello\n{{ partner.name.__class__ }}", 2, 4, "unknown_name"),
        ("{{ partner[tier.key] }}", 1, 4, "bad_name"),
        ("{{ settings.SECRET_KEY }}", 1, 4, "unknown_name"),
        ("{{ __telling__ }}", 1, 4, "unknown_name"),
        ("{{ partner.first_nam }}", 1, 4, "unknown_name"),
        ("{% fact \"best_product\" %}{{ fact.secret }}{% endfact %}", 1, 29, "unknown_name"),
        ("{{ fact.sentence }}", 1, 4, "unknown_name"),
        ("{% fact \"nope\" %}x{% endfact %}", 1, 4, "no_fact"),
        ("{% fact best_product %}x{% endfact %}", 1, 9, "liquid"),
        ("{% include 'x' %}", 1, 1, "unknown_tag"),
        ("{% render 'x' %}", 1, 1, "unknown_tag"),
        ("{% assign x = 1 %}", 1, 1, "unknown_tag"),
        ("{% capture x %}y{% endcapture %}", 1, 1, "unknown_tag"),
        ("{% go %}x{% endgo %}", 1, 1, "unknown_tag"),
        ("{% raw %}{{ x }}{% endraw %}", 1, 1, "unknown_tag"),
        ("{{ partner.name | append: partner.name }}", 1, 19, "unknown_filter"),
        ("{{ partner.name | safe }}", 1, 19, "unknown_filter"),
        ("{{ partner.name | money }}", 1, 4, "wrong_filter"),
        ("{{ figures.value_30d }}", 1, 4, "needs_filter"),
        ("{{ links }}", 1, 4, "is_list"),
        ("{{ coupon.code }}", 1, 4, "may_be_nothing"),
        ("{% if tier.key %}{{ coupon.code }}{% endif %}", 1, 21, "may_be_nothing"),
        ("a\n<b>bold", 2, 1, "not_closed"),
        ("<p>a<p>b</p>", 1, 1, "not_closed"),
        ("x </b>", 1, 3, "not_open"),
        ("{% if tier.key %}<b>x{% endif %}</b>", 1, 18, "not_closed"),
        ("{% if tier.key %}<b>x{% else %}y</b>{% endif %}", 1, 18, "not_closed"),
        ("{% if tier.key %}x", 1, 1, "not_closed"),
        ("{{ partner.name", 1, 1, "not_closed"),
        ("x {% if", 1, 3, "not_closed"),
        ("{% if tier.key %}a{% else %}b{% else %}c{% endif %}", 1, 30, "wrong_place"),
        ("{% else %}", 1, 1, "not_open"),
        ("{% if x = 1 %}{% endif %}", 1, 9, "liquid"),
        ("1 < 2", 1, 3, "not_closed"),
        ("<!-- x -->", 1, 1, "not_closed"),
        ("<script>x</script>", 1, 1, "unknown_element"),
        ("<iframe src=\"https://x.example/\"></iframe>", 1, 1, "unknown_element"),
        ("<mj-include path=\"/etc/passwd\"></mj-include>", 1, 1, "unknown_element"),
        ("<mj-raw>x</mj-raw>", 1, 1, "unknown_element"),
        ("<mj-style>x</mj-style>", 1, 1, "unknown_element"),
        ("<p onclick=\"x\">a</p>", 1, 13, "unknown_attribute"),
        ("<p style=\"x\">a</p>", 1, 11, "unknown_attribute"),
        ("<mj-button href=\"{{ portal.home }}\" onclick=\"x\">a</mj-button>", 1, 46, "unknown_attribute"),
        ("<mj-text color=\"red;background:url(x)\">a</mj-text>", 1, 17, "bad_value"),
        ("<a href=\"javascript:alert(1)\">x</a>", 1, 10, "bad_address"),
        ("<a href=\"data:text/html,x\">x</a>", 1, 10, "bad_address"),
        ("[x](javascript:alert(1))", 1, 5, "bad_address"),
        ("[x]({{ partner.name }})", 1, 5, "bad_address"),
        ("<a href=\"https://{{ partner.name }}/\">x</a>", 1, 10, "bad_address"),
        ("<mj-image src=\"http://x.example/a.png\"></mj-image>", 1, 1, "bad_address"),
        ("<a href=\"{% if tier.key %}https://a.example/{% endif %}\">x</a>", 1, 10, "wrong_place"),
        ("One {% fact \"best_product\" %}two\n\nthree{% endfact %} four", 1, 5, "torn"),
        ("{% if tier.key %}" * 40 + "{% endif %}" * 40, 1, 157, "liquid"),
        ("{{ partner.name\n}}", 1, 1, "broken_line"),
        ("\ue100", 1, 1, "bad_character"),
    ],
)  # fmt: skip
def test_what_a_letter_cannot_hold_is_refused_with_its_place(source: str, line: int, column: int, code: str) -> None:
    assert (line, column, code) in places(source)


@pytest.mark.parametrize(
    "source",
    [
        "Hello {{ partner.first_name }} & all, 100 % {{ figures.value_30d | money }}",
        "{% if coupon.code %}Your code is {{ coupon.code }}.{% endif %}",
        "{% for link in links %}\n- {{ link.name }}: [open]({{ link.address }})\n{% endfor %}",
        "{% fact \"best_product\", \"record_day\" %}{{ fact.sentence }}{% else %}Nothing yet.{% endfact %}",
        "{% unless tier.key == \"power\" %}<b>Soon</b>{% endunless %}",
        "<mjml><mj-body><mj-section><mj-column><mj-text>Hi <i>you</i></mj-text></mj-column></mj-section>"
        "</mj-body></mjml>",
        "<mj-button href=\"{{ portal.home }}\" background-color=\"#112233\">Go</mj-button>",
        "| Rate | {{ program.hold_days | count: \"day\", \"days\" }} |",
    ],
)  # fmt: skip
def test_what_a_letter_can_hold_is_kept(source: str) -> None:
    assert places(source) == []
    assert check_contents({"en": {"subject": "Hello", "body": source}}) == {}


def test_elements_of_mjml_that_do_not_fit_into_each_other_are_refused() -> None:
    body = '<mj-column><mj-button href="https://x.example/"><mj-section>x</mj-section></mj-button></mj-column>'
    assert check_contents({"en": {"subject": "Hello", "body": body}})


def test_a_subject_holds_no_elements() -> None:
    assert check_source("<b>x</b>", KINDS, is_body=False).places[0].code == "no_elements"


def test_a_letter_of_five_hundred_pieces_of_liquid_is_read_soon_and_a_longer_one_refused() -> None:
    assert places("{{ partner.name }} " * 500) == []
    assert (1, 19 * 500 + 1, "long") in places("{{ partner.name }} " * 501)


def filled(body: str, facts: list[dict[str, object]] | None = None, **values: object) -> tuple[str, str]:
    built = build(body, "S", "", "en")
    found = facts or []
    context = {
        **sample_values(), "__language__": "en", "__currency__": "GBP", "__subject__": "S", "__preview__": "",
        "__kicker__": "", "facts": found,
        "__foot__": dict.fromkeys(("why", "stop", "stop_label", "portal", "portal_label", "sender"), ""), **values,
    }  # fmt: skip
    tellings = (Telling(list(found)), Telling(list(found)))
    html = parsed(built.html, True).render({**context, "__telling__": tellings[0]})
    return html, parsed(built.text, False).render({**context, "__telling__": tellings[1]})


def test_a_value_never_becomes_an_element_or_liquid() -> None:
    hostile = "<script>alert(1)</script>{{ portal.home }}{% include 'x' %}\"><mj-raw>"
    html, text = filled("Hello {{ partner.name }}", partner={"name": hostile})
    assert "<script>alert" not in html
    assert "<mj-raw>" not in html
    assert hostile in text  # plain text stays what it is
    assert "&lt;script&gt;" in html
    assert "{{ portal.home }}" in html


def test_a_fact_that_there_is_not_takes_its_whole_block_with_it() -> None:
    body = (
        'Before.\n\n{% fact "best_product" %}\nYour best: {{ fact.sentence }}\n\n[See]({{ fact.page }})\n{% endfact %}'
        "\n\nAfter."
    )
    html, text = filled(body)
    assert "Your best" not in html
    assert "See" not in html
    assert "Before." in html
    assert "After." in html
    assert text.startswith("Before.\n\nAfter.")
    fact = {"kind": "best_product", "sentence": "Tea & cake", "n": 3, "page": "https://x.example/p"}
    html, text = filled(body, [fact])
    assert "Your best: Tea &amp; cake" in html
    assert 'href="https://x.example/p"' in html
    assert "Your best: Tea & cake" in text
    assert "See:\nhttps://x.example/p" in text


def test_the_look_is_inlined_and_the_dark_one_stays_in_a_media_query() -> None:
    html, _text = filled("# Hello\n\n> https://x.example/\n\n[Go]({{ portal.home }})\n\n| A | **1** |")
    assert '<h1 style="' in html
    assert "prefers-color-scheme:dark" in html.replace(" ", "")
    assert '<html lang="en"' in html
    assert "<b>1</b>" in html
    assert 'class="lk"' in html
    assert "\ue100" not in html
    assert "{%" not in html


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<>/{}%\"' abp=if.\n|[]()#*-_&;\ue100", max_size=60))
def test_any_text_is_kept_and_built_or_refused_with_a_place_inside_it(source: str) -> None:
    found = check_contents({"en": {"subject": "S", "body": f"x{source}"}})
    if not found:
        filled(f"x{source}")
        return
    for places_found in found.values():
        for place in places_found:
            assert 1 <= place.line <= source.count("\n") + 1
            assert place.column >= 1
            assert place.message


def test_a_loop_that_never_ends_cannot_be_written_even_without_the_check() -> None:
    with pytest.raises(LiquidError):
        parsed("{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}", False).render({})


def test_a_whole_document_of_mjml_and_a_section_between_prose_are_built() -> None:
    whole = (
        "<mjml><mj-body>\n{% if tier.key %}<mj-section><mj-column><mj-text>Hi {{ partner.first_name }}</mj-text>"
        "</mj-column></mj-section>{% endif %}\n</mj-body></mjml>"
    )
    assert check_contents({"en": {"subject": "S", "body": whole}}) == {}
    html, text = filled(whole, tier={"key": "new"})
    assert "Hi Imogen" in html
    assert text.startswith("Hi Imogen\n")
    assert "Hi Imogen" not in filled(whole, tier={"key": None})[0]
    section = "<mj-section><mj-column><mj-text>Between</mj-text></mj-column></mj-section>"
    html, text = filled(f"Before\n\n{section}\n\nAfter")
    assert html.index("Before") < html.index("Between") < html.index("After")
    assert text.startswith("Before\n\nBetween\n\nAfter\n")


def test_headlines_in_a_row_are_read_one_by_one_and_a_thousand_are_refused() -> None:
    assert [block.text for block in blocks_of("# a\n## b\nWords")[0]] == ["a", "b", "Words"]
    found = check_contents({"en": {"subject": "Hello", "body": "# a\n" * 1_500}})
    assert [place.code for place in found["en", "body"]] == ["unbuildable"]
