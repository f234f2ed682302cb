"""What the SDKs' vectors say of the server is so: its routes take these requests, its codes are these, it refuses these
webhooks."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import pytest

from core import webhook_signature
from core.errors import BadSetting, Unauthenticated
from tests.integration.web.api.routes import read_document
from web import problem

VECTORS = Path(__file__).parents[3] / "vectors"


def read(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return value


REQUESTS, RETRIES, ERRORS, VERIFY = map(read, ("requests.json", "retries.json", "errors.json", "verify.json"))


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[each["name"] for each in cases])


def operation(case: dict[str, Any]) -> dict[str, Any]:
    for template, operations in read_document()["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), case["path"]) and case["method"].lower() in operations:
            found: dict[str, Any] = operations[case["method"].lower()]
            return found
    raise AssertionError(f"no route takes {case['method']} {case['path']}")


@named(REQUESTS["cases"])
def test_a_route_takes_the_request(case: dict[str, Any]) -> None:
    taken = operation(case)
    parameters = taken.get("parameters", [])
    assert case["idempotent"] == any(each["name"] == "Idempotency-Key" for each in parameters)
    known = {each["name"] for each in parameters if each["in"] == "query"}
    for name, _ in parse_qsl(case["query"], keep_blank_values=True):
        assert name in known or "fields" in known, name
    if case["body"] is None:
        assert "requestBody" not in taken
    else:
        schema = taken["requestBody"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": read_document()["components"]}
        jsonschema_rs.validate(whole, json.loads(case["body"]))


def test_every_code_the_server_knows_has_a_class_and_no_other_has() -> None:
    codes = {
        case["problem"]["code"] for case in ERRORS["cases"] if isinstance(case.get("problem", {}).get("code"), str)
    }
    assert set(problem.STATUS) <= codes
    page = (VECTORS.parents[1] / "docs/reference/errors.md").read_text(encoding="utf-8")
    refusals = page.split("## Refusals")[1].split("## ")[0]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", refusals, re.MULTILINE)) <= codes


@named(
    [
        case
        for case in ERRORS["cases"] + RETRIES["cases"]
        if "problem" in case and case["problem"].get("code") in problem.STATUS
    ]
)
def test_the_problems_are_those_of_the_server(case: dict[str, Any]) -> None:
    if case["name"] not in (
        "the code decides, not the status",
        "the request id of the header where the document has none",
    ):
        assert problem.STATUS[case["problem"]["code"]] == case["status"]


def received(case: dict[str, Any]) -> str:
    body = case["body"].encode() if "body" in case else base64.b64decode(case["body_base64"])
    return webhook_signature.verify(
        case["secrets"], [(name, value) for name, value in case["headers"]], body, now=VERIFY["now"]
    )


@named([case for case in VERIFY["good"] if case.get("tolerance_s", 0) <= VERIFY["tolerance_s"]])
def test_a_good_webhook_is_let_in(case: dict[str, Any]) -> None:
    assert received(case) == case["id"]


@named([case for case in VERIFY["bad"] if "tolerance_s" not in case])
def test_a_bad_webhook_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        received(case)


@named(VERIFY["secrets_refused"])
def test_a_bad_secret_is_named_as_a_setting(case: dict[str, Any]) -> None:
    with pytest.raises(BadSetting):
        webhook_signature.verify([case["secret"]], [], b"", now=VERIFY["now"])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_verify_json_is_what_openssl_computes_today(tmp_path: Path) -> None:
    shutil.copy(VECTORS / "make-verify", tmp_path / "make-verify")
    subprocess.run([sys.executable, str(tmp_path / "make-verify")], check=True, capture_output=True)
    assert (tmp_path / "verify.json").read_bytes() == (VECTORS / "verify.json").read_bytes()
