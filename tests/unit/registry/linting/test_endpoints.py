"""Every fault of an endpoint is found at its place."""

from __future__ import annotations

from typing import Any

import pytest

from registry.linting.linter import lint
from tests.unit.registry.endpoints.samples import REMOVED, http_contract

READ = {
    "url": "/orders/{order}",
    "path": {"order": {"parameter": "order"}},
    "happened": {"at": "/paid", "equals": {"value": True}},
}
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "", ""),
    ({"endpoint__reconcile": READ}, "", ""),
    ({"endpoint__path": {}}, "placeholder_unfilled", "/endpoint/url"),
    ({"endpoint__url": "/orders"}, "placeholder_unknown", "/endpoint/path/order"),
    ({"endpoint__path__order": {"parameter": "note"}}, "path_optional", "/endpoint/path/order/parameter"),
    ({"endpoint__path__order": {"parameter": "labels"}}, "path_not_scalar", "/endpoint/path/order/parameter"),
    ({"endpoint__query__x": {"parameter": "nota"}}, "endpoint_parameter", "/endpoint/query/x/parameter"),
    ({"endpoint__headers": {}}, "parameter_unused", "/endpoint"),
    ({"endpoint__query__x": {"parameter": "note", "format": "path"}}, "format_misplaced", "/endpoint/query/x/format"),
    ({"annotations__amount": {"unit": "money_minor"}}, "format_without_currency", "/endpoint/body/fields/~1amount~1value/format"),  # noqa: E501
    ({"endpoint__query__x": {"parameter": "speed", "format": {"map": {"slow": 1}}}}, "map_incomplete", "/endpoint/query/x/format"),  # noqa: E501
    ({"endpoint__query__x": {"parameter": "speed", "format": {"map": {"slow": 1, "fast": 2, "no": 3}}}}, "map_unknown", "/endpoint/query/x/format/map/no"),  # noqa: E501
    ({"endpoint__method": "GET"}, "body_on_get", "/endpoint/body"),
    ({"endpoint__method": "DELETE"}, "warn_body_on_delete", "/endpoint/body"),
    ({"risk": "read"}, "warn_read_by_method", "/endpoint/method"),
    ({"endpoint__headers__Host": {"value": "x"}}, "header_reserved", "/endpoint/headers/Host"),
    ({"endpoint__headers__Authorization": {"value": "x"}}, "header_reserved", "/endpoint/headers/Authorization"),
    ({"endpoint__idempotency_header": "x-note"}, "header_twice", "/endpoint/idempotency_header"),
    ({"endpoint__statuses": {"done": ["2xx", "404"], "not_done": ["404"]}}, "status_twice", "/endpoint/statuses/not_done"),  # noqa: E501
    ({"endpoint__statuses": {"try_again": ["403"]}}, "status_refused", "/endpoint/statuses/try_again"),
    ({"endpoint__query__api_key": {"value": "abc"}}, "secret", "/endpoint/query/api_key/value"),
    ({"endpoint__headers": {"X-Auth-Token": {"value": "abc"}, "X-Note": {"parameter": "note"}}}, "secret", "/endpoint/headers/X-Auth-Token/value"),  # noqa: E501
    ({"endpoint__query__x": {"value": "q7Zk31fXw0Pp9vLr2sTy8uBnM4"}}, "secret", "/endpoint/query/x/value"),
    ({"endpoint__result": {"b": "/b"}, "result": {"type": "object", "required": ["a"]}}, "result_unmapped", "/endpoint/result"),  # noqa: E501
    ({"endpoint__reconcile": {**READ, "not_happened": READ["happened"]}}, "reconcile_undecided", "/endpoint/reconcile/not_happened"),  # noqa: E501
    ({"endpoint__reconcile": {**READ, "path": {}}}, "placeholder_unfilled", "/endpoint/reconcile/url"),
    ({"endpoint__reconcile": {**READ, "happened": {"condition": "answer.a +"}}}, "condition", "/endpoint/reconcile/happened/condition"),  # noqa: E501
    ({"endpoint__timeout_s": 30, "endpoint__deadline_s": 10}, "timeout_over_deadline", "/endpoint/timeout_s"),
    ({"endpoint__connection": REMOVED, "endpoint__url": "http://shop.example/{order}"}, "endpoint_not_https", "/endpoint/url"),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("places", "code", "pointer"), CASES)
def test_a_fault_is_found_at_its_place(places: dict[str, Any], code: str, pointer: str) -> None:
    found = [(finding.code, finding.pointer) for finding in lint(http_contract(**places))]
    assert (code, pointer) in found if code else found == [], found


def test_two_values_at_one_place_of_a_body_are_found() -> None:
    contract = http_contract()
    contract["endpoint"]["body"]["fields"]["/amount"] = {"value": 1}
    assert "body_conflict" in [finding.code for finding in lint(contract)]


def test_idempotent_needs_a_means() -> None:
    contract = http_contract(endpoint__idempotency_header=REMOVED)
    assert [finding.code for finding in lint(contract)] == [], "the body holds the call's id"
    del contract["endpoint"]["body"]["fields"]["/ref"]
    assert [finding.code for finding in lint(contract)] == ["idempotent_without_means"]
    assert lint({**contract, "idempotent": False}) == []
    contract["endpoint"]["method"] = "PUT"
    assert lint(contract) == []


def test_a_connection_that_is_not_set_up_is_advice() -> None:
    assert lint(http_contract(), connections=["shop"]) == []
    assert [each.code for each in lint(http_contract(), connections=["shoop"])] == ["warn_connection_unknown"]
