"""The PHP SDK: its own tests, its types against the OpenAPI document, and its use in a stranger's project against real
processes."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.opener import find_opener
from core import webhook_signature
from tests.acceptance.installation import Installation, running_installation

ROOT = Path(__file__).parents[2]
SDK = ROOT / "sdks/php"
LIBRARIES = (
    "GuzzleHttp",
    "Symfony/Component/HttpFoundation",
    "Illuminate/Http",
    "Illuminate/Routing",
    "Illuminate/Events",
    "Illuminate/Database",
)
"""What its tests use besides, as the system's packages have it (``make setup-php``)."""


@pytest.fixture(scope="session", autouse=True)
def php_is_here() -> None:
    missing = [name for name in ("php", "phpunit", "composer") if shutil.which(name) is None]
    missing += [name for name in LIBRARIES if not Path("/usr/share/php", name, "autoload.php").exists()]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{', '.join(missing)} missing: make setup-php")
    if missing:
        pytest.skip(f"{', '.join(missing)} missing: make setup-php")


def run(*command: str, cwd: Path = SDK, stdin: str = "", **environment: str) -> str:
    """Its output; fails with it unless it ends well."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("OPSIQ_")}
    done = subprocess.run(
        command,
        cwd=cwd,
        input=stdin,
        env={**mine, "no_proxy": "*", **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, f"{command[0]} answered {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_file_parses_and_is_strict() -> None:
    files = [each for each in SDK.rglob("*.php") if "vendor" not in each.parts]
    assert len(files) > 70
    for each in files:
        assert "declare(strict_types=1);" in each.read_text(encoding="utf-8"), each
    said = run("php", "-l", *map(str, files))
    assert said.count("No syntax errors") == len(files)


def test_its_types_are_those_of_the_openapi_document(document: str) -> None:
    run("php", "scripts/types.php", "--check", stdin=document)


def test_its_calls_are_those_that_are_declared() -> None:
    run("php", "scripts/resources.php", "--check")


def test_its_event_names_are_those_of_the_catalogue() -> None:
    run("php", "scripts/event_names.php", "--check")


def test_types_that_have_drifted_are_named(document: str) -> None:
    drifted: Any = json.loads(document)
    drifted["components"]["schemas"]["RunView"]["properties"]["text"] = {"type": "integer"}
    with pytest.raises(AssertionError, match=r"Run\.php"):
        run("php", "scripts/types.php", "--check", stdin=json.dumps(drifted))


@pytest.mark.timeout(300)
def test_its_own_tests_pass() -> None:
    said = run("phpunit", "--do-not-cache-result")
    found = re.search(r"OK \((\d+) tests", said)
    assert found, said
    assert int(found[1]) > 550


# ── a stranger's project against real processes ──────────────────────────────────────────────────────────────────────

SEED = """use OpsIQ\\Client;

$ops = new Client([
    'public_key' => getenv('OPSIQ_KEY'),
    'secret_key' => getenv('OPSIQ_SECRET'),
]);

// Fire an event
$ops->events->fire('order.shipped', [
    'customer_id' => 421,
    'order_ref' => 'NB-9182',
]);

// Run a contracted action
$result = $ops->actions->run('saas.send_kb_link', [
    'ticket_id' => 5519,
    'article' => 'how-to-reset-password',
]);
"""
README = (SDK / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```php\n(.*?)```", README, re.DOTALL)
SNIPPETS = [each for each in BLOCKS if not each.startswith("<?php")]
PLAIN, LARAVEL = (each for each in BLOCKS if each.startswith("<?php"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, php_is_here: None) -> Iterator[Installation]:
    with running_installation(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, php_is_here: None) -> Path:
    """An empty project into which Composer has installed the SDK, with no registry to ask."""
    folder = tmp_path_factory.mktemp("stranger")
    required = json.loads(re.findall(r"```json\n(.*?)```", README, re.DOTALL)[0])
    required["repositories"] = [
        {"type": "path", "url": str(SDK), "options": {"symlink": False}},
        {"packagist": False},
    ]
    (folder / "composer.json").write_text(json.dumps(required))
    home = {"COMPOSER_HOME": str(folder / ".composer"), "COMPOSER_ALLOW_SUPERUSER": "1"}
    run("composer", "install", "--no-interaction", "--no-progress", "--no-plugins", cwd=folder, **home)
    run("composer", "validate", "--strict", "--no-check-version", str(SDK / "composer.json"), cwd=folder, **home)
    assert not (folder / "vendor/opsiq/client").is_symlink()
    return folder


def keys(world: Installation, person: str = "olivia") -> dict[str, str]:
    client = world.clients[person]
    return {"OPSIQ_URL": client.url, "OPSIQ_KEY": client.key, "OPSIQ_SECRET": client.secret}


def script(project: Path, world: Installation, text: str, **environment: str) -> str:
    """Run ``text`` as a file of the project in which every warning is an error."""
    (project / "strict.php").write_text(
        "<?php error_reporting(-1); set_error_handler(static function ($n, $text, $file, $line) {"
        " if (str_contains($file, '/usr/share/php/')) { return false; } throw new ErrorException($text, 0, $n, "
        "$file, $line); });"
        " require __DIR__ . '/vendor/autoload.php'; @include_once '/usr/share/php/GuzzleHttp/autoload.php';"
    )
    (project / "script.php").write_text(f"<?php\n{text}")
    strict = ("-d", f"auto_prepend_file={project / 'strict.php'}", "-d", "display_errors=stderr")
    return run("php", *strict, "script.php", cwd=project, **keys(world), **environment)


def test_the_seeds_snippet_runs_unchanged_in_a_strangers_project(project: Path, world: Installation) -> None:
    shown = script(project, world, SEED + "\n$result->confirm();\necho json_encode($result->wait(30));")
    shown_run = json.loads(shown)
    assert shown_run["state"] == "succeeded", shown_run
    (outcome,) = shown_run["outcomes"]
    (received,) = world.received(outcome["call_id"])
    assert received["params"] == {"ticket_id": 5519, "article": "how-to-reset-password"}
    (event,) = world.clients["olivia"].get("/v1/events", "event=order.shipped")["data"]
    assert event["data"] == {"customer_id": 421, "order_ref": "NB-9182"}


def test_the_readme_shows_the_seeds_snippet() -> None:
    assert SNIPPETS[0] == SEED


THREAD = (
    "^2 invoices of Adam Nowak: INV-1050 .*\nRefund 196.00 PLN of invoice INV-1050.*\nrefund INV-1050\nWhich invoices"
)
RECORDS = r"^2\d unpaid invoices.*\n(\S+ .+\n){21,}$"
SHOWN = (
    "",
    "Customer: .*\nsucceeded\n$",
    THREAD,
    RECORDS,
    "^owner\n.+@.+\n",
    "^/params/colour: ",
    "^missing_header\n$",
    "^ws_",
)


@pytest.mark.parametrize(("snippet", "shown"), list(zip(SNIPPETS, SHOWN, strict=True)), ids=range(len(SHOWN)))
def test_a_snippet_of_the_readme_runs(project: Path, world: Installation, snippet: str, shown: str) -> None:
    assert re.search(shown, script(project, world, snippet), re.DOTALL)


def test_without_composer_it_loads_by_its_own_file(tmp_path: Path) -> None:
    made = "new OpsIQ\\Client(['public_key' => 'pk_test_1', 'secret_key' => 'sk_test_1'])"
    (tmp_path / "index.php").write_text(f"<?php require '{SDK}/autoload.php'; echo get_class({made});")
    assert run("php", "index.php", cwd=tmp_path) == "OpsIQ\\Client"


class Served:
    """PHP's own web server on a folder of the project."""

    def __init__(self, folder: Path, port: int, **environment: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = (folder.parent / f"{folder.name}.log").open("w+")
        # Four workers, so that one that waits for another doesn't stand in its way.
        mine = {**os.environ, "PHP_CLI_SERVER_WORKERS": "4", **environment}
        command = ["php", "-S", f"127.0.0.1:{port}", "-t", str(folder), "-d", "display_errors=0", "-d", "log_errors=1"]
        prepend = folder.parent / "prepend.php"
        prepend.write_text("<?php function refund(int $invoice) { return 'ref_' . $invoice; }")
        self.process = subprocess.Popen(
            [*command, "-d", f"auto_prepend_file={prepend}"],
            env=mine,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.05)
        raise AssertionError("php -S did not start")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(15)
        self.log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


REGISTER = """
$ops = new OpsIQ\\Client(['public_key' => getenv('OPSIQ_KEY'), 'secret_key' => getenv('OPSIQ_SECRET')]);
$known = $ops->contracts->get('saas.refund_invoice');
$contract = ['version' => $known->version + 1, 'endpoint' => ['url' => getenv('TARGET')]] + $known->contract;
[$made] = $ops->contracts->register([$contract]);
$endpoint = $ops->webhooks->endpoints->create(getenv('TARGET'), ['invoice.*']);
echo json_encode(['action' => $made->secret, 'webhook' => $endpoint->secret]);
"""
REFUND = """
$ops = new OpsIQ\\Client(['public_key' => getenv('OPSIQ_KEY'), 'secret_key' => getenv('OPSIQ_SECRET')]);
$run = $ops->actions->run('saas.refund_invoice', ['invoice_id' => (int) getenv('INVOICE')]);
try {
    $run->confirm();
} catch (OpsIQ\\Errors\\ForbiddenError $error) {
    echo json_encode(['code' => $error->code, 'by' => $run->card->confirm_by, 'id' => $run->id, 'digest' => $run->card->digest]);
}
"""  # noqa: E501
"""A key asks, and is told that a person confirms what can't be undone."""
REFUNDED = """
$ops = new OpsIQ\\Client(['public_key' => getenv('OPSIQ_KEY'), 'secret_key' => getenv('OPSIQ_SECRET')]);
echo json_encode($ops->runs->get(getenv('RUN'), wait_s: 60));
"""


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("example", "page", "invoice"),
    [(PLAIN, "/opsiq.php", 1042), (LARAVEL, "/opsiq", 1050)],
    ids=["plain PHP", "Laravel"],
)
def test_the_readmes_receiver_carries_out_a_confirmed_action(
    project: Path, world: Installation, example: str, page: str, invoice: int
) -> None:
    folder = project / "public"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if page.endswith(".php"):
        (folder / page[1:]).write_text(example)
    else:
        (folder / "index.php").write_text((SDK / "tests/laravel/index.php").read_text())
        (project / "routes.php").write_text(example)
    port = free_port()
    target = {"TARGET": f"http://127.0.0.1:{port}{page}"}
    secrets = json.loads(script(project, world, REGISTER, **target))
    server = Served(folder, port, OPSIQ_ACTION_SECRET=secrets["action"], OPSIQ_WEBHOOK_SECRET=secrets["webhook"])
    try:
        try:
            asked = json.loads(script(project, world, REFUND, INVOICE=str(invoice)))
            assert (asked["code"], asked["by"]) == ("person_required", "person")
            world.console("olivia").confirm(asked["id"], asked["digest"])
            shown = json.loads(script(project, world, REFUNDED, RUN=asked["id"]))
        except AssertionError as error:
            server.log.seek(0)
            raise AssertionError(f"{error}\n{server.log.read()[-4000:]}") from None
        assert shown["state"] == "succeeded", shown["outcomes"]
        (outcome,) = shown["outcomes"]
        assert json.loads(outcome["answer"])["refund_id"] == (f"ref_{invoice}" if page.endswith(".php") else 1)
        # The same call again, as a retry whose first answer was lost: the same answer, and nothing is done anew.
        payload = shown["card"]["calls"][0]["payload"].encode()
        statuses = [post(server.url + page, secrets["action"], outcome["call_id"], payload) for _ in range(3)]
        assert {(status, replayed, body) for status, replayed, body in statuses} == {(200, "true", outcome["answer"])}
        other = payload.replace(b'"contract_version":', b'"contract_version":9')
        assert post(server.url + page, secrets["action"], outcome["call_id"], other)[0] == 422
        strange = webhook_signature.make_secret()
        assert post(server.url + page, strange, outcome["call_id"], payload)[0] == 401
        if page == "/opsiq":
            event = {"id": "evt_1", "type": "invoice.paid", "data": {}, "timestamp": "2026-11-24T12:00:00.000000Z"}
            for _ in range(2):
                assert post(server.url + page, secrets["webhook"], "evt_1", json.dumps(event).encode())[0] == 204
            with sqlite3.connect(project / "shop.db") as shop:
                assert shop.execute("SELECT invoice_id FROM refunds").fetchall() == [(invoice,)]
                assert shop.execute("SELECT type FROM ledger").fetchall() == [("invoice.paid",)]
            shop.close()
    finally:
        server.stop()


def post(url: str, secret: str, message_id: str, body: bytes) -> tuple[int, str | None, str]:
    """Status, ``Idempotency-Replayed`` and body of what is answered to a signed message."""
    now = int(time.time())
    signature = webhook_signature.sign([secret], message_id, now, body)
    headers = {"webhook-id": message_id, "webhook-timestamp": str(now), "webhook-signature": signature}
    request = urllib.request.Request(url, data=body, headers={**headers, "Content-Type": "application/json"})
    try:
        with find_opener().open(request, timeout=30) as answer:
            return answer.status, answer.headers["Idempotency-Replayed"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Idempotency-Replayed"], error.read().decode()
