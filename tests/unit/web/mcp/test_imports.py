"""The SDK is imported at the first request over MCP, and at no start."""

from __future__ import annotations

import subprocess
import sys


def test_neither_the_server_nor_the_command_line_imports_the_sdk() -> None:
    code = (
        "import sys, web.app, cli.main; cli.main.make_parser();"
        "print({'mcp', 'mcp_types', 'httpx2'} & sys.modules.keys())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
