"""An MCP server's tool as an action: imported, signed, confirmed, called; and not called once it changed."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tests.integration.executors.mcp.tool_server as tool_server
from agent.runs.run import Run
from cli.main import main
from tests.integration.web.api.shop import InstalledShop, Shop, open_shop


def name_servers(folder: Path, **workspaces: list[str]) -> Path:
    env = {"SHELF_LEDGER": str(folder / "ledger"), "TOOLS_CHANGED": str(folder / "changed")}
    server = {"command": sys.executable, "args": [tool_server.__file__], "env": env}
    path = folder / "mcp.json"
    path.write_text(
        json.dumps({"mcpServers": {name: server | {"workspaces": each} for name, each in workspaces.items()}})
    )
    return path


@pytest.fixture
def drafted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The draft of the tool, as ``opsiq import mcp`` writes it, for owners."""
    monkeypatch.setenv("OPSIQ_MCP_SERVERS", str(name_servers(tmp_path, shelf=["*"])))
    assert main(["import", "mcp", "shelf", "--out", str(tmp_path / "drafts"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["operations"], len(report["drafts"]), report["refused"]) == (3, 3, [])
    contract = json.loads(Path(report["drafts"][0]["file"]).read_text())
    assert contract["roles"] == []
    return {**contract, "roles": ["owner"]}


async def run_and_confirm(shop: Shop) -> Run:
    olivia = shop.actors["olivia"]
    body = {"action": "shelf.shelve", "params": {"article": "book", "count": 3}}
    made = (await shop.call("POST", "/v1/actions/run", body)).json()
    assert made["state"] == "held", made
    assert json.loads(made["card"]["calls"][0]["payload"]) == {"article": "book", "count": 3}
    await shop.container.decisions.confirm(olivia, made["id"], made["card"]["digest"])
    return await shop.container.runs.wait_until_idle(olivia, made["id"], wait_s=60)


async def test_a_tool_is_called_once_confirmed_and_never_once_it_has_changed(
    tmp_path: Path, template: InstalledShop, drafted: dict[str, object]
) -> None:
    ledger = tmp_path / "ledger"
    servers = name_servers(tmp_path, shelf=[template.actors["olivia"].workspace])
    async with open_shop(
        tmp_path / "data", template, workers=2, at=datetime.now(UTC), OPSIQ_MCP_SERVERS=str(servers)
    ) as shop:
        registered = await shop.call("POST", "/v1/contracts", {"contracts": [drafted]})
        assert registered.status_code == 201, registered.text
        done = await run_and_confirm(shop)
        assert done.state == "succeeded", done.outcomes
        assert json.loads(done.outcomes[0].answer or "") == {"article": "book", "count": 3}
        assert ledger.read_text() == "book 3 front\n"

        (tmp_path / "changed").touch()
        refused = await run_and_confirm(shop)
        assert refused.state == "failed"
        assert "not the one that was signed" in refused.outcomes[0].detail
        assert ledger.read_text() == "book 3 front\n", "it was not called"
        gone = await shop.call("POST", "/v1/actions/run", {"action": "shelf.shelve", "params": {"article": "book"}})
        assert gone.status_code == 404, "its contract is suspended"

        # Another workspace, which the operator has not named.
        await shop.call("POST", "/v1/contracts", {"contracts": [drafted]}, by="eve")
        body = {"action": "shelf.shelve", "params": {"article": "book"}}
        elsewhere = (await shop.call("POST", "/v1/actions/run", body, by="eve")).json()
        assert "not set up" in elsewhere["detail"], elsewhere
