"""The map and the glossary say what the code is: what they name exists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "CONTRIBUTING.md").read_text()
GLOSSARY = (ROOT / "docs/glossary.md").read_text()
TERMS = re.findall(r"^\| ([^|]+?) \|(?: `([^`|]+)`)? \| ([^|]+) \|$", GLOSSARY, re.MULTILINE)
WORDS = [term for term in TERMS if term[0] != "word"]
CHANGES = re.findall(r"^\| ([^|]+) \| ([^|]*`[^|]*) \|$", MAP.partition("## Where does a change go?")[2], re.MULTILINE)


def exists(name: str) -> bool:
    """A file or folder by its path, a module or what stands in one by its dotted name."""
    if "/" in name:
        return (ROOT / name).exists()
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, member = name.rpartition(".")
        return hasattr(importlib.import_module(module), member)
    return True


@pytest.mark.parametrize("name", sorted({code for _, code, _ in WORDS if code}))
def test_every_glossary_word_that_is_a_class_or_module_exists(name: str) -> None:
    assert exists(name)


def test_every_glossary_word_is_explained_once_in_one_sentence() -> None:
    words = [word for word, _, _ in WORDS]
    assert len(words) == len(set(words)) > 50
    assert [word for word, _, meaning in WORDS if ". " in meaning or meaning.endswith(".")] == []


@pytest.mark.parametrize(("change", "files"), CHANGES)
def test_the_files_that_a_change_goes_into_exist(change: str, files: str) -> None:
    named = [each for each in re.findall(r"`([^`]+)`", files) if re.fullmatch(r"[\w.-]+/[\w./-]*", each)]
    assert named, change
    assert [each for each in named if not exists(each)] == []


def test_the_map_answers_for_fourteen_changes() -> None:
    assert len(CHANGES) == 14


def test_every_room_of_the_map_is_a_folder_and_every_folder_is_on_the_map() -> None:
    rooms = set(re.findall(r"^\| \w+ \| `(\w+)/`", MAP, re.MULTILINE)) | {"connectors", "demo", "opsiq_server"}
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench", "scripts"}
    assert rooms == folders
