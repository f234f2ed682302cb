"""Endpoints of contracts are parsed into closed types, and written into the bytes that are signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidContract
from registry.contract import Endpoint, OpsiqEndpoint, parse
from registry.endpoints.types import HttpEndpoint, McpEndpoint, Statuses
from registry.signing import generate_key, sign, verify
from tests.unit.registry.endpoints.samples import REMOVED, http_contract

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "contract.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS["good"], ids=lambda vector: vector["name"])
def test_the_bytes_of_older_contracts_stay_what_was_signed(vector: dict[str, Any]) -> None:
    contract = parse(json.loads(vector["raw"]))
    assert contract.canonical == vector["raw"].encode()
    assert type(contract.endpoint) is Endpoint


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [
        ({"type": "opsiq", "url": "https://shop.example/opsiq"}, OpsiqEndpoint),
        (http_contract()["endpoint"], HttpEndpoint),
        ({"type": "mcp", "connection": "shop", "tool": "pay", "schema_digest": "sha256:" + "0" * 64}, McpEndpoint),
    ],
)
def test_what_is_signed_is_read_as_it_was_written(endpoint: dict[str, Any], kind: type) -> None:
    contract = parse(http_contract(endpoint=endpoint))
    key = generate_key()
    again = verify(contract.canonical, sign(contract.canonical, key), {key.kid: key.public})
    assert again == contract
    assert type(again.endpoint) is kind


def test_a_constant_null_is_signed_and_stays() -> None:
    contract = parse(http_contract(endpoint__query={"x": {"value": None}, "y": {"value": {"deep": [None]}}}))
    again = parse(json.loads(contract.canonical))
    assert again.canonical == contract.canonical
    assert b'"x":{"value":null}' in contract.canonical


@pytest.mark.parametrize(
    ("places", "pointer"),
    [
        ({"schema": "opsiq/contract/v1"}, ""),
        ({"endpoint": {"url": "https://shop.example/"}}, ""),
        ({"endpoint__type": "ftp"}, "/endpoint"),
        ({"endpoint__method": "TRACE"}, "/endpoint/method"),
        ({"endpoint__url": REMOVED}, "/endpoint/url"),
        ({"endpoint__url": "https://shop.example/orders"}, "/endpoint"),
        ({"endpoint__url": "//elsewhere.example/orders"}, "/endpoint"),
        ({"endpoint__url": "/a/../b"}, "/endpoint"),
        ({"endpoint__url": "/a/..%2Fb"}, "/endpoint"),
        ({"endpoint__url": "/a/..;/b"}, "/endpoint"),
        ({"endpoint__url": "/a?b=c"}, "/endpoint"),
        ({"endpoint__url": "/a b"}, "/endpoint"),
        ({"endpoint__url": "/a/{b"}, "/endpoint"),
        ({"endpoint__connection": REMOVED}, "/endpoint"),
        ({"endpoint__query": {"x": {"parameter": "note", "formt": "date"}}}, "/endpoint/query/x/formt"),
        ({"endpoint__query": {"x": {"call": "name"}}}, "/endpoint/query/x/call"),
        ({"endpoint__query": {"x": 3}}, "/endpoint/query/x"),
        ({"endpoint__body": {"type": "xml"}}, "/endpoint/body"),
        ({"endpoint__body": {"type": "json", "fields": {"x": {"value": 1}}}}, "/endpoint/body/fields/x/[key]"),
        ({"endpoint__headers": {"X\r\nY": {"value": "1"}}}, "/endpoint/headers/X\r\nY/[key]"),
        ({"endpoint__statuses": {"done": ["2x"]}}, "/endpoint/statuses/done/0"),
        ({"upstream": {"document": "x", "operation": "y", "schema_digest": "z"}}, "/upstream/document"),
    ],
)
def test_a_fault_is_told_at_its_place(places: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidContract) as caught:
        parse(http_contract(**places))
    assert pointer in [finding.pointer for finding in caught.value.findings], caught.value.findings


@pytest.mark.parametrize(
    ("status", "meant"),
    [(200, "done"), (204, "done"), (400, "not_done"), (429, "try_again"), (503, "try_again"), (500, "unknown"),
     (301, "not_done"), (303, "unknown"), (100, "unknown"), (999, "unknown")],
)  # fmt: skip
def test_an_exact_status_goes_before_its_class(status: int, meant: str) -> None:
    assert Statuses().of(status) == meant
