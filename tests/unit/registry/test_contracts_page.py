"""The page about contracts says what the code does: its example lints clean, its tables list every field and
finding."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from core.actor import SURFACES
from registry.confirmation import MAX_EXPIRES_S, MIN_EXPIRES_S, Confirmation, Policy
from registry.contract import Annotation, Contract, Endpoint, Risk, SourceKind, Unit
from registry.endpoints.types import Expectation, HttpEndpoint, McpEndpoint, Reconcile, Statuses, Upstream
from registry.endpoints.values import Format, FromParameter
from registry.linting.linter import lint

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "contracts.md").read_text(encoding="utf-8")
EXAMPLE, *HTTP_EXAMPLES = map(json.loads, re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))


def rows(title: str) -> dict[str, list[str]]:
    """The first cell's code words of each row → the row's cells."""
    section = PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    made: dict[str, list[str]] = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            made |= dict.fromkeys(re.findall(r"`([a-z_]+)`", cells[0]), cells)
    return made


def test_the_example_lints_clean() -> None:
    assert lint(EXAMPLE) == []


@pytest.mark.parametrize("example", HTTP_EXAMPLES, ids=lambda example: str(example["name"]))
def test_the_examples_of_other_endpoints_lint_clean(example: dict[str, object]) -> None:
    assert lint(example) == []


def test_every_format_is_named() -> None:
    assert all(f"`{member}`" in PAGE for member in Format)


def test_the_example_shows_every_field_but_undo() -> None:
    fields = {field.alias or name for name, field in Contract.model_fields.items()}
    assert set(EXAMPLE) == fields - {"undo", "upstream"}


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("The contract", Contract),
        ("An annotation", Annotation),
        ("The confirmation", Confirmation),
        ("The endpoint", Endpoint),
        ("An HTTP endpoint", HttpEndpoint),
        ("An MCP endpoint", McpEndpoint),
        ("A bound value", FromParameter),
        ("The statuses", Statuses),
        ("The reconciling read", Reconcile),
        ("An expected answer", Expectation),
        ("The upstream", Upstream),
    ],
)
def test_each_table_lists_the_fields_that_exist(title: str, model: type[BaseModel]) -> None:
    assert set(rows(title)) == {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize(("title", "model"), [("The confirmation", Confirmation), ("The endpoint", Endpoint)])
def test_the_defaults_are_the_ones_in_the_code(title: str, model: type[BaseModel]) -> None:
    for name, cells in rows(title).items():
        default = model.model_fields[name].get_default()
        shown = cells[1].strip("`")
        assert shown == ("" if default is None or model.model_fields[name].is_required() else str(default)), name


def test_the_bounds_of_a_cards_expiry_are_the_ones_in_the_code() -> None:
    assert f"({MIN_EXPIRES_S} to {MAX_EXPIRES_S})" in rows("The confirmation")["expires_s"][2]


def test_the_contracts_table_says_what_is_required() -> None:
    required = {
        field.alias or name for name, field in Contract.model_fields.items() if field.is_required() or name == "schema_"
    }
    assert {name for name, cells in rows("The contract").items() if cells[1] == "yes"} == required


@pytest.mark.parametrize(("word", "members"), [("sources", SourceKind), ("unit", Unit)])
def test_every_member_of_an_annotations_closed_set_is_named(word: str, members: type) -> None:
    assert all(f"`{member}`" in rows("An annotation")[word][1] for member in members)  # type: ignore[attr-defined]


def test_every_policy_risk_and_surface_is_named() -> None:
    assert all(f"`{member}`" in rows("The confirmation")["policy"][2] for member in Policy)
    assert all(f"`{member}`" in rows("The contract")["risk"][3] for member in Risk)
    assert all(f"`{member}`" in rows("The contract")["surfaces"][3] for member in SURFACES)


def test_every_finding_of_the_linter_is_listed_and_no_other() -> None:
    assert set(rows("What the linter finds")) == {
        code for path in (ROOT / "registry" / "linting").glob("*.py") for code in codes_in(path)
    }


def codes_in(path: Path) -> set[str]:
    """The literal codes of the findings that a module makes."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    made = [node.args[1] for node in calls if isinstance(node.func, ast.Name) and node.func.id == "Finding"]
    return {
        leaf.value
        for each in made
        for leaf in ast.walk(each)
        if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
    }
