"""What the doctor tells whoever sets a server up to do next."""

from __future__ import annotations

import re
import socket
from threading import Thread
from typing import Any

from cli.commands.installation.next_step import Installed, describe_next_step, server_answers
from cli.main import make_parser

URL = "http://127.0.0.1:8080"
FOUNDED = Installed(workspaces=1)
READY = Installed(workspaces=1, contracts=2, examples=["order 3 of Ana's teas", "restock"])


def told(installed: Installed, failed: tuple[str, ...] = (), *, database: bool = True, up: bool = True) -> str:
    given: dict[str, Any] = {"database": database, "url": URL, "answers": lambda url: up and url == URL}
    return describe_next_step(installed, failed, **given)


def test_one_step_after_another_from_an_empty_folder_to_a_request() -> None:
    assert "opsiq init" in told(Installed(), ("database",), database=False, up=False)
    assert "opsiq init" in told(Installed(), up=False)
    assert told(FOUNDED, up=False).endswith("opsiq serve")
    assert "opsiq connectors connect" in told(FOUNDED)
    assert """opsiq ask 'order 3 of Ana'"'"'s teas'""" in told(READY)


def test_every_command_it_names_is_one() -> None:
    said = told(FOUNDED) + told(Installed()) + told(FOUNDED, up=False)
    named = re.findall(r"opsiq ([a-z]+(?: [a-z]+)?)", said)
    assert len(named) >= 4
    known = make_parser().format_help()
    assert [each for each in named if each.split()[0] not in known] == []
    make_parser().parse_args(["import", "openapi", "FILE", "--out", "DIR"])
    make_parser().parse_args(["connectors", "connect", "NAME", "--address", "URL"])


def test_what_is_broken_comes_first_each_named_once() -> None:
    said = told(READY, ("connector", "connector", "work"))
    assert said.startswith("Mend what is marked above (connector, work), beginning with the connector: ")
    assert "opsiq connections test NAME" in said
    assert said.endswith("Then run opsiq doctor again.")
    assert told(READY, ("redis",)) == "Mend what is marked above (redis), then run opsiq doctor again."
    assert "data key" in told(Installed(), ("data key",)), "a workspace may be there that can't be opened"


def test_a_broken_connector_of_a_demo_is_mended_by_starting_the_demo() -> None:
    given: dict[str, Any] = {"database": True, "url": URL, "answers": lambda _: False, "demo_data": True}
    assert "beginning with the connector: opsiq demo --data D " in describe_next_step(
        READY, ("connector",), start="demo --data D", **given
    )


def test_beside_a_demo_its_folder_is_named() -> None:
    said = describe_next_step(Installed(), ("database",), database=False, url=URL, answers=lambda _: False, demo=True)
    assert said.startswith("Look at the demo's data: OPSIQ_DATA=.data/demo opsiq doctor")


def test_nobody_answers_where_nobody_listens() -> None:
    assert not server_answers("http://127.0.0.1:1")
    assert not server_answers("no address")


def test_what_speaks_no_http_is_no_server_that_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            other, _ = listening.accept()
            with other:
                other.recv(4096)
                other.sendall(b"220 mail.example ready\r\n")

        Thread(target=greet, daemon=True).start()
        assert not server_answers(f"http://127.0.0.1:{listening.getsockname()[1]}")
    assert not server_answers("http://a b")
