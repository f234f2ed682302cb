"""Command lines for this server's child processes: Python running one of its modules, even if other versions are
installed beside it."""

from __future__ import annotations

import os.path
import sys
from typing import Final

_RUN: Final = ("-P", "-m", "opsiq_server.run_module")


def make_command(module: str, *arguments: str) -> tuple[str, ...]:
    """Runs ``module`` of this process's version, even after another one was installed."""
    folder, name = os.path.split(sys.executable)
    return (os.path.join(os.path.realpath(folder), name), *_RUN, module, *arguments)  # noqa: PTH118


def make_newest_command(module: str, *arguments: str) -> tuple[str, ...]:
    """Runs ``module`` of the version that is installed when the command runs. If the environment's folder is a link
    (``current``), it is followed then."""
    return (sys.executable, *_RUN, module, *arguments)
