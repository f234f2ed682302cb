"""Contract files: read from files and folders in order, and sent in pieces that a server takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.contract_files import MAX_BATCH, MAX_BATCH_BYTES, read_files, split_batches
from core.errors import InvalidInput


def contract(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "parameters": {"type": "object"}, **more}


def test_files_sets_and_folders_of_an_import_are_read_in_order(tmp_path: Path) -> None:
    drafts = tmp_path / "shop" / "contracts"
    drafts.mkdir(parents=True)
    for name in ("b", "a"):
        (drafts / f"{name}.json").write_text(json.dumps(contract(name)))
    (tmp_path / "shop" / "report.json").write_text("{}")
    several = tmp_path / "several.json"
    several.write_text(json.dumps({"contracts": [contract("c"), contract("d")]}))
    assert [each["name"] for each in read_files([tmp_path / "shop", several])] == ["a", "b", "c", "d"]


def test_of_a_connector_its_actions_are_read_and_nothing_else(tmp_path: Path) -> None:
    for name, held in {
        "connector": {"name": "shop", "actions": "acts.json"},
        "acts": {"actions": [contract("shop.a")]},
        "decisions": {"operations": {}},
        "report": {"drafts": []},
    }.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(held))
    assert [each["name"] for each in read_files([tmp_path])] == ["shop.a"]
    (tmp_path / "connector.json").write_text(json.dumps({"name": "shop", "actions": [contract("shop.a")]}))
    with pytest.raises(InvalidInput, match="in the console"):
        read_files([tmp_path])
    (tmp_path / "connector.json").write_text("{")
    with pytest.raises(InvalidInput, match=r"connector\.json can't be read"):
        read_files([tmp_path])


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "is not JSON"), ('{"contracts": [1]}', "something else"), ('{"contracts": []}', "no contract")],
)
def test_what_holds_no_contracts_is_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=said):
        read_files([path])
    with pytest.raises(InvalidInput, match=r"y\.json can't be read"):
        read_files([tmp_path / "y.json"])


def test_batches_keep_the_order_and_stay_within_what_a_request_carries() -> None:
    many = [contract(f"n{number}") for number in range(MAX_BATCH + 3)]
    assert [len(each) for each in split_batches(many)] == [MAX_BATCH, 3]
    large = [contract(f"n{number}", description="x" * 200_000) for number in range(9)]
    made = list(split_batches(large))
    assert [each for batch in made for each in batch] == large
    assert max(len(json.dumps(each)) for each in made) <= MAX_BATCH_BYTES + 100
