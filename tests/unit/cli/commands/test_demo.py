"""The demo before it starts anything."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cli.commands.demo import check_free
from cli.commands.listen import open_listener
from cli.demo_lock import FOLDER
from core.errors import BadSetting, InvalidInput


def test_a_port_that_is_taken_is_told_with_the_command_that_chooses_others() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadSetting, match=rf"Port {port} .*: opsiq demo --port \d+ --platform-port \d+ \(.*--data"):
            check_free(port, Path(FOLDER))
        with pytest.raises(BadSetting, match=r"opsiq demo --data other --port \d+ --platform-port \d+ "):
            check_free(port, Path("other"))
    check_free(port, Path(FOLDER))
    check_free(0, Path(FOLDER))
    with pytest.raises(BadSetting):
        check_free(70_000, Path(FOLDER))


def test_a_listener_says_so_where_its_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidInput, match=rf"127.0.0.1:{port}.*Choose another --port"):
            open_listener(port, None)
