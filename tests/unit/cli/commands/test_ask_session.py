"""A session of the terminal is one window's, or one script's."""

from __future__ import annotations

import re
import subprocess
import sys

from cli.commands.ask import name_session

SAY = "from cli.commands.ask import name_session; print(name_session())"


def said(*, own_window: bool) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SAY], capture_output=True, check=True, text=True, start_new_session=own_window
    )
    return done.stdout.strip()


def test_commands_of_one_window_share_a_session_that_the_api_takes() -> None:
    assert said(own_window=False) == name_session()
    assert re.fullmatch(r"[A-Za-z0-9_.:-]{1,100}", name_session())


def test_another_window_has_a_session_of_its_own() -> None:
    assert said(own_window=True) != name_session()
