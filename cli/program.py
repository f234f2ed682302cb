"""Program name: how the command is called in what is printed, so that a printed line can be pasted as it stands."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

NAME: Final = "opsiq"


def name_program() -> str:
    """``opsiq`` where the shell finds this very program by that name, else the path that it was called by."""
    called = Path(sys.argv[0])
    if called.name != NAME or not called.exists():
        return NAME  # python -m, or another program that uses this one
    found = shutil.which(NAME)
    return NAME if found is not None and Path(found).samefile(called) else shlex.quote(str(called))
