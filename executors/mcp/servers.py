"""MCP servers that the operator set up (``OPSIQ_MCP_SERVERS``). Only their tools are called.

The file is the ``mcpServers`` JSON that MCP clients share: a command to start, or an address. Each server names the
``workspaces`` that may use it. No contract and no API call can add a server: a command in a contract would otherwise
run here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from core import canon
from core.errors import BadSetting, NotCanonical

EVERYBODY: Final = "*"
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_FIELDS: Final = {"command", "args", "env", "cwd", "url", "headers", "workspaces", "type", "credentials"}


@dataclass(frozen=True, slots=True)
class McpServer:
    """One server: started with ``command`` for each use, or reached at ``url``. ``credentials`` names the workspace's
    connection whose credentials its requests carry besides ``headers``."""

    name: str
    workspaces: frozenset[str] = frozenset()
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    credentials: str = ""

    @property
    def address(self) -> str:
        """The target of its calls, for cards and digests, without secrets."""
        return self.url or f"stdio:{self.name}"

    def serves(self, workspace: str) -> bool:
        return workspace in self.workspaces or EVERYBODY in self.workspaces


@dataclass(frozen=True, slots=True)
class McpServers:
    """Every server of this installation, by name."""

    known: Mapping[str, McpServer] = field(default_factory=dict)

    def of(self, workspace: str, name: str) -> McpServer | None:
        found = self.known.get(name)
        return found if found is not None and found.serves(workspace) else None

    def addresses(self, workspace: str) -> dict[str, str]:
        """Name → address of the servers that the workspace may use."""
        return {name: each.address for name, each in self.known.items() if each.serves(workspace)}


NO_MCP_SERVERS: Final = McpServers()


def read_servers(path: Path | None) -> McpServers:
    """The servers of a file, or none without a file. Raises BadSetting with the place of a fault, never with a
    value."""
    if path is None:
        return NO_MCP_SERVERS
    try:
        document = canon.loads(path.read_bytes())
    except (OSError, NotCanonical) as error:
        raise BadSetting(f"OPSIQ_MCP_SERVERS: {path} can't be read as JSON ({type(error).__name__}).") from error
    servers = document.get("mcpServers") if isinstance(document, dict) else None
    if not isinstance(servers, dict):
        raise BadSetting('OPSIQ_MCP_SERVERS: the file is {"mcpServers": {NAME: {…}}}.')
    return McpServers({name: make_server(name, given) for name, given in servers.items()})


def make_server(name: str, given: Any) -> McpServer:
    """One server of the file. Raises BadSetting."""

    def wrong(what: str) -> BadSetting:
        return BadSetting(f"OPSIQ_MCP_SERVERS: {name}: {what}.")

    if not _NAME.fullmatch(name):
        raise wrong("a name is lower-case letters, digits, _ and -, and begins with a letter")
    if not isinstance(given, dict) or set(given) - _FIELDS:
        raise wrong(f"it takes {', '.join(sorted(_FIELDS))}")
    command, url = given.get("command", ""), given.get("url", "")
    if not isinstance(command, str) or not isinstance(url, str) or bool(command) == bool(url):
        raise wrong("it has either a command or a url")
    if url and not re.match(r"https?://", url):
        raise wrong("the url is http or https")
    credentials = given.get("credentials", "")
    if not isinstance(credentials, str) or (credentials and not (url and _NAME.fullmatch(credentials))):
        raise wrong("credentials names a connection, of a server with a url")
    for each in ("env", "headers"):
        value = given.get(each, {})
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise wrong(f"{each} maps names to texts")
    for each in ("args", "workspaces"):
        value = given.get(each, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise wrong(f"{each} is a list of texts")
    return McpServer(
        name=name,
        workspaces=frozenset(given.get("workspaces", ())),
        command=command,
        args=tuple(given.get("args", ())),
        env=given.get("env", {}),
        cwd=str(given.get("cwd", "")),
        url=url,
        headers=given.get("headers", {}),
        credentials=credentials,
    )
