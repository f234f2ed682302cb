"""The importer on documents that others publish, where they lie beside the repository."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.importing.document.references import Documents
from registry.importing.importer import import_document
from tests.unit.registry.importing.lost_parameters import Plain, lost_parameters

FOLDER = Path(__file__).parents[5] / "shared" / "openapi"
FILES = sorted(path.name for path in FOLDER.glob("*") if path.suffix in (".json", ".yaml", ".gz"))


def reader(name: str) -> tuple[str, Callable[[str], bytes]]:
    """The root's name and what reads it and those beside it."""
    if not name.endswith(".gz"):
        return name, lambda each: (FOLDER / each).read_bytes()
    with tarfile.open(FOLDER / name) as archive:
        members = {each.name: archive.extractfile(each) for each in archive if each.isfile()}
        held = {each: file.read() for each, file in members.items() if file is not None}
    root = next(each for each in held if each.count("/") == 1 and b"openapi:" in held[each][:200])
    return root, lambda each: held[each]


@pytest.mark.skipif(not FILES, reason="the published documents are not beside this repository")
@pytest.mark.parametrize("name", FILES or ["none"])
def test_published_documents_lose_no_parameter(name: str) -> None:
    root, read = reader(name)
    made = import_document(Documents(root, read))
    contracts = {each.contract["name"]: each.contract for each in made.drafts}
    assert list(lost_parameters(Plain(root, read), made.report(), contracts)) == []
    assert len(made.refusals) <= len(made.drafts) // 5
