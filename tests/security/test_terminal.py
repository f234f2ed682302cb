"""Escape sequences in what other people typed: a terminal shows them to whoever looks, and obeys none of them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.installation import Installation

HOSTILE: Final = "close \x1b]52;c;ZXZpbA==\x07the \x9b2J\u202egnihton\x1b[1A\rticket"
"""Sets the clipboard, clears the screen, turns words round, goes back over a line."""
COMMAND: Final = (sys.executable, "-m", "opsiq_server")
ROOT: Final = Path(__file__).parents[2]


def key_of(world: Installation) -> dict[str, str]:
    client = world.clients["olivia"]
    return {"OPSIQ_URL": client.url, "OPSIQ_KEY": client.key, "OPSIQ_SECRET": client.secret}


def on_a_terminal(world: Installation, *words: str) -> str:
    """What a command writes where its standard output is a terminal."""
    ours, its = pty.openpty()
    try:
        with subprocess.Popen(
            [*COMMAND, *words], env=world.environment() | key_of(world), cwd=ROOT, stdin=its, stdout=its, stderr=its
        ) as process:
            os.close(its)
            told = b""
            while piece := read(ours):
                told += piece
            assert process.wait(60) == 0
    finally:
        os.close(ours)
    return told.decode()


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # its other end was closed
        return b""


@pytest.mark.parametrize("words", [("runs", "list"), ("runs", "show"), ("history", "list")], ids=" ".join)
def test_a_terminal_is_shown_what_others_typed_and_obeys_none_of_it(
    world: Installation, words: tuple[str, ...]
) -> None:
    asked = world.ask("olivia", HOSTILE)
    shown = on_a_terminal(world, *words, *([asked["id"]] if words[1] == "show" else []))
    assert words != ("runs", "list") or "close ‹U+001B›" in shown
    assert not any(each in shown.replace("\r\n", "\n") for each in "\x1b\x07\x9b\u202e\r")


def test_a_pipe_is_given_it_as_it_is(world: Installation) -> None:
    asked = world.ask("olivia", HOSTILE)
    code, told = world.opsiq("runs", "list", **key_of(world))
    assert code == 0
    assert asked["text"][:40] in told
