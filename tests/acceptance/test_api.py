"""The REST surface through real processes: the guide's shell, an action named by an integrator, a key's whole life, and
two servers that count together in Redis."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from cli.client import Client, Refused
from cli.commands.ask import wait_until_idle
from core.webhook_signature import make_secret
from tests.acceptance.installation import Installation

DOCS = Path(__file__).parents[2] / "docs"
GUIDE, WIRE = DOCS / "guide/curl.md", DOCS / "reference/wire.md"


def shell(world: Installation, *commands: str) -> str:
    """Run the guide's function, then ``commands``, as olivia."""
    function = re.findall(r"```sh\n(opsiq_call\(\).*?)```", GUIDE.read_text(), re.DOTALL)[0]
    olivia = world.clients["olivia"]
    environment = {
        **os.environ,
        "OPSIQ_URL": olivia.url,
        "OPSIQ_KEY": olivia.key,
        "OPSIQ_SECRET": olivia.secret,
        "no_proxy": "*",
    }
    done = subprocess.run(
        ["sh", "-c", function + "\n" + "\n".join(commands)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout


def test_the_recipe_of_the_wire_page_fires_its_event(world: Installation) -> None:
    recipe = re.search(r"(?m)^    body=.*(?:\n    .*)*", WIRE.read_text())
    assert recipe is not None
    answer = json.loads(shell(world, re.sub(r"(?m)^    ", "", recipe[0])))
    assert answer["event"] == json.loads(recipe[0].split("'")[1])["event"], answer


def test_the_guides_shell_signs_fires_reads_acts_and_confirms(world: Installation) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    commands = [each for each in blocks if each.startswith("opsiq_call ")]
    assert len(commands) == len(blocks) - 3 == 8
    me, fired, tickets, read, run = (shell(world, each) for each in commands[:5])
    assert '"role":"owner"' in me
    assert shell(world, commands[1]) == fired
    assert re.search(r'"id":"evt_[0-9A-Z]{26}"', fired)
    assert tickets.count('"kind":"ticket"') == 2
    for said in (
        '"kind":"customer","id":"421"',
        '"name":"saas"',
        '"name":"saas.send_kb_link"',
        '"name":"saas.apply_credit"',
    ):
        assert said in read
    made = re.search(r'"id":"(run_[0-9A-Z]{26})"', run)
    assert made, run
    shown = wait_until_idle(world.clients["olivia"], made[1])
    assert shown["state"] == "succeeded", shown
    (outcome,) = shown["outcomes"]
    assert len(world.received(outcome["call_id"])) == 1
    body = {"action": "saas.send_kb_link", "params": {"ticket_id": 5519, "article": "how-to-reset-password"}}
    held = world.clients["olivia"].post("/v1/actions/run", body)
    confirm = commands[5].replace("run_…", held["id"]).replace("sha256:…", held["card"]["digest"])
    assert "…" not in confirm
    assert '"state":"succeeded"' in shell(world, confirm)
    ask, look = commands[6].strip().splitlines()
    asked = shell(world, ask)
    assert '"text":"set the priority of ticket 5519 to urgent"' in asked
    assert '"state":"received"' in asked
    found = re.search(r'"id":"(run_[0-9A-Z]{26})"', asked)
    assert found, asked
    assert '"state":"succeeded"' in shell(world, look.replace("run_…", found[1]))


def test_the_guides_shell_subscribes_tests_resends_and_leaves(world: Installation) -> None:
    (block,) = re.findall(r"```sh\n(opsiq_call POST /v1/webhooks/endpoints .*?)```", GUIDE.read_text(), re.DOTALL)
    create, test, deliveries, resend, delete = block.strip().splitlines()
    made = shell(world, create.replace("https://shop.example/opsiq", "http://127.0.0.1:9/opsiq"))
    found = re.search(r'"id":"(whe_[0-9A-Z]{26})"', made)
    assert found, made
    assert '"secret":"whsec_' in made
    tested = shell(world, test.replace("whe_…", found[1]))
    delivery = re.search(r'"id":"(dlv_[0-9A-Z]{26})"', tested)
    assert delivery, tested
    assert delivery[1] in shell(world, deliveries.replace("whe_…", found[1]))
    assert delivery[1] in shell(world, resend.replace("dlv_…", delivery[1]))
    assert shell(world, delete.replace("whe_…", found[1])).strip() == ""


def test_the_guides_shell_believes_what_was_signed_just_now_and_nothing_else() -> None:
    function = re.findall(r"```sh\n(opsiq_believe\(\).*?)```", GUIDE.read_text(), re.DOTALL)[0]
    secret, body = make_secret(), '{"type":"order.shipped","data":{"of":"Zoë’s"}}\n'
    now = datetime.now(UTC)

    def believed(at: datetime = now, signed_by: str = secret, of: str = body, told: str | None = None) -> bool:
        signature = Webhook(signed_by).sign("evt_1", at, body) if told is None else told
        words = ["evt_1", str(int(at.timestamp())), f"v1a,bm8= {signature}"]
        done = subprocess.run(["sh", "-c", f'{function}\nopsiq_believe "$@"', "sh", secret, *words], input=of.encode())
        return done.returncode == 0

    assert believed()
    assert not believed(signed_by=make_secret())
    assert not believed(of=body.strip())
    assert not believed(told="v1,")
    assert not believed(at=now - timedelta(seconds=310))
    assert not believed(at=now + timedelta(seconds=310))


def test_a_named_action_is_held_confirmed_signed_sent_and_told_in_history(world: Installation) -> None:
    body = {"action": "saas.send_kb_link", "params": {"ticket_id": 5519, "article": "how-to-reset-password"}}
    held = world.clients["amir"].post("/v1/actions/run", body)
    assert held["state"] == "held"
    done = world.confirm("amir", held)
    assert done["state"] == "succeeded", done
    assert world.kinds(done)[:3] == ["prompt", "held", "confirmed"]
    assert world.verify()["ok"]


def test_a_key_is_made_used_rotated_and_revoked(world: Installation) -> None:
    olivia = world.clients["olivia"]
    made = olivia.post("/v1/keys", {"name": "bot", "scopes": ["me:read"]})
    old = Client(olivia.url, made["key"]["public"], made["secret"])
    assert old.get("/v1/me")["key"]["scopes"] == ["me:read"]
    fresh = Client(olivia.url, old.key, olivia.post(f"/v1/keys/{made['key']['id']}/rotate")["secret"])
    assert old.get("/v1/me") == fresh.get("/v1/me")
    olivia.delete(f"/v1/keys/{made['key']['id']}")
    for each in (old, fresh):
        with pytest.raises(Refused) as refused:
            each.get("/v1/me")
        assert refused.value.problem["code"] == "invalid_signature"


def test_opsiq_keys_prints_a_secret_once(world: Installation) -> None:
    olivia = world.clients["olivia"]
    environment = {**os.environ, "OPSIQ_URL": olivia.url, "OPSIQ_KEY": olivia.key, "OPSIQ_SECRET": olivia.secret}

    def keys(*arguments: str) -> str:
        command = [sys.executable, "-m", "cli.main", "keys", *arguments]
        return subprocess.run(
            command, env=environment, cwd=GUIDE.parents[2], capture_output=True, text=True, check=True, timeout=30
        ).stdout

    made = keys("create", "from the terminal", "--scope", "me:read")
    secret = re.findall(r"OPSIQ_SECRET=(sk_test_\S+)", made)[0]
    key_id = re.findall(r"key_[0-9A-Z]{26}", made)[0]
    assert key_id in keys("list")
    assert secret not in keys("list")
    assert secret not in keys("rotate", key_id)
    assert "revoked" in keys("revoke", key_id)


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    found = shutil.which("redis-server")
    if found is None:
        pytest.skip("redis-server is not installed here")
    socket = tmp_path / "redis.sock"
    process = subprocess.Popen(
        [found, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "Ready to accept" in line:
            break
    yield f"redis+unix://{socket}"
    process.terminate()
    process.wait(10)
    process.stdout.close()


async def test_two_processes_count_together_in_redis_and_go_on_when_it_dies(redis_url: str) -> None:
    from limits.errors import StorageError

    from web.limits import Limits

    one, other = (Limits.of(redis_url, per_address=3) for _ in range(2))
    counted: list[Any] = []
    for limits in (one, other, one):
        standing = await limits.check("writes", "k")
        counted.append(await limits.charge("writes", "k", standing))
        await limits.arrive("203.0.113.1")
    assert [each.remaining for each in counted] == [199, 198, 197]
    with pytest.raises(Exception, match="Too many requests") as refused:
        await other.arrive("203.0.113.1")
    assert not isinstance(refused.value, StorageError)
    await one.close()
    await other.close()
    gone = Limits.of("redis://127.0.0.1:1", per_address=1)
    assert await gone.check("writes", "k") is None
    assert gone.blind == 1
    await gone.close()
