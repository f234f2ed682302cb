"""A call's request is made of its contract and values alone, and no value leaves its place."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from registry.contract import parse
from registry.endpoints.formats import Money
from registry.endpoints.rendering import Binding, RenderedRequest, render, render_read
from registry.endpoints.types import HttpEndpoint, Reconcile
from tests.unit.registry.endpoints.samples import REMOVED, http_contract

BASE = "https://shop.example/api"
PARAMS = {"order": "A1", "amount": 1250, "currency": "EUR", "day": "2026-11-27", "speed": "fast", "labels": ["x", "y"]}


def rendered(params: dict[str, Any] | None = None, currency: str = "EUR", **places: Any) -> RenderedRequest:
    endpoint = parse(http_contract(idempotent=False, **places)).endpoint
    assert isinstance(endpoint, HttpEndpoint)
    values = PARAMS if params is None else params
    base = None if endpoint.connection is None else BASE
    return render(endpoint, Binding(values, "act_1", {"amount": Money(currency, minor=True)}), base)


def test_every_part_of_a_request_is_made() -> None:
    made = rendered({**PARAMS, "note": "as agreed"})
    assert (made.method, made.url) == ("POST", f"{BASE}/orders/A1/payouts?label=x&label=y&dry=false")
    assert dict(made.headers) == {
        "x-note": "as agreed",
        "idempotency-key": "act_1",
        "content-type": "application/json",
    }
    assert json.loads(made.body) == {
        "amount": {"value": "12.50", "currency": "EUR"},
        "on": 1795737600,
        "speed": 1,
        "lines": [{"kind": "payout"}],
        "ref": "act_1",
    }


def test_what_has_no_value_is_left_out_or_null() -> None:
    made = rendered({"order": "A1", "amount": 1, "currency": "EUR", "speed": "slow"})
    assert "label=" not in made.url
    assert "x-note" not in dict(made.headers)
    assert json.loads(made.body)["on"] is None


@pytest.mark.parametrize(("currency", "written"), [("EUR", "12.50"), ("JPY", "1250"), ("KWD", "1.250")])
def test_minor_units_are_written_by_the_currencys_exponent(currency: str, written: str) -> None:
    assert json.loads(rendered(currency=currency).body)["amount"]["value"] == written


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        ("number", 1250, 12.5), ("number", 1200, 12), ("string", 5, "5"), ("string", True, "true"),
        ("integer", "7", 7), ("integer", 7.0, 7), ("date", "2026-11-27T10:00:00Z", "2026-11-27"),
        ("datetime", "2026-11-27", "2026-11-27T00:00:00Z"), ("epoch_ms", "1970-01-01T00:00:01Z", 1000),
        ("comma_separated", ["a", "b"], "a,b"), ("json", {"a": 1}, '{"a":1}'), ("minor_units", 5, 5),
        ({"map": {"fast": True}}, "fast", True),
    ],
)  # fmt: skip
def test_a_value_is_written_in_its_format(form: Any, value: Any, written: Any) -> None:
    fields = {"/x": {"parameter": "amount", "format": form}}
    assert json.loads(
        rendered({**PARAMS, "amount": value}, endpoint__body={"type": "json", "fields": fields}).body
    ) == {"x": written}


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("decimal", "12"), ("decimal", True), ("decimal", 1.5), ("integer", "1.5"), ("date", "soon"),
        ("datetime", "2026-13-01"), ("epoch_s", None), ("comma_separated", ["a,b"]), ({"map": {"a": 1}}, "b"),
    ],
)  # fmt: skip
def test_a_value_that_its_format_cant_hold_is_refused(form: Any, value: Any) -> None:
    fields = {"/x": {"parameter": "amount", "format": form}}
    if value is None:
        value = []
    with pytest.raises(InvalidInput):
        rendered({**PARAMS, "amount": value}, endpoint__body={"type": "json", "fields": fields})


@pytest.mark.parametrize(
    "order",
    [
        "",
        " ",
        ".",
        "..",
        "a/b",
        "../admin",
        "a\\b",
        "%2e%2e",
        "a%2Fb",
        "a%252Fb",
        "%252e%252e",
        "a;b",
        "a\nb",
        "a\x00b",
    ],
)
def test_a_path_value_that_could_lead_elsewhere_is_refused(order: str) -> None:
    with pytest.raises(InvalidInput):
        rendered({**PARAMS, "order": order})


def test_a_template_and_its_value_do_not_lead_up_together() -> None:
    assert rendered({**PARAMS, "order": "9?x"}, endpoint__url="/jars/.{order}").url.startswith(f"{BASE}/jars/.9%3Fx?")
    with pytest.raises(InvalidInput, match="leave its path"):
        rendered({**PARAMS, "order": ".?x"}, endpoint__url="/jars/.{order}")


@given(st.text(max_size=40))
def test_no_path_value_leaves_its_segment(order: str) -> None:
    try:
        made = rendered({**PARAMS, "order": order})
    except InvalidInput:
        return
    parts = urlsplit(made.url)
    assert parts.netloc == "shop.example"
    assert parts.path.count("/") == 4
    assert unquote(parts.path.split("/")[3]) == order
    assert not parts.fragment


@given(st.dictionaries(st.sampled_from(["note", "labels"]), st.text(max_size=40)))
def test_query_and_headers_hold_each_value_and_nothing_else(given: dict[str, str]) -> None:
    try:
        made = rendered({**PARAMS, "labels": [], **given})
    except InvalidInput:
        return
    pairs = parse_qsl(urlsplit(made.url).query, keep_blank_values=True)
    assert pairs == ([("label", given["labels"])] if "labels" in given else []) + [("dry", "false")]
    assert all("\r" not in value and "\n" not in value for _, value in made.headers)


@given(st.lists(st.text(max_size=20), max_size=5), st.sampled_from(["form", "multipart"]))
def test_a_form_holds_each_value_and_nothing_else(labels: list[str], kind: str) -> None:
    fields = {"labels": {"parameter": "labels"}, "ref": {"call": "id"}}
    try:
        made = rendered({**PARAMS, "labels": labels}, endpoint__body={"type": kind, "fields": fields})
    except InvalidInput:
        return
    if kind == "form":
        assert parse_qsl(made.body, keep_blank_values=True) == [("labels", each) for each in labels] + [
            ("ref", "act_1")
        ]
        return
    boundary = dict(made.headers)["content-type"].partition("boundary=")[2]
    assert made.body.count(f"--{boundary}\r\n") == len(labels) + 1
    assert [part.partition("\r\n\r\n")[2] for part in made.body.split(f"--{boundary}")[1:-1]] == [
        f"{each}\r\n" for each in [*labels, "act_1"]
    ]


def test_a_path_of_several_segments_is_taken_where_the_contract_says_so() -> None:
    several = {"order": {"parameter": "order", "format": "path"}}
    assert "/orders/docs/a%20b.md/payouts" in rendered({**PARAMS, "order": "docs/a b.md"}, endpoint__path=several).url
    for away in ("../x", "a/../b", "/a", "a//b"):
        with pytest.raises(InvalidInput):
            rendered({**PARAMS, "order": away}, endpoint__path=several)


@pytest.mark.parametrize("note", ["a\r\nX-Evil: 1", "ä", "x" * 2000, " a", "a\tb"])
def test_a_header_value_is_one_line_of_printable_ascii(note: str) -> None:
    with pytest.raises(InvalidInput):
        rendered({**PARAMS, "note": note})


@pytest.mark.parametrize("name", ["Host", "Authorization", "Transfer-Encoding", "X-HTTP-Method-Override"])
def test_headers_of_the_connection_are_never_set(name: str) -> None:
    with pytest.raises(InvalidInput):
        rendered(endpoint__headers={name: {"value": "x"}})


def test_a_connections_address_is_ascii() -> None:
    endpoint = parse(http_contract()).endpoint
    assert isinstance(endpoint, HttpEndpoint)
    with pytest.raises(InvalidInput):
        render(endpoint, Binding(PARAMS, "act_1", {"amount": Money("EUR", minor=True)}), "https://shop.example/ä")


def test_what_is_larger_than_its_bound_is_refused() -> None:
    for place, value in (("note", "x" * 300_000), ("labels", ["x"] * 600), ("labels", ["x" * 5000])):
        body = {"type": "raw", "content_type": "text/plain", "value": {"parameter": "note"}}
        with pytest.raises(InvalidInput):
            rendered({**PARAMS, place: value}, endpoint__body=body, endpoint__headers=REMOVED)


def test_pointers_that_contradict_each_other_make_no_body() -> None:
    fields = {"/a": {"value": 1}, "/a/b": {"value": 2}}
    with pytest.raises(InvalidInput):
        rendered(endpoint__body={"type": "json", "fields": fields})


def test_the_reconciling_read_is_made_of_the_same_values() -> None:
    read = Reconcile.model_validate(
        {"url": "/orders/{o}", "path": {"o": {"parameter": "order"}}, "query": {"ref": {"call": "id"}}, "happened": {}}
    )
    made = render_read(read, Binding(PARAMS, "act_1"), BASE)
    assert made == RenderedRequest("GET", f"{BASE}/orders/A1?ref=act_1")
