"""The OpenAPI document against the routes, and strangers' requests made from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs

from agent.pipeline import RefusalCode
from core.scopes import SCOPES
from tests.integration.web.api.routes import read_document
from tests.integration.web.api.shop import Shop
from web import openapi, problem, reference
from web.api import examples
from web.app import create_app
from web.limits import PER_MINUTE

ROOT = Path(__file__).parents[4]


async def test_every_signed_route_is_described_with_its_scope_limit_and_failures(shop: Shop) -> None:
    document = read_document()
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, each in document["paths"].items() for method in each}
    routes = {(method, route.path_format) for route, method, _ in openapi.list_signed_routes(shop.app)}
    assert described - {("GET", path) for path in openapi.OPEN} - {("POST", openapi.INBOUND)} == routes
    for route, method, requirement in openapi.list_signed_routes(shop.app):
        operation = document["paths"][route.path_format][method.lower()]
        assert operation["x-scope"] == requirement.scope in SCOPES
        assert operation["x-limit"]["per_minute"] == PER_MINUTE[requirement.limit_of(method)]
        assert operation["security"] == [{"OPSIQ1": []}]
        assert {"400", "401", "403", "429", "503"} <= set(operation["responses"])
        if "{" in route.path_format:
            assert "404" in operation["responses"], route.path_format
        if method in ("POST", "PATCH", "PUT") and "requestBody" in operation:
            assert "example" in operation["requestBody"]["content"]["application/json"], route.path_format


def test_operation_ids_differ_and_every_reference_leads_somewhere() -> None:
    document = read_document()
    ids = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert len(ids) == len(set(ids))
    for group, name in re.findall(r"#/components/([a-zA-Z]+)/([A-Za-z0-9_-]+)", str(document)):
        assert name in document["components"][group], name
    assert "$defs" not in str(document)


def test_every_answer_is_typed_and_its_example_fits() -> None:
    document = read_document()
    validators: dict[str, jsonschema_rs.Validator] = {}
    for path, each in document["paths"].items():
        for method, operation in each.items():
            for status, answer in operation["responses"].items():
                for kind, content in answer.get("content", {}).items():
                    if kind in ("text/csv", "application/jsonl"):
                        continue
                    name = content["schema"]["$ref"].rpartition("/")[2]
                    if name not in validators:
                        validators[name] = jsonschema_rs.Draft202012Validator(
                            {**content["schema"], "components": document["components"]}
                        )
                    assert document["components"]["schemas"][name].get("examples"), (method, path, status, name)
                assert "content" in answer or status == "204", (method, path, status)
    assert set(validators) == set(examples.OF)
    for name, example in examples.OF.items():
        faults = [f"{fault.instance_path}: {fault.message}" for fault in validators[name].iter_errors(example)]
        assert not faults, (name, faults)


def test_every_problem_says_the_codes_it_may_have() -> None:
    document = read_document()
    known = set(problem.STATUS) | set(get_args(RefusalCode))
    for path, each in document["paths"].items():
        for method, operation in each.items():
            for status, answer in operation["responses"].items():
                if path not in openapi.OPEN and int(status) >= 400:
                    assert answer["x-codes"], (method, path, status)
                    assert set(answer["x-codes"]) <= known, (method, path, status)
            if path not in openapi.OPEN:
                assert operation["responses"]["401"]["x-codes"] == ["bad_assertion", "clock_skew", "invalid_signature"]
                acts = "idempotency_key_required" in operation["responses"]["400"]["x-codes"]
                assert acts == any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))


async def test_the_document_is_served_and_every_problem_code_is_in_it(shop: Shop) -> None:
    served = (await shop.http.get("/openapi.json")).json()
    assert set(served["components"]["schemas"]["Problem"]["properties"]["code"]["examples"]) == set(problem.STATUS)


def test_the_page_of_the_api_is_made_of_the_routes() -> None:
    page = (ROOT / "docs/reference/api.md").read_text(encoding="utf-8")
    assert page == reference.render_page(create_app(None)), "run: python -m web.reference > docs/reference/api.md"  # type: ignore[arg-type]


def test_every_code_of_the_error_page_is_one_the_server_can_answer() -> None:
    page = (ROOT / "docs/reference/errors.md").read_text()
    tables = page.split("## Refusals")[0]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", tables, re.MULTILINE)) == set(problem.STATUS)


def test_the_document_is_made_without_a_database() -> None:
    document: dict[str, Any] = create_app(None).openapi()  # type: ignore[arg-type]
    assert len(document["paths"]) > 20
