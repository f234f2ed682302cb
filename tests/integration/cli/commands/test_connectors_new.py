"""``opsiq connectors new --openapi`` as people use it: a folder that a server loads, decisions applied, edits kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from registry.declarative.connector import read_connector

pytestmark = pytest.mark.usefixtures("forked_children")

ID = {"name": "order_id", "in": "path", "required": True, "schema": {"type": "integer"}}
ORDER = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "number": {"type": "string"}, "status": {"type": "string"}},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Some desk", "version": "1"},
    "servers": [{"url": "https://desk.example/v1"}],
    "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    "security": [{"key": []}],
    "paths": {
        "/orders": {
            "get": {
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": ORDER}}}}}
            }
        },
        "/orders/{order_id}": {
            "get": {
                "parameters": [ID],
                "responses": {"200": {"content": {"application/json": {"schema": ORDER}}}},
            }
        },
        "/orders/{order_id}/close": {"post": {"summary": "Close an order", "parameters": [ID], "responses": {}}},
        "/ping": {"get": {"servers": [{"url": "https://status.example"}], "responses": {}}},
    },
}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "desk.json"
    path.write_text(json.dumps(DOCUMENT))
    return path


def begin(document: Path, tmp_path: Path, *more: str) -> int:
    return main(["connectors", "new", "desk", "--in", str(tmp_path), "--openapi", str(document), *more])


def actions(tmp_path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((tmp_path / "desk" / "actions.json").read_text())["actions"]
    return found


def test_a_document_becomes_a_connector_that_checks_clean_and_loads(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert begin(document, tmp_path, "--role", "owner", "--take-suggestions") == 0
    told = capsys.readouterr().out
    assert "3 actions" in told
    assert "OPSIQ_CONNECTORS" in told
    assert main(["connectors", "check", str(tmp_path / "desk")]) == 0
    made = read_connector(tmp_path / "desk")
    assert made.name == "desk"
    assert [each["name"].split(".")[0] for each in actions(tmp_path)] == ["desk"] * 3
    assert {each["endpoint"]["connection"] for each in actions(tmp_path)} == {"desk"}
    (close,) = [each for each in actions(tmp_path) if each["title"] == "Close an order"]
    assert close["annotations"]["order_id"]["record"] == "order"
    assert close["roles"] == ["owner"]
    assert close["examples"] == ["close order 1042"]
    assert "preview" not in close, "its card tells the order by its label"
    report = json.loads((tmp_path / "desk" / "report.json").read_text())
    assert [each["operation"] for each in report["refused"]] == ["GET /ping"]


def test_decisions_are_applied_by_the_same_command_and_edits_are_kept(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert begin(document, tmp_path) == 0
    assert actions(tmp_path)[0]["roles"] == []
    decisions = tmp_path / "desk" / "decisions.json"
    said = json.loads(decisions.read_text())
    said["roles"] = ["support"]
    said["operations"]["GET /orders"]["include"] = False
    decisions.write_text(json.dumps(said))
    assert begin(document, tmp_path) == 0
    assert {tuple(each["roles"]) for each in actions(tmp_path)} == {("support",)}
    assert len(actions(tmp_path)) == 2
    file = tmp_path / "desk" / "connector.json"
    file.write_text(file.read_text().replace("Some desk", "Our desk"))
    capsys.readouterr()
    assert begin(document, tmp_path) == 1
    assert "connector.json in" in capsys.readouterr().err
    assert "Our desk" in file.read_text()
    assert begin(document, tmp_path, "--force") == 0


def test_only_the_operations_that_fit_a_pattern_are_drafted(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert begin(document, tmp_path, "--only", "POST /orders/*") == 0
    assert [each["title"] for each in actions(tmp_path)] == ["Close an order"]
    assert begin(document, tmp_path, "--only", "POST /nothing") == 1
    assert "fits --only" in capsys.readouterr().err


def test_a_folder_of_something_else_is_left_alone(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["connectors", "new", "desk", "--in", str(tmp_path)]) == 0
    before = (tmp_path / "desk" / "connector.json").read_text()
    assert begin(document, tmp_path) == 1
    assert (tmp_path / "desk" / "connector.json").read_text() == before
    assert main(["connectors", "new", "other", "--in", str(tmp_path), "--role", "owner"]) == 1
    assert "--openapi" in capsys.readouterr().err


def test_the_same_advice_about_many_places_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "desk.json"
    verbs = ("close", "open", "move", "count", "weigh", "label", "book")
    paths = {
        f"/depots/{verb}": {
            "post": {
                "summary": f"{verb.capitalize()} by code and note",
                "parameters": [{"name": "note", "in": "query", "required": True, "schema": {"type": "string"}}],
                "responses": {},
            }
        }
        for verb in verbs
    }
    document.write_text(json.dumps({**DOCUMENT, "paths": paths}))
    assert begin(document, tmp_path, "--role", "owner") == 0
    capsys.readouterr()
    assert main(["connectors", "check", str(tmp_path / "desk")]) == 0
    (line,) = [each for each in capsys.readouterr().out.splitlines() if "no examples" in each]
    assert "/examples and 6 others:" in line


def test_what_is_left_out_on_the_command_line_stays_out(document: Path, tmp_path: Path) -> None:
    assert begin(document, tmp_path, "--leave-out", "POST *", "--omit", "expand") == 0
    assert begin(document, tmp_path) == 0
    assert {each["endpoint"]["method"] for each in actions(tmp_path)} == {"GET"}
    said = json.loads((tmp_path / "desk" / "decisions.json").read_text())
    assert (said["leave_out"], said["omit"]) == (["POST *"], ["expand"])


def test_an_address_without_a_host_is_shown_as_one_to_complete(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document.write_text(json.dumps({**DOCUMENT, "servers": [{"url": "/desk/api"}]}))
    assert begin(document, tmp_path) == 0
    assert "connect desk --address https://YOUR-HOST/desk/api" in capsys.readouterr().out


def test_an_example_that_is_not_read_as_its_action_is_told(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert begin(document, tmp_path) == 0
    made = json.loads((tmp_path / "desk" / "actions.json").read_text())
    closing = next(each for each in made["actions"] if each["title"] == "Close an order")
    closing.update(roles=["owner"], examples=["close order 7", "it is so"])
    (tmp_path / "desk" / "actions.json").write_text(json.dumps(made))
    capsys.readouterr()
    assert main(["connectors", "check", str(tmp_path / "desk")]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "/examples/" in line]
    assert len(said) == 1
    assert said[0].startswith("warn")
    assert "“it is so” is read as nothing." in said[0]


def test_nothing_is_asked_about_operations_that_only_leaves_out_also_if_they_could_not_be_drafted(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cookie = {"name": "seal", "in": "cookie", "required": True, "schema": {"type": "string"}}
    place = {"name": "port", "in": "path", "required": True, "schema": {"type": "string"}}
    sealed = {
        f"/ports/{{port}}/{each}": {"post": {"parameters": [place, cookie], "responses": {}}}
        for each in ("open", "shut", "paint", "sweep", "sound", "light")
    }
    document.write_text(json.dumps({**DOCUMENT, "paths": {**DOCUMENT["paths"], **sealed}}))
    assert begin(document, tmp_path, "--only", "* /orders*") == 0
    assert "{port}" not in capsys.readouterr().out
    assert [each["name"] for each in actions(tmp_path)]
