"""The guides say what the code does: the connector in the guide is built from the page and run."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from demo.__main__ import main
from demo.actions import ACTIONS
from demo.faults import Fault
from demo.reads import COLLECTIONS
from registry.connector import Settings
from registry.discovery import discover
from registry.linting.linter import lint_file
from registry.records import Query

GUIDES = Path(__file__).parents[3] / "docs" / "guide"
LOANS = [
    {"id": 17, "title": "Dune", "reader": "Ines Costa", "status": "out", "fee": 250, "currency": "EUR",
     "due_at": "2026-12-01T00:00:00Z", "reader_password": "NEVER SHOW"},
    {"id": 18, "title": "Emma", "reader": "Theo Kaya", "status": "returned", "fee": 0, "currency": "EUR",
     "due_at": "2026-11-01T00:00:00Z"},
]  # fmt: skip


class Library:
    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        return {"/api/loans": LOANS, "/api/loans/17": LOANS[0]}.get(path)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of connectors that holds the guide's, as it stands on the page."""
    page = (GUIDES / "connectors.md").read_text(encoding="utf-8")
    files = re.findall(r"^`connectors/(library/[a-z_.]+)`:\n\n```\w+\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert [name for name, _ in files] == ["library/__init__.py", "library/actions.json"]
    for name, text in files:
        path = tmp_path / "guide_connectors" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "guide_connectors" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    return "guide_connectors"


async def test_the_guides_connector_is_found_reads_and_proposes(package: str, tmp_path: Path) -> None:
    (found,), broken = discover(package)
    assert broken == []
    connector = found.cls(Library(), Settings("https://library.example", {}))
    (provider,) = connector.context_providers()
    (loan,) = await provider.search(Query("loan", "Dune", where={"status": ["out"]}))
    assert (loan.label, loan.detail) == ("Dune · due 1 Dec 2026", "Ines Costa · out · 2.50 EUR")
    assert "NEVER" not in repr(loan)
    assert await provider.get("loan", "17") == loan
    assert await provider.get("loan", "../x") is None
    (contract,) = connector.register_actions()
    assert contract.endpoint.url == "https://library.example/opsiq/actions/renew_loan"
    assert [str(each) for each in lint_file(tmp_path / package / "library" / "actions.json")] == []


def test_the_demo_guide_names_every_option_action_fault_and_collection(capsys: pytest.CaptureFixture[str]) -> None:
    page = (GUIDES / "demo-platform.md").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["--help"])
    options = set(re.findall(r"(--[a-z-]+)", capsys.readouterr().out)) - {"--help"}
    assert options == set(re.findall(r"^\| `(--[a-z-]+)`", page, re.MULTILINE))
    faults = set(re.findall(r"`([a-z_]+)`", page.partition("| fault |")[2]))
    assert {field.name for field in dataclasses.fields(Fault)} == faults
    table = page.partition("| action |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z_]+)`", table)) == set(ACTIONS)
    listed = re.search(r"GET /api/\{([a-z|]+)\}", page)
    assert listed is not None
    assert listed[1].split("|") == list(COLLECTIONS)
