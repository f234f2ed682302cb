"""The operator's file of MCP servers: who may use which, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import BadSetting
from executors.mcp.servers import NO_MCP_SERVERS, McpServers, make_server, read_servers


def test_a_server_is_there_for_the_workspaces_it_names_and_for_no_other() -> None:
    servers = McpServers(
        {
            "mine": make_server("mine", {"command": "shelf", "workspaces": ["wsp_1"]}),
            "all": make_server("all", {"url": "https://shelf.example/mcp", "workspaces": ["*"]}),
            "none": make_server("none", {"command": "shelf"}),
        }
    )
    assert servers.addresses("wsp_1") == {"mine": "stdio:mine", "all": "https://shelf.example/mcp"}
    assert servers.of("wsp_2", "mine") is None
    assert servers.of("wsp_2", "all") is not None
    assert servers.of("wsp_1", "none") is None


@pytest.mark.parametrize(
    "given",
    [
        {}, [], {"command": "a", "url": "https://a"}, {"url": "file:///etc/passwd"}, {"command": ["a"]},
        {"command": "a", "args": "b"}, {"command": "a", "env": {"A": 1}}, {"command": "a", "shell": True},
        {"command": "a", "workspaces": "*"},
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_server_is_told_by_its_name(given: Any) -> None:
    with pytest.raises(BadSetting, match="OPSIQ_MCP_SERVERS: shelf: "):
        make_server("shelf", given)


def test_secrets_of_a_server_are_in_no_text_of_it() -> None:
    made = make_server("shelf", {"command": "a", "env": {"TOKEN": "s3cret"}, "headers": {"Authorization": "s3cret"}})
    assert "s3cret" not in repr(made)
    assert read_servers(None) is NO_MCP_SERVERS
