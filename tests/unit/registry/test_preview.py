"""A preview names values and computes nothing."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from registry import preview

NAMES = frozenset({"amount", "invoice_id"})
RECORDS = frozenset({"invoice_id"})
VALUES = {"amount": "49.00 EUR", "invoice_id": 7}
HELD = {"invoice_id": {"number": "INV-7", "note": "{{ params.amount }}\n<b>x</b>"}}


def render(template: str) -> str:
    return preview.render(template, VALUES, HELD)


def faults(template: str) -> list[str]:
    return list(preview.find_faults(template, NAMES, RECORDS))


def test_values_stand_where_they_are_named() -> None:
    template = "Refund {{ params.amount }} of {{ records.invoice_id.number }}{% if params.amount %}!{% endif %}"
    assert faults(template) == []
    assert render(template) == "Refund 49.00 EUR of INV-7!"


def test_a_day_is_written_as_people_write_it_and_compared_as_it_is() -> None:
    held = {"stay": {"ends": "2027-03-05", "left": "2027-03-05T09:30:00Z", "code": "2027-03"}}
    template = "{{ records.stay.ends }}, {{ records.stay.left }}, {{ records.stay.code }}"
    assert preview.render(template, {}, held) == "5 Mar 2027, 5 Mar 2027, 09:30 UTC, 2027-03"
    assert preview.render("{% if records.stay.ends > '2027-02-28' %}late{% endif %}", {}, held) == "late"


def test_a_value_is_never_read_as_a_template_and_stays_on_one_line() -> None:
    assert render("{{ records.invoice_id.note }}") == "{{ params.amount }} <b>x</b>"


def test_an_endless_value_is_cut() -> None:
    assert len(preview.render("{{ params.a }}", {"a": "x" * 9999}, {})) == preview.MAX_CHARS


@pytest.mark.parametrize(
    "template",
    ["{{ params.nothing }}", "{{ params.amount.__class__.__mro__ }}", "{{ params.amount + 1 }}", "{{ 1 // 0 }}"],
)
def test_what_cannot_be_rendered_is_a_typed_error(template: str) -> None:
    with pytest.raises(InvalidInput, match="preview"):
        render(template)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ params.amount", "no Jinja2 template"),
        ("{{ params.amount | shout }}", "the filter 'shout' is not there"),
        ("{{ amount }}", "reads 'amount'"),
        ("{{ actor.name }}", "reads 'actor'"),
        ("{{ range(9) }}", "reads 'range'"),
        ("{{ params.amont }}", "params.amont"),
        ("{{ params['amont'] }}", "params.amont"),
        ("{{ params[records.invoice_id.number] }}", "a computed name"),
        ("{{ records.amount.x }}", "a parameter with a record"),
        ("{% for x in params.amount %}{{ x }}{% endfor %}", "loops"),
        ("{% include 'x' %}", "includes another template"),
        ("{% macro x() %}{% endmacro %}", "defines a macro"),
        ("{% set a = params.amount %}{{ a }}", "sets a name"),
        ("{{ params.amount ~ params.amount }}", "puts values together with ~"),
        ("{{ params.amount * 9 }}", "computes"),
        ("{{ -params.amount }}", "computes"),
        ("{{ params.amount | join('xxxxxxxx') }}", "the filter 'join' is not there"),
        ("{{ params.amount | replace('', 'xxxx') }}", "the filter 'replace' is not there"),
        ("{{ params.amount | round(999999999, 'ceil') }}", "the filter 'round' is given too much"),
        ("{{ params.amount | round(-999999999) }}", "the filter 'round' is given too much"),
        ("{{ " + "(" * 400 + "1" + ")" * 400 + " }}", "nested"),
        ("{% if 1 %}" * 60 + "{% endif %}" * 60, "nested deeper"),
        ("x" * 2001, "at most 2000"),
    ],
)
def test_what_would_not_render_is_found_beforehand(template: str, why: str) -> None:
    assert any(why in fault for fault in faults(template)), faults(template)
