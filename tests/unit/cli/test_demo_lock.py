"""One demo at a time on the same data."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.demo_lock import DemoLock, is_free
from cli.main import make_parser
from core.errors import BadSetting

HOLD = """
import subprocess, sys
from contextlib import ExitStack
from pathlib import Path
from cli.demo_lock import DemoLock
lock = DemoLock(Path(sys.argv[1]), ExitStack())
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=0, pass_fds=[lock.file])
lock.tell("http://127.0.0.1:8080", [child.pid])
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def test_a_second_demo_is_refused_with_who_has_the_data_and_a_command_that_works(
    tmp_path: Path, stack: ExitStack
) -> None:
    data, second = tmp_path / "my data", tmp_path / "my data-2"
    DemoLock(data, stack).tell("http://127.0.0.1:8080", [os.getpid()])
    DemoLock(second, stack)
    with pytest.raises(BadSetting, match=rf"\(console http://127.0.0.1:8080, process {os.getpid()}\)") as refused:
        DemoLock(data, stack)
    (command,) = re.findall(r"of its own: opsiq (.*)", str(refused.value))
    printed = make_parser().parse_args(shlex.split(command))
    assert printed.data == str(tmp_path / "my data-3")
    assert is_free(printed.port)
    assert is_free(printed.platform_port)
    assert 8080 not in (printed.port, printed.platform_port), "the first may not listen yet"
    DemoLock(Path(printed.data), stack)


def test_the_lock_goes_with_the_last_process_that_has_it(tmp_path: Path, stack: ExitStack) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    assert first.stdin is not None
    child = int(first.stdout.readline())
    first.kill()
    first.wait()
    with pytest.raises(BadSetting, match=rf"process {child}\)"):
        DemoLock(tmp_path, stack)
    first.stdin.close()
    first.stdout.read()  # ends when the child has ended
    first.stdout.close()
    DemoLock(tmp_path, stack)


def test_the_same_data_is_used_again_after_a_demo_has_ended(tmp_path: Path) -> None:
    for _ in range(2):
        with ExitStack() as stack:
            DemoLock(tmp_path, stack)


def test_a_folder_that_can_t_be_is_told(tmp_path: Path, stack: ExitStack) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match=r"File exists.*demo --data FOLDER"):
        DemoLock(tmp_path / "file", stack)
