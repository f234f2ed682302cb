"""The package of the connector interface: built, installed where no server is, and used as an author would."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

from registry import interface
from tests.acceptance.installing.test_wheel import ROOT, Environment, built, wheel_in

__all__ = ["built"]

PACKAGE: Final = ROOT / "sdks" / "connector"
CONNECTOR: Final = """
from collections.abc import Sequence

from opsiq_connector import Connector, ContextProvider, Field, PlatformClient, Query, Record, RecordKind, admit

BOAT = RecordKind("boat", "Boat", ("boat", "boats"), (Field("id", "id"), Field("name", search="name")), label="{name}")


class Boats:
    def __init__(self, client: PlatformClient) -> None:
        self._client = client

    def kinds(self) -> tuple[RecordKind, ...]:
        return (BOAT,)

    async def search(self, query: Query) -> Sequence[Record]:
        return [admit(BOAT, row) for row in await self._client.get_json("/boats")][: query.limit]

    async def get(self, kind: str, record_id: str) -> Record | None:
        row = await self._client.get_json(f"/boats/{record_id}")
        return admit(BOAT, row) if row else None


class HarbourConnector(Connector):
    name = "harbour"
    interface = "1.0"

    def context_providers(self) -> Sequence[ContextProvider]:
        return (Boats(self.client),)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("connector")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=PACKAGE, check=True, capture_output=True,
    )  # fmt: skip
    return wheel_in(folder)


@pytest.fixture
def empty(wheel: Path, tmp_path: Path) -> Environment:
    """An environment that has nothing but the package: not the server's dependencies either."""
    environment = Environment(tmp_path / "venv")
    (environment.site / "dependencies.pth").unlink()
    environment.install(wheel)
    return environment


WRITTEN: Final = itertools.count(1_700_000_000)
"""Times of the checked file: mypy takes one of the same second and length for the file that it has checked before."""


def check(environment: Environment, source: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "harbour.py").write_text(source)
    os.utime(folder / "harbour.py", (next(WRITTEN),) * 2)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(environment.python)]
    return subprocess.run(
        [*mypy, "--config-file", "", "--cache-dir", str(folder / "cache"), "harbour.py"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_wheel_holds_that_one_package_and_the_version_of_the_interface(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        names = {name.split("/")[0] for name in held.namelist()}
        files = {name for name in held.namelist() if name.startswith("opsiq_connector/")}
    assert names == {"opsiq_connector", f"opsiq_connector-{interface.VERSION}.dist-info"}
    assert files == {f"opsiq_connector/{each}" for each in ("__init__.py", "__init__.pyi", "_version.py", "py.typed")}


def test_a_connector_is_type_checked_where_no_server_is(empty: Environment, tmp_path: Path) -> None:
    assert check(empty, CONNECTOR, tmp_path).stdout.startswith("Success")
    wrong = check(empty, CONNECTOR.replace('search="name"', 'search="nmae"'), tmp_path)
    assert 'Argument "search" to "Field" has incompatible type' in wrong.stdout
    other = check(empty, CONNECTOR.replace("Sequence[ContextProvider]", "int"), tmp_path)
    assert "incompatible with" in other.stdout


def test_without_a_server_the_package_says_what_to_install(empty: Environment, tmp_path: Path) -> None:
    made = subprocess.run(
        [empty.python, "-c", "import opsiq_connector"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert made.returncode == 1
    assert 'pip install "opsiq-connector[server]"' in made.stderr


def test_beside_a_server_its_classes_are_the_servers_own(wheel: Path, built: Path, tmp_path: Path) -> None:
    environment = Environment(tmp_path / "venv")
    environment.install(wheel, wheel_in(built))
    (tmp_path / "harbour.py").write_text(CONNECTOR)
    told = "import harbour, registry.connector as own; print(harbour.Connector is own.Connector)"
    assert environment.run(environment.python, "-c", told, cwd=tmp_path).strip() == "True"
    folder = tmp_path / "connectors" / "harbour"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(CONNECTOR)
    found = (
        "from opsiq_server import add_import_root; add_import_root(); from pathlib import Path; "
        "from registry.discovery import discover; "
        "print(discover(folders=(Path('connectors'),))[0])"
    )
    assert "DiscoveredConnector(name='harbour'" in environment.run(environment.python, "-c", found, cwd=tmp_path)


def test_the_stubs_are_those_of_the_interface_as_it_is(tmp_path: Path) -> None:
    written = subprocess.run(
        [sys.executable, "-c", "import write_stubs; print(write_stubs.write(), end='')"],
        cwd=tmp_path, env={"PYTHONPATH": str(PACKAGE / "scripts")}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert written.stdout == (PACKAGE / "src/opsiq_connector/__init__.pyi").read_text(encoding="utf-8")
