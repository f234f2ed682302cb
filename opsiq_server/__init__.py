"""Launcher: puts the folder of the server's packages first on the import path, then runs the ``opsiq`` command.

The server's packages have short names (``agent``, ``core``, ``web``, …). In a checkout they lie beside this one. The
wheel holds them inside it: an installation adds one name to site-packages, and nothing installed beside it can take the
place of one of them.
"""

from __future__ import annotations

import os.path
import sys
from typing import Final

_HERE: Final = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120 - pathlib is a cost at every start
IMPORT_ROOT: Final = _HERE if os.path.isdir(f"{_HERE}/core") else os.path.dirname(_HERE)  # noqa: PTH112, PTH120
"""The folder that holds the server's packages."""


def add_import_root() -> None:
    """Makes the server's packages importable in this process, before anything else of the same name.

    Links on the import path are resolved: where a link to the newest version (``/opt/opsiq/current``) is moved on, a
    process goes on with the version it was started with, also for what it imports later.
    """
    if sys.path[:1] != [IMPORT_ROOT]:
        sys.path[:] = [IMPORT_ROOT, *(os.path.realpath(each) if each else each for each in sys.path)]


def main() -> int:
    """The ``opsiq`` command. Answers its exit code."""
    add_import_root()
    from cli.main import main as run

    return run()
