"""The wheel, installed as a stranger would: one name in site-packages, and whatever is installed beside it changes
nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
COLLIDING: Final = ("agent", "core", "events", "store", "web")
"""Names that packages on public indexes have too."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, check=True, capture_output=True
    )
    return folder


def wheel_in(folder: Path) -> Path:
    (found,) = folder.glob("*.whl")
    return found


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as held:
        return {name: held.read(name) for name in held.namelist()}


class Environment:
    """A virtual environment: the dependencies of this one, and what is installed into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        (site,) = folder.glob("lib/python*/site-packages")
        self.site = site
        # Last on the path, and its own .pth files (of this checkout) are not read.
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))

    def install(self, *wheels: Path) -> None:
        uv = Path(sys.executable).with_name("uv")
        command = [
            uv,
            "pip",
            "install",
            "-q",
            "--offline",
            "--no-deps",
            "--reinstall",
            "--python",
            self.python,
            *wheels,
        ]
        subprocess.run(
            command, check=True, env={"PATH": "/usr/bin:/bin", "UV_NO_CONFIG": "1", "HOME": str(self.folder)}
        )

    @property
    def python(self) -> Path:
        return self.folder / "bin/python"

    @property
    def opsiq(self) -> Path:
        return self.folder / "bin/opsiq"

    def environ(self, data: Path) -> dict[str, str]:
        mine = {name: each for name, each in os.environ.items() if not name.startswith(("OPSIQ_", "PYTHON"))}
        return {**mine, "OPSIQ_DATA": str(data), "no_proxy": "*"}

    def run(self, *command: str | Path, cwd: Path) -> str:
        done = subprocess.run(
            command, cwd=cwd, env=self.environ(cwd / "data"), capture_output=True, text=True, timeout=100
        )
        assert done.returncode == 0, (command, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout


def stranger(name: str, folder: Path) -> Path:
    """A distribution with a package of this name, which breaks whoever imports it."""
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as made:
        made.writestr(f"{name}/__init__.py", "raise RuntimeError('the package of a stranger')\n")
        made.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        made.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        made.writestr(f"{info}/RECORD", "")
    return wheel


@pytest.fixture(scope="module")
def crowded(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel, with strangers of the same names installed before it and after it."""
    folder = tmp_path_factory.mktemp("crowded")
    environment = Environment(folder / "venv")
    strangers = [stranger(name, folder) for name in COLLIDING]
    environment.install(*strangers[:3])
    environment.install(wheel_in(built))
    environment.install(*strangers[2:])
    return environment


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A working directory whose files have the names of the server's packages."""
    for name in COLLIDING:
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('a file of the working directory')\n")
    return tmp_path


def test_the_wheel_holds_one_name_with_its_licences_and_types(built: Path) -> None:
    names = contents(wheel_in(built))
    assert {name.split("/")[0].split("-")[0] for name in names} == {"opsiq_server"}
    assert "opsiq_server/py.typed" in names
    kept = {name.partition("/licenses/")[2] for name in names if "/licenses/" in name}
    assert {"LICENSE", "NOTICE", "language/english/LICENSE"} < kept
    metadata = next(text.decode() for name, text in names.items() if name.endswith("/METADATA"))
    assert "Author: OpsIQ contributors" in metadata
    assert "License-Expression: Apache-2.0" in metadata
    assert "Project-URL" not in metadata


def test_every_vendored_file_is_in_the_notice_with_its_licence() -> None:
    notice = (ROOT / "NOTICE").read_text()
    for path in subprocess.run(
        ["git", "ls-files", "*/vendor/*"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split():
        assert path in notice or Path(path).parent.joinpath(f"{Path(path).name.split('-')[0]}-LICENSE.txt").exists(), (
            path
        )
    for named in (
        word.rstrip(")") for line in notice.splitlines() for word in line.split() if "LICENSE" in word and "/" in word
    ):
        assert (ROOT / named).is_file(), named


def test_the_source_distribution_builds_the_same_wheel(built: Path, tmp_path: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as packed:
        packed.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(command, cwd=unpacked, check=True, capture_output=True)
    assert contents(wheel_in(tmp_path)) == contents(wheel_in(built))


def test_the_whole_story_is_told_among_strangers_of_the_same_names(crowded: Environment, elsewhere: Path) -> None:
    told = [json.loads(line) for line in crowded.run(crowded.opsiq, "demo", "--once", cwd=elsewhere).splitlines()]
    assert told[-1]["chain"] == "unbroken"


def test_the_module_runs_the_same_command_as_the_script(crowded: Environment, elsewhere: Path) -> None:
    said = {
        crowded.run(*way, "--version", cwd=elsewhere)
        for way in ((crowded.opsiq,), (crowded.python, "-m", "opsiq_server"))
    }
    assert len(said) == 1


def test_doctor_names_packages_that_can_not_be_imported_here(crowded: Environment, elsewhere: Path) -> None:
    command = [crowded.opsiq, "doctor", "--json"]
    environ = crowded.environ(elsewhere / "data")
    done = subprocess.run(command, cwd=elsewhere, env=environ, capture_output=True, text=True)
    told = [each["detail"] for each in json.loads(done.stdout) if each["about"] == "packages"]
    assert [Path(each.split()[0]) for each in told] == [crowded.site / name for name in COLLIDING]


CONNECTOR: Final = """
from opsiq_connector import Connector

class ShopConnector(Connector):
    name = "shop"
    title = "Shop"
"""
FOUND: Final = """
import opsiq_server
opsiq_server.add_import_root()
from registry.discovery import discover, list_entry_points
found, broken = discover(installed=list_entry_points())
print([each.name for each in found], broken)
"""


def test_a_connector_of_another_distribution_is_found_beside_the_wheel(
    crowded: Environment, elsewhere: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    wheel = tmp_path_factory.mktemp("shop") / "shop_connector-1.0-py3-none-any.whl"
    info = "shop_connector-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as made:
        made.writestr("shop_connector.py", CONNECTOR)
        made.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: shop-connector\nVersion: 1.0\n")
        made.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        made.writestr(f"{info}/entry_points.txt", "[opsiq.connectors]\nshop = shop_connector:ShopConnector\n")
        made.writestr(f"{info}/RECORD", "")
    crowded.install(wheel)
    said = crowded.run(crowded.python, "-P", "-c", FOUND, cwd=elsewhere)
    assert "'shop'" in said.split("]")[0]
    assert "'saas'" in said.split("]")[0]
    assert said.strip().endswith("[]"), said


@pytest.fixture
def working(crowded: Environment, elsewhere: Path) -> Iterator[subprocess.Popen[str]]:
    command = [crowded.opsiq, "work", "--processes", "2"]
    with subprocess.Popen(
        command, cwd=elsewhere, env=crowded.environ(elsewhere / "data"), stdout=subprocess.PIPE, text=True
    ) as started:
        yield started
        started.kill()


def test_workers_of_the_wheel_start_and_stop(working: subprocess.Popen[str]) -> None:
    assert working.stdout is not None
    assert json.loads(working.stdout.readline()) == {"ready": True}
    working.send_signal(signal.SIGTERM)
    assert working.wait(30) == 0
