"""pretix, from the Python package index, with SQLite."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.interop.installation import CACHE, ENVIRONMENTS, Platform, call, free_port, once, process

PINS = ENVIRONMENTS / "pretix.txt"
SEED = Path(__file__).parent / "pretix_seed.py"
TOKEN = "interop" + "0" * 57
CONFIG = """[pretix]
instance_name=Interop
url={url}
datadir={folder}
registration=off
currency=EUR
[database]
backend=sqlite3
name={folder}/db.sqlite3
[mail]
from=tickets@example.org
host=127.0.0.1
port=1
[django]
debug=off
secret=of-this-run-alone-and-of-no-worth-to-anybody
"""


class Pretix:
    name = "pretix"

    def __init__(self) -> None:
        self._home = CACHE / "pretix"
        self._python = self._home / "venv" / "bin" / "python"
        self._empty = self._home / "empty.sqlite3"

    def install(self) -> None:
        once(self._home, [PINS], self._make)

    def _make(self) -> None:
        call([_python(), "-m", "venv", self._home / "venv"])
        call([self._python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", PINS])
        folder = self._home / "first"
        self._run(folder, free_port(), "-m", "pretix", "migrate")
        shutil.move(folder / "db.sqlite3", self._empty)
        shutil.rmtree(folder)

    def _run(self, folder: Path, port: int, *command: str) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "pretix.cfg").write_text(CONFIG.format(url=f"http://127.0.0.1:{port}", folder=folder))
        call([self._python, *command], env=_environ(folder), cwd=folder)

    @contextmanager
    def running(self, folder: Path) -> Iterator[Platform]:
        port = free_port()
        shutil.copy(self._empty, folder / "db.sqlite3")
        self._run(folder, port, "-P", str(SEED))
        url = f"http://127.0.0.1:{port}"
        api = f"{url}/api/v1/organizers/acme"
        serve = [self._python, "-m", "pretix", "runserver", "--noreload", f"127.0.0.1:{port}"]
        with process(serve, api, folder / "log", _environ(folder), folder):
            yield Platform(
                "pretix",
                url,
                api,
                {"type": "bearer", "prefix": "Token", "token": TOKEN},
                {"organizer": "acme"},
                ("Authorization", f"Token {TOKEN}"),
            )


def _environ(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "PRETIX_CONFIG_FILE": str(folder / "pretix.cfg")}


def _python() -> str:
    """One that the pinned versions have wheels for. Raises LookupError."""
    for version in ("3.11", "3.12"):
        if found := shutil.which(f"python{version}"):
            return found
    if sys.version_info[:2] in ((3, 11), (3, 12)):
        return sys.executable
    raise LookupError("pretix is run with Python 3.11 or 3.12, and there is neither.")
