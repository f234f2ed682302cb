"""Requests made from the OpenAPI document by schemathesis, signed: no answer is a 5xx, and every answer fits the
document."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import schemathesis
from httpx import Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.errors import Unauthenticated
from tests.integration.web.api.shop import InstalledShop, Shop, open_shop
from web.limits import PER_MINUTE, Limits

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("STRANGE_EXAMPLES", "6"))
"""How many requests of each operation that fit the document, and how many that don't: the same on every machine."""
T = TypeVar("T")


class Stranger:
    """One client that sends what it is told and signs it as it stands. Its key is made anew where it has revoked its
    own."""

    def __init__(self, shop: Shop, loop: asyncio.AbstractEventLoop) -> None:
        self.shop, self.loop, self.sent = shop, loop, 0

    def do(self, job: Awaitable[T]) -> T:
        return self.loop.run_until_complete(asyncio.ensure_future(job, loop=self.loop))

    def send(self, case: Any) -> Response:
        self.sent += 1
        headers = {name: value for name, value in dict(case.headers or {}).items() if name.lower() != "authorization"}
        body = case.body if isinstance(case.body, bytes) else b""
        if case.body is not NOT_SET and not isinstance(case.body, bytes):
            body = json.dumps(case.body, default=repr).encode("utf-8", "surrogatepass")
        if body:
            headers["Content-Type"] = "application/json"
        query = urlencode(_flat(case.query or {}), doseq=True)
        request = self.shop.http.build_request(
            case.method.upper(), case.formatted_path + (f"?{query}" if query else ""), content=body, headers=headers
        )
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        named = [value for name, value in request.headers.multi_items() if name == "idempotency-key"]
        try:
            signature = self.shop.signature(
                request.method, path, self.shop.keys["olivia"], query, body, named[0] if named else ""
            )
        except Unauthenticated:  # a header that nobody can sign: it goes as it is, and is refused
            signature = self.shop.signature(request.method, path, self.shop.keys["olivia"], query, body)
        request.headers["Authorization"] = signature
        return self.do(self.shop.http.send(request))


def _told(error: BaseException) -> str:
    inner = getattr(error, "exceptions", ())
    return "\n".join(map(_told, inner)) if inner else f"{type(error).__name__}: {error}"


def _flat(query: dict[str, Any]) -> dict[str, Any]:
    """``fields`` is an exploded object: its members are the parameters."""
    return {name: value for name, value in query.items() if name != "fields"} | dict(query.get("fields") or {})


def test_no_request_made_from_the_document_breaks_the_server_or_the_document(
    tmp_path: Path, template: InstalledShop
) -> None:
    loop = asyncio.new_event_loop()
    much = Limits(per_minute=dict.fromkeys(PER_MINUTE, 1_000_000))
    opened = open_shop(tmp_path / "data", template, limits=much)
    shop = loop.run_until_complete(opened.__aenter__())
    try:
        stranger = Stranger(shop, loop)
        document = shop.app.openapi()
        _ready(document)
        seen: set[int] = set()
        tried: Counter[str] = Counter()
        found: list[str] = []
        operations = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
        # Last comes what connects another address: whatever looks a record up finds nobody there any more.
        operations.sort(key=lambda each: each is not None and each.label == "POST /v1/connections")
        for operation, mode in itertools.product(operations, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):
            assert operation is not None
            name = f"{mode.value} {operation.label}"

            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def strange(case: Any) -> None:
                tried[name] += 1  # noqa: B023 (called within this turn)
                answer = stranger.send(case)
                assert answer.status_code < 500, (case.as_curl_command(), answer.text)
                seen.add(answer.status_code)
                case.validate_response(answer, checks=CHECKS)
                if answer.status_code >= 400:
                    described = case.operation.definition.raw["responses"][str(answer.status_code)]
                    assert answer.json()["code"] in described.get("x-codes", ()), (case.as_curl_command(), answer.text)

            try:
                strange()
            except Unsatisfiable:
                pass  # nothing about this operation can be wrong
            except (Exception, BaseExceptionGroup) as error:  # each operation is tried, whatever is wrong with another
                found.append(f"{name}: {_told(error)}")
        assert not found, "\n\n".join(found)
        declared = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
        fitting = {name.removeprefix("positive ") for name in tried if name.startswith("positive ")}
        assert fitting == declared, "each operation of the document was tried"
        assert stranger.sent > EXAMPLES // 2 * len(operations), "and several times"
        assert {200, 202, 404} <= seen
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()


def _ready(document: dict[str, Any]) -> None:
    """Waiting is no part of this, and the key in use must not revoke itself."""
    for parameter in document["paths"]["/v1/runs/{run_id}"]["get"]["parameters"]:
        if parameter["name"] == "wait_s":
            parameter["schema"] = {"type": "number", "maximum": 0}
