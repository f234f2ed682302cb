"""The Python SDK: its own tests and types, its pages' code against real processes, and its use in a stranger's
project."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from core.webhook_signature import make_secret
from tests.acceptance.installation import Installation

ROOT = Path(__file__).parents[2]
SDK = ROOT / "sdks/python"
PAGES = (SDK / "README.md", ROOT / "docs/reference/sdk-python.md")
SEED = """
import os
from opsiq import OpsIQ
ops = OpsIQ(
public_key=os.environ["OPSIQ_KEY"],
secret_key=os.environ["OPSIQ_SECRET"],
)
# Fire an event
ops.events.fire("order.shipped", {
"customer_id": 421,
"order_ref": "NB-9182",
})
# Run a contracted action
result = ops.actions.run("saas.send_kb_link", {
"ticket_id": 5519,
"article": "how-to-reset-password",
})
"""
pytestmark = pytest.mark.timeout(400)


def environment(**more: str) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("OPSIQ_", "COV_", "PYTEST"))}
    return {**mine, "no_proxy": "*", **more}


def run(*command: str, cwd: Path = SDK, **more: str) -> str:
    """Its output; fails with it unless it ends well."""
    done = subprocess.run(command, cwd=cwd, env=environment(**more), capture_output=True, text=True, timeout=380)
    assert done.returncode == 0, f"{command} answered {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def test_its_own_tests_pass_and_reach_nearly_every_line(tmp_path: Path) -> None:
    data = {"COVERAGE_FILE": str(tmp_path / "coverage")}
    if sys.version_info >= (3, 12):
        data["COVERAGE_CORE"] = "sysmon"
    said = run(sys.executable, "-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider", **data)
    found = re.search(r"(\d+) passed", said)
    assert found, said
    assert int(found[1]) > 500
    run(sys.executable, "-m", "coverage", "report", "--fail-under", "95", **data)


def test_its_types_are_strict() -> None:
    said = run(sys.executable, "-m", "mypy")
    assert "Success" in said


def test_it_is_thin() -> None:
    """Lines of code, without blank ones, comments, docstrings and what is generated."""
    counted = 0
    for path in (SDK / "src/opsiq").glob("*.py"):
        if path.name not in ("types.py", "_sync.py", "_sync_resources.py"):
            text = re.sub(
                r'^\s*(r?""".*?""")\s*$', "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
            )
            counted += sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))
    assert counted < 1_200


def test_the_seeds_snippet_runs_in_a_strangers_project(world: Installation, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(wheels),
        str(SDK),
        cwd=tmp_path,
    )
    [wheel] = wheels.iterdir()
    assert wheel.name.startswith("opsiq-0.1.0-py3-none-any")
    run(sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv"), cwd=tmp_path)
    python = str(tmp_path / "venv/bin/python")
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "-q", str(wheel), cwd=tmp_path)
    program = tmp_path / "program.py"
    program.write_text(SEED + "import json\nprint(json.dumps([result.id, type(result).__name__]))\n", encoding="utf-8")
    owner = world.clients["olivia"]
    keys = {"OPSIQ_URL": owner.url, "OPSIQ_KEY": owner.key, "OPSIQ_SECRET": owner.secret}
    run_id, kind = json.loads(run(python, "-W", "error", str(program), cwd=tmp_path, **keys))
    assert kind == "Held"
    assert owner.get(f"/v1/runs/{run_id}")["card"]["calls"][0]["action"] == "saas.send_kb_link"
    fired = owner.get("/v1/events", "event=order.shipped")["data"]
    assert fired[0]["data"] == {"customer_id": 421, "order_ref": "NB-9182"}


@pytest.fixture
def told(world: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the pages say is in the environment."""
    owner = world.clients["olivia"]
    said = {
        "OPSIQ_URL": owner.url,
        "OPSIQ_KEY": owner.key,
        "OPSIQ_SECRET": owner.secret,
        "OPSIQ_WEBHOOK_SECRET": make_secret(),
        "OPSIQ_ACTION_SECRET": make_secret(),
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(SDK / "src"))
    return said


def call(secret: str, invoice_id: int = 1042) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(
        {
            "action": "saas.refund_invoice", "actor": {"id": "mem_1", "name": "Olivia", "role": "owner"},
            "contract_version": 1, "id": "act_1", "params": {"invoice_id": invoice_id}, "run_id": "run_1",
            "workspace": "ws_1",
        }
    )  # fmt: skip
    return body.encode(), signed(secret, "act_1", body)


def signed(secret: str, message_id: str, body: str) -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(secret).sign(message_id, now, body)
    return {"webhook-id": message_id, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}


def played(page: Path) -> dict[str, Any]:
    """The names that the page's blocks leave, run one after the other."""
    names: dict[str, Any] = {"__name__": "__main__"}
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 4
    for n, block in enumerate(blocks):
        exec(compile(block, f"{page.name}, block {n + 1}", "exec"), names)
    return names


def test_the_code_of_the_readme_runs(told: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    names = played(SDK / "README.md")
    said = capsys.readouterr().out
    assert "succeeded" in said
    assert "Adam Novak" in said
    assert "not_found" in said
    assert re.search(
        r"^2 invoices of Adam Nowak: INV-1050 .*\nRefund 196.00 PLN of invoice INV-1050", said, re.MULTILINE
    )
    assert "['refund INV-1050', 'Which invoices does Adam Nowak have?']" in said
    assert len(re.findall(r"^\d+ INV-", said, re.MULTILINE)) == names["answered"].reply.count > 20
    body, headers = call(told["OPSIQ_ACTION_SECRET"])
    with names["app"].test_client() as http:
        answers = [http.post("/opsiq", data=body, headers=headers) for _ in range(2)]
    assert [each.get_json() for each in answers] == [{"refunded": 1042}] * 2
    names["ops"].close()


def test_the_code_of_the_reference_runs(told: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    from fastapi.testclient import TestClient

    names = played(ROOT / "docs/reference/sdk-python.md")
    asyncio.run(names["main"]())
    said = capsys.readouterr().out
    assert said.startswith("owner\n")
    assert "Adam Nowak" in said
    assert '"action":"saas.refund_invoice"' in said
    assert "\nTrue\n" in said
    assert re.search(r"^evt_\w+ \d+$", said, re.MULTILINE)
    secret = told["OPSIQ_WEBHOOK_SECRET"]
    event = json.dumps({"id": "evt_1", "type": "invoice.paid", "timestamp": "2026-11-24T06:00:00Z", "data": {}})
    assert names["received"](event.encode(), signed(secret, "evt_1", event)) == 204
    assert names["received"](event.encode(), signed(make_secret(), "evt_1", event)) == 401
    with TestClient(names["app"]) as http:
        body, headers = call(secret)
        assert http.post("/opsiq", content=body, headers=headers).json() == {"refunded": 1042}
        body, headers = call(secret, 9001)
        assert http.post("/opsiq", content=body, headers={**headers, "webhook-id": "act_1"}).status_code == 422
    names["ops"].close()


def test_the_reference_names_every_call_every_error_and_every_option() -> None:
    page = (ROOT / "docs/reference/sdk-python.md").read_text(encoding="utf-8")
    client, resources = (
        (SDK / "src/opsiq" / name).read_text(encoding="utf-8") for name in ("_sync.py", "_sync_resources.py")
    )
    named = re.findall(r"^class (\w+)\(_Resource\):\n(.*?)(?=^class |\Z)", resources, re.DOTALL | re.MULTILINE)
    assert named
    for line in named:
        for method in re.findall(r"^    def ([a-z]\w*)\(", line[1], re.MULTILINE):
            assert re.search(rf"[.`]{method}\(", page), f"{line[0]}.{method} is not in the reference"
    for name in json.loads((ROOT / "tests/vectors/errors.json").read_text(encoding="utf-8"))["tree"]:
        assert name in page
    options = client.partition("def __init__(")[2].partition(") -> None")[0]
    for option in re.findall(r"^        (\w+):", options, re.MULTILINE):
        assert f"`{option}`" in page, option
    reasons = {
        each["reason"] for each in json.loads((ROOT / "tests/vectors/verify.json").read_text(encoding="utf-8"))["bad"]
    }
    assert all(f"`{each}`" in page for each in reasons | {"not_raw", "replayed"})
