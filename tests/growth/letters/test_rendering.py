"""Letters for partners: in her language, with her own numbers, in as many queries for one as for many."""

from __future__ import annotations

import re
import time
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.templates.actions import archive_message, keep_message
from hanse.growth.templates.models import MessageVersion
from hanse.growth.templates.previews import preview_of, send_test, unsaved
from hanse.growth.templates.rendering import render_many
from hanse.insight.facts.models import PartnerFact
from hanse.kernel.errors import Invalid, NotFound, Refused
from hanse.spine.outbox.models import OutboxItem
from hanse.traffic.products.actions import name_products
from tests import make
from tests.cast import Cast, build
from tests.money import books

NOW = make.NOON
BY = "ruth@harbour.example"


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def kept(cast: Cast, body: str = "Hello {{ partner.first_name }}", **fields: Any) -> MessageVersion:
    contents = fields.pop("contents", None) or {"en": {"subject": fields.pop("subject", "Hello"), "body": body}}
    values = {"name": "A letter", "kind": "ideas"} | fields
    return keep_message(cast.program, contents=contents, now=NOW, by=BY, **values)


def fact(cast: Cast, kind: str = "best_product", **numbers: Any) -> None:
    shown = {"name": "Moss teapot", "count": 12, "sales": 37} | numbers
    PartnerFact.objects.create(
        program_id=cast.program.pk, enrolment_id=cast.anas.pk, kind=kind, period_from=date(2026, 8, 1),
        period_to=date(2026, 10, 29), n=37, numbers=shown, rank_ppm=900_000, found_on=date(2026, 10, 29),
    )  # fmt: skip


def test_each_reads_her_own_name_link_and_numbers(cast: Cast) -> None:
    body = "Hello {{ partner.first_name }}\n\n{% if link.address %}\n> {{ link.address }}\n{% endif %}"
    letters = dict(render_many(kept(cast, body), [cast.anas.pk, cast.bens.pk], NOW))
    assert letters[cast.anas.pk].text.startswith("Hello Ana\n")
    assert cast.anas_link.slug in letters[cast.anas.pk].text
    assert cast.bens_link.slug in letters[cast.bens.pk].html
    assert cast.anas_link.slug not in letters[cast.bens.pk].html


def test_a_letter_is_read_in_her_language_else_in_the_first(cast: Cast) -> None:
    contents = {
        "en": {"subject": "Hello", "body": "{{ figures.value_30d | money }}"},
        "pl": {"subject": "Cześć", "body": '{{ figures.sales_30d | count: "sprzedaż", "sprzedaże", "sprzedaży" }}'},
    }
    version = kept(cast, contents=contents)
    cast.ana.language = "pl"
    cast.ana.save()
    letters = dict(render_many(version, [cast.anas.pk, cast.bens.pk], NOW))
    assert letters[cast.anas.pk].subject == "Cześć"
    assert letters[cast.anas.pk].text.startswith("0 sprzedaży")
    assert letters[cast.bens.pk].language == "en"
    assert letters[cast.bens.pk].text.startswith("£0.00")


def test_a_letter_whose_facts_all_drop_is_empty_and_one_with_words_for_everybody_is_not(cast: Cast) -> None:
    fact(cast)
    version = kept(cast, 'Hello\n\n{% fact "best_product" %}{{ fact.sentence }}{% endfact %}')
    letters = dict(render_many(version, [cast.anas.pk, cast.bens.pk], NOW))
    assert not letters[cast.anas.pk].is_empty
    assert "Moss teapot" in letters[cast.anas.pk].text
    assert letters[cast.bens.pk].is_empty
    with_else = kept(cast, '{% fact "best_product" %}x{% else %}Begin here.{% endfact %}', name="Other")
    assert not dict(render_many(with_else, [cast.bens.pk], NOW))[cast.bens.pk].is_empty


def test_a_fact_for_the_team_alone_is_no_fact_for_a_letter(cast: Cast) -> None:
    with pytest.raises(Invalid, match="no fact “value_down”"):
        kept(cast, '{% fact "value_down" %}{{ fact.sentence }}{% endfact %}')


def test_links_are_counted_and_the_way_to_stop_stands_in_the_foot(cast: Cast) -> None:
    version = kept(
        cast, '[Go]({{ portal.links }}) and [shop](https://shop.example/?a=1&b=2)\n\n<a href="{{ portal.home }}">x</a>'
    )
    seen: list[str] = []

    def address_of(_who: object, address: str) -> str:
        seen.append(address)
        return "https://count.example/?x=1&y=2"

    letter = dict(
        render_many(
            version, [cast.anas.pk], NOW, address_of=address_of, stop_address_of=lambda _who: "https://stop.example/"
        )
    )
    found = letter[cast.anas.pk]
    assert {"https://shop.example/?a=1&b=2"} < set(seen)
    assert 'href="https://count.example/?x=1&amp;y=2"' in found.html
    assert "https://count.example/?x=1&y=2" in found.text
    assert "https://stop.example/" in found.html
    assert "https://stop.example/" in found.text


def test_what_is_owed_cannot_be_stopped_and_says_so_by_having_no_way_to(cast: Cast) -> None:
    version = kept(cast, "Clicks were not counted.", kind="honesty")
    found = dict(render_many(version, [cast.anas.pk], NOW, stop_address_of=lambda _who: "https://stop.example/"))
    assert "stop.example" not in found[cast.anas.pk].html


def test_a_name_with_line_breaks_cannot_break_a_subject(cast: Cast) -> None:
    cast.ana.contact_name = "Ana\r\nBcc:x@y.example Z"
    cast.ana.save()
    version = kept(cast, subject="Hi {{ partner.first_name }}")
    subject = dict(render_many(version, [cast.anas.pk], NOW))[cast.anas.pk].subject
    assert "\n" not in subject
    assert "\r" not in subject


def test_who_is_enrolled_elsewhere_gets_nothing(cast: Cast) -> None:
    other = make.enrolment(make.partner("Cleo"), make.program("other"))
    assert dict(render_many(kept(cast), [other.pk], NOW)) == {}
    with pytest.raises(NotFound):
        preview_of(kept(cast, name="Other"), other.pk, NOW)


def test_an_incident_fills_what_only_it_knows_and_without_it_nobody_is_written_to(cast: Cast) -> None:
    version = kept(
        cast, '{{ incident.orders | count: "order", "orders" }} over {{ incident.value | money }}', kind="honesty"
    )
    assert dict(render_many(version, [cast.anas.pk], NOW)) == {}
    about = {cast.anas.pk: {"incident": {"orders": 3, "value": 12_00}}}
    assert dict(render_many(version, [cast.anas.pk], NOW, about=about))[cast.anas.pk].text.startswith(
        "3 orders over £12.00"
    )
    assert preview_of(version, cast.anas.pk, NOW).is_sample


def test_queries_do_not_grow_with_the_readers(cast: Cast) -> None:
    body = (
        "{{ owner.name }} {% if link.address %}{{ link.address }}{% endif %} {{ step.title }} {{ figures.sales_30d }}"
        "{% if coupon.code %}{{ coupon.code }}{% endif %}{% for l in terms.lines %}{{ l.text }}{% endfor %}"
        "{% for p in products %}{{ p.name }}{% endfor %}{% fact %}{{ fact.sentence }}{% else %}x{% endfact %}"
        "{% if tier.needed %}{{ tier.needed }}{% endif %}{% if silence.days %}{{ silence.days }}{% endif %}"
        "{% for o in offers %}{{ o.name }}{% endfor %}"
    )
    version = kept(cast, body)
    ids = [make.enrolment(make.partner(f"P{index}"), cast.program).pk for index in range(30)]

    def queries(count: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert len(dict(render_many(version, ids[:count], NOW))) == count
        return len(caught)

    assert queries(2) == queries(30)


def test_a_hundred_letters_take_less_than_a_second(cast: Cast) -> None:
    version = kept(cast, "# Hi {{ partner.first_name }}\n\n" + "Words with {{ program.name }}.\n\n" * 10)
    ids = [make.enrolment(make.partner(f"P{index}"), cast.program).pk for index in range(100)]
    begun = time.process_time()
    assert len(dict(render_many(version, ids, NOW))) == 100
    assert time.process_time() - begun < 1


def test_the_same_texts_again_make_no_new_version_and_other_ones_do(cast: Cast) -> None:
    first = kept(cast)
    again = kept(cast, instead_of=first.template)
    assert again.pk == first.pk
    second = kept(cast, "Other", instead_of=first.template)
    assert (second.number, second.template_id) == (2, first.template_id)
    archive_message(first.template, now=NOW, by=BY)
    with pytest.raises(Refused):
        archive_message(first.template, now=NOW, by=BY)


def test_what_is_wrong_is_told_for_each_language_with_its_place(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        kept(
            cast,
            contents={
                "en": {"subject": "Hi", "body": "a\n<b>x"},
                "pl": {"subject": "{{ nope }}", "body": "x"},
                "xx": {"subject": "a", "body": "b"},
                "es": {"subject": "", "body": ""},
            },
        )
    found = {problem.pointer: problem.message for problem in refused.value.problems}
    assert found["/contents/en/body"].startswith("Line 2, column 1: <b>")
    assert found["/contents/pl/subject"].startswith("Line 1, column 4:")
    assert "/contents/xx" in found
    assert "/contents/es/body" in found


def test_a_preview_marks_what_comes_from_data_and_shows_what_is_left_out(cast: Cast) -> None:
    fact(cast)
    body = (
        '{% fact "best_product" %}So: {{ fact.sentence }}{% endfact %}\n\n'
        '{% fact "record_day" %}Your <b>record</b> was {{ fact.sentence }}{% endfact %}'
    )
    version = unsaved(cast.program, "insight", {"en": {"subject": "Numbers", "body": body}})
    preview = preview_of(version, cast.anas.pk, NOW)
    assert '<span class="fact">' in preview.shown
    assert '<sup class="fn">1</sup>' in preview.shown
    assert "Your record was …" in preview.dropped[0]
    assert preview.notes[0].n == 37
    assert "\ue012" not in preview.rendered.text


def test_a_test_letter_goes_to_the_colleague_and_to_nobody_else(cast: Cast) -> None:
    send_test(kept(cast), cast.anas, to="ruth@harbour.example", now=NOW, by=BY)
    item = OutboxItem.objects.get(kind="mail")
    assert item.payload["to"] == "ruth@harbour.example"
    assert item.payload["subject"] == "Test: Hello"
    assert "Hello Ana" in item.payload["text"]


def test_an_empty_text_and_an_empty_list_are_nothing_to_an_if(cast: Cast) -> None:
    body = (
        "x{% if partner.company %}company{% endif %}{% if products %}products{% endif %}"
        "{% if terms.lines %}terms{% endif %}"
    )
    assert dict(render_many(kept(cast, body), [cast.anas.pk], NOW))[cast.anas.pk].text.startswith("xterms\n")


def test_products_are_those_of_which_most_pieces_were_sold(cast: Cast) -> None:
    name_products(cast.program.pk, {"tea": "Moss teapot"})
    lines = [("tea", "kitchen", 3, 3_000), ("mug", "kitchen", 1, 1_000)]
    books.sell(cast.anas, 4_000, at=make.at(-3), customer="c-1", name="HP-1", lines=lines)
    version = kept(cast, "{% for one in products %}{{ one.name }} {{ one.pieces }}, {% endfor %}")
    assert dict(render_many(version, [cast.anas.pk], NOW))[cast.anas.pk].text.startswith("Moss teapot 3, mug 1,")


def test_whatever_leads_to_the_portal_leads_to_the_program_that_the_letter_is_of(cast: Cast) -> None:
    fact(cast)
    body = (
        "[Links]({{ portal.links }}) [Home]({{ portal.home }}) [Next]({{ step.page }})\n\n"
        '{% fact "best_product" %}\n\n[Look]({{ fact.page }})\n\n{% endfact %}'
    )
    ((_who, letter),) = render_many(kept(cast, body), [cast.anas.pk], NOW)
    addresses = re.findall(r"https?://\S+/p\b[^\s)]*", letter.text)
    assert len(addresses) >= 5, "the foot has one too"
    assert all(address.endswith("?program=harbour") for address in addresses if "/p/profile" not in address)
