"""A connector is a folder with one class; a broken one harms no other. The folders stand beside this file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import connectors
from registry.declarative.linted_digests import digest_documents, lint_connectors, read_linted_digests
from registry.discovery import GROUP, BrokenConnector, discover

SHIPPED = Path(connectors.__file__).parent

PACKAGE = "tests.unit.registry.dropped"
FOUND, BROKEN = discover(PACKAGE)
WHY = {each.name: each.why for each in BROKEN}


def test_the_good_one_is_found_with_its_name_and_title() -> None:
    assert [(each.name, each.title, each.cls.__qualname__) for each in FOUND] == [("good", "A good platform", "Good")]


def test_every_broken_one_is_reported_with_its_own_reason() -> None:
    assert sorted(WHY) == ["Upper", "explodes", "nameless", "quits", "spare", "two"]
    assert "lower-case" in WHY["Upper"]
    assert "RuntimeError: no licence file" in WHY["explodes"]
    assert "set name = 'nameless'" in WHY["nameless"]
    assert "SystemExit" in WHY["quits"]
    assert "no class" in WHY["spare"]
    assert "First, Second" in WHY["two"]


def test_a_report_reads_as_a_line() -> None:
    assert str(BrokenConnector("two", "it holds 2 connectors")) == "two: it holds 2 connectors"


def test_the_connectors_of_this_house_are_whole() -> None:
    found, broken = discover()
    assert "saas" in [each.name for each in found]
    assert broken == []


def test_shipped_documents_are_those_that_were_linted_last() -> None:
    """If this fails: ``python -m registry.declarative.linted_digests connectors``."""
    assert read_linted_digests(SHIPPED) == lint_connectors(SHIPPED)
    assert set(read_linted_digests(SHIPPED)) == {path.parent.name for path in SHIPPED.glob("*/connector.json")}


def test_a_document_that_was_changed_since_it_was_linted_is_linted_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "changed_connectors"
    shutil.copytree(SHIPPED / "pretix", package / "pretix")
    (package / "__init__.py").write_text("")
    (package / "linted.json").write_text((SHIPPED / "linted.json").read_text())
    monkeypatch.syspath_prepend(tmp_path)
    assert [each.name for each in discover("changed_connectors")[0]] == ["pretix"]
    document = json.loads((package / "pretix" / "connector.json").read_text())
    kind = next(iter(document["kinds"].values()))
    kind["id"] = "no_such_field"
    (package / "pretix" / "connector.json").write_text(json.dumps(document))
    found, (broken,) = discover("changed_connectors")
    assert not found
    assert "no_such_field" in broken.why


def test_an_installed_distribution_can_t_vouch_for_its_own_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "strangers_connectors"
    shutil.copytree(SHIPPED / "pretix", package / "pretix")
    (package / "__init__.py").write_text("")
    (package / "pretix" / "__init__.py").write_text("")
    document = json.loads((package / "pretix" / "connector.json").read_text())
    next(iter(document["kinds"].values()))["id"] = "no_such_field"
    (package / "pretix" / "connector.json").write_text(json.dumps(document))
    (package / "linted.json").write_text(json.dumps({"pretix": digest_documents(package / "pretix")}))
    (tmp_path / "no_connectors").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("pretix", "strangers_connectors.pretix", GROUP)
    found, (broken,) = discover("no_connectors", installed=[point])
    assert not found
    assert "no_such_field" in broken.why


def test_a_change_of_the_linter_makes_older_digests_void() -> None:
    now, before = digest_documents(SHIPPED / "pretix"), digest_documents(SHIPPED / "pretix", "other rules")
    assert now != before
    assert read_linted_digests(SHIPPED)["pretix"] == now


def test_shipped_documents_are_not_linted_at_a_start() -> None:
    code = "import sys; from registry.discovery import discover; print(len(discover()[1]), 'cel' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"], "linting compiles conditions"
