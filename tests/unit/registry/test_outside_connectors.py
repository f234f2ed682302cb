"""Connectors from outside the tree: installed distributions and folders, both written against ``opsiq_connector``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.discovery import discover, list_entry_points

CODE = '''"""A connector outside the tree."""

from opsiq_connector import Connector, Field, RecordKind


class {cls}(Connector):
    name = "{name}"
    title = "{title}"
    interface = "{interface}"
    KIND = RecordKind(name="lamp", title="Lamp", nouns=("lamp",), fields=(Field("id", "id", "Lamp id"),))
'''
DOCUMENT = '{"schema": "opsiq/connector/v1", "name": "kiln", "title": "Kiln", "kinds": {}}'


def code(name: str, interface: str = "1.0") -> str:
    return CODE.format(cls=name.capitalize(), name=name, title=name.capitalize(), interface=interface)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages that Python looks in, forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


def install(site: Path, distribution: str, points: str, **files: str) -> None:
    """What pip leaves of a wheel: its packages, and its metadata beside them."""
    for path, text in files.items():
        target = site / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    info = site / f"{distribution}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[opsiq.connectors]\n{points}\n")


def names(found: object) -> list[str]:
    return [each.name for each in found]  # type: ignore[attr-defined]


def test_a_class_that_a_distribution_names_is_a_connector(site: Path) -> None:
    install(site, "opsiq-lamps", "lamps = lamps_connector:Lamps", **{"lamps_connector.py": code("lamps")})
    found, broken = discover(installed=list_entry_points())
    (lamps,) = [each for each in found if each.name == "lamps"]
    assert (lamps.title, lamps.place) == ("Lamps", "the distribution opsiq-lamps")
    assert broken == []


def test_a_package_that_holds_a_document_is_a_connector(site: Path) -> None:
    files = {"kiln/__init__.py": "", "kiln/connector.json": DOCUMENT}
    install(site, "opsiq-kiln", "kiln = kiln", **files)
    found, broken = discover(installed=list_entry_points())
    assert "kiln" in names(found)
    assert broken == []


def test_distributions_that_fail_are_told_by_name_and_harm_no_other(site: Path) -> None:
    points = ("gone = no_such_module:Gone", "later = later_connector:Later", "odd = odd_connector:Even")
    files = {
        "later_connector.py": code("later", "2.0"),
        "odd_connector.py": code("even"),
        "fine_connector.py": code("fine"),
    }
    install(site, "opsiq-several", "\n".join((*points, "fine = fine_connector:Fine")), **files)
    found, broken = discover(installed=list_entry_points())
    assert "fine" in names(found)
    why = {each.name: each.why for each in broken}
    assert sorted(why) == ["gone", "later", "odd"]
    assert "no_such_module" in why["gone"]
    assert "2.0" in why["later"]
    assert "set name = 'odd'" in why["odd"]


def test_a_folder_with_code_is_a_connector_and_may_import_its_own_modules(tmp_path: Path, site: Path) -> None:
    folder = tmp_path / "mine" / "loom"
    folder.mkdir(parents=True)
    (folder / "_words.py").write_text('TITLE = "Weaving"\n')
    text = code("loom").replace('title = "Loom"', "title = TITLE")
    (folder / "__init__.py").write_text(text.replace("\n\nfrom opsiq", "\n\nfrom ._words import TITLE\nfrom opsiq"))
    found, broken = discover(folders=[tmp_path / "mine"])
    (loom,) = [each for each in found if each.name == "loom"]
    assert (loom.title, loom.place) == ("Weaving", str(folder))
    assert broken == []


def test_of_two_with_one_name_the_first_is_used_and_the_second_told(tmp_path: Path, site: Path) -> None:
    install(site, "opsiq-kiln", "kiln = kiln", **{"kiln/__init__.py": "", "kiln/connector.json": DOCUMENT})
    folder = tmp_path / "mine" / "kiln"
    folder.mkdir(parents=True)
    (folder / "connector.json").write_text(DOCUMENT)
    found, broken = discover(folders=[tmp_path / "mine"], installed=list_entry_points())
    assert [each.place for each in found if each.name == "kiln"] == [str(folder)]
    assert "another connector of that name" in {each.name: each.why for each in broken}["kiln"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    _, broken = discover(folders=[tmp_path / "nowhere"])
    assert names(broken) == ["nowhere"]
    assert "is no folder" in broken[0].why


def test_a_folder_that_holds_neither_a_document_nor_a_package_is_no_connector(tmp_path: Path) -> None:
    """Data, notes and scripts may lie beside connectors."""
    for name in ("kiln", "data", "notes", "Upper"):
        (tmp_path / name).mkdir()
    (tmp_path / "kiln" / "connector.json").write_text(DOCUMENT)
    (tmp_path / "data" / "opsiq.db").write_text("")
    (tmp_path / "notes" / "script.py").write_text("raise SystemExit")
    found, broken = discover(folders=[tmp_path])
    assert "kiln" in names(found)
    assert not {"data", "notes", "Upper"} & {*names(found), *names(broken)}
