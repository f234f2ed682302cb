"""The files of an installation (deploy/): real Caddy and nginx in front of a real server, units, container and alert
files by their own checkers."""

from __future__ import annotations

import html
import json
import random
import re
import shutil
import socket
import ssl
import subprocess
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml
from prometheus_client.metrics_core import Metric

from core import metrics
from tests.acceptance.installation import PASSWORD, Installation
from web.api.metrics import _Gauges

ROOT: Final = Path(__file__).parents[3]
DEPLOY: Final = ROOT / "deploy"
GUIDE: Final = (ROOT / "docs/guide/deploy.md").read_text("utf-8")
UNITS: Final = sorted((DEPLOY / "systemd").iterdir())


def free_ports(count: int) -> list[int]:
    """Ports below those that the system gives out by itself: nobody else takes one before the proxy does."""
    with ExitStack() as held:
        found: list[int] = []
        while len(found) < count:
            port = random.randrange(15_000, 32_000)
            with suppress(OSError):
                held.enter_context(socket.create_server(("0.0.0.0", port)))
                found.append(port)
        return found


@contextmanager
def running(command: list[str], environ: Mapping[str, str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, env=dict(environ), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as proxy:
        try:
            for _ in range(200):
                with socket.socket() as asking:
                    if asking.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert proxy.poll() is None, proxy.stderr and proxy.stderr.read()
                time.sleep(0.05)
            yield
        finally:
            proxy.terminate()


def await_certificate(port: int, trust: ssl.SSLContext) -> None:
    """Caddy listens before it has made the certificate of its site."""
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), 30) as line:
                trust.wrap_socket(line, server_hostname="localhost").close()
            return
        except ssl.SSLError as error:
            refused = error
            time.sleep(0.1)
    raise refused


CLIENT: Final = "127.0.0.9"


def browser(port: int, trust: ssl.SSLContext) -> httpx.Client:
    """At an address that is no proxy's, and telling another one."""
    transport = httpx.HTTPTransport(verify=trust, local_address=CLIENT)
    lies = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"}
    return httpx.Client(base_url=f"https://localhost:{port}", transport=transport, headers=lies, timeout=30.0)


def behind(world: Installation, name: str, port: int) -> str:
    """A server that people reach at this port by https; the address that its proxy reaches it by."""
    world.start_server(
        name, OPSIQ_BASE_URL=f"https://localhost:{port}", OPSIQ_TRUSTED_PROXIES="127.0.0.1/32", OPSIQ_WORKERS="0"
    )
    return world.urls[name].removeprefix("http://")


@pytest.fixture(scope="module")
def caddy(world: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A browser that knows Caddy's own authority, at the shipped Caddyfile's site."""
    folder = tmp_path_factory.mktemp("caddy")
    plain, port = free_ports(2)
    upstream = behind(world, "caddy", port)
    # The one thing that differs from an installation: ports that are free here, and no change of this machine's trust.
    (folder / "Caddyfile").write_text(
        f"{{\n admin off\n skip_install_trust\n http_port {plain}\n https_port {port}\n}}\n"
        f"import {DEPLOY}/proxy/Caddyfile\n"
    )
    environ = {
        "PATH": "/usr/sbin:/usr/bin:/bin",
        "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
        "OPSIQ_DOMAIN": "localhost", "OPSIQ_UPSTREAM": upstream,
    }  # fmt: skip
    with running(["caddy", "run", "--config", str(folder / "Caddyfile")], environ, port):
        root = folder / "caddy/pki/authorities/local/root.crt"
        trust = ssl.create_default_context(cafile=str(root))
        await_certificate(port, trust)
        with browser(port, trust) as client:
            yield client


@pytest.fixture(scope="module")
def nginx(world: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The same at the shipped nginx site, with a certificate that was made for the test."""
    folder = tmp_path_factory.mktemp("nginx")
    plain, port = free_ports(2)
    upstream = behind(world, "nginx", port)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (DEPLOY / "proxy/nginx.conf").read_text()
    for there, here in (
        ("/etc/ssl/opsiq", str(folder)), ("ops.example.com", "localhost"), ("127.0.0.1:8080", upstream),
        ("listen 443", f"listen 127.0.0.1:{port}"), ("listen 80", f"listen 127.0.0.1:{plain}"),
    ):  # fmt: skip
        assert there in site
        site = site.replace(there, here)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; worker_processes 1; error_log stderr;"
        f"events {{}} http {{ access_log off; {paths} {site} }}"
    )
    command = [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with running(command, {"PATH": "/usr/sbin:/usr/bin:/bin"}, port):
        trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        with browser(port, trust) as client:
            yield client


@pytest.fixture(params=["caddy", "nginx"])
def site(request: pytest.FixtureRequest) -> httpx.Client:
    client: httpx.Client = request.getfixturevalue(request.param)
    return client


def test_people_sign_in_over_https_and_are_known_by_their_own_address(site: httpx.Client) -> None:
    page = site.get("/sign-in")
    secret = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert secret
    form = {"csrf": html.unescape(secret[1]), "email": "olivia@test.test", "password": PASSWORD}
    done = site.post("/sign-in", data=form)
    assert done.status_code in (302, 303)
    session = next(each for each in done.headers.get_list("set-cookie") if each.startswith("__Host-"))
    assert "Secure" in session
    assert done.headers["strict-transport-security"].startswith("max-age=31536000")
    account = site.get("/account").text
    assert CLIENT in account
    assert "203.0.113.7" not in account


def test_metrics_are_not_shown_outside(site: httpx.Client) -> None:
    assert site.get("/metrics").status_code == 404


def test_a_body_that_is_too_large_is_stopped_and_one_at_the_bound_is_not(site: httpx.Client) -> None:
    assert site.post("/v1/events/fire", content=b"x" * (17 * 2**20)).status_code == 413
    assert site.post("/v1/events/fire", content=b"x" * 1000).status_code == 401


# ── systemd ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("unit", [each for each in UNITS if each.suffix == ".service"], ids=lambda each: each.stem)
def test_a_unit_is_valid_and_holds_back_what_the_server_does_not_need(unit: Path, tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/opt/opsiq/current/bin/python", str(program)))
    analyze = ["systemd-analyze", "--no-pager"]
    said = subprocess.run([*analyze, "verify", copy], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
    threshold = ["--offline=true", "--threshold=15"]  # in tenths: 1.5 of 10
    judged = subprocess.run([*analyze, "security", *threshold, copy], capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout


def test_units_start_what_the_guide_installs() -> None:
    for unit in UNITS:
        for name in re.findall(
            r"/opt/opsiq/\S+|/etc/opsiq/opsiq.env|/var/lib/opsiq|/var/backups/opsiq", unit.read_text()
        ):
            assert name.removesuffix("/bin/python") in GUIDE, (unit.name, name)
        assert unit.name in GUIDE or "opsiq-*.service" in GUIDE


# ── containers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_container_file_copies_every_package_and_pins_what_is_installed() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(re.findall(r"^COPY (\w+) /src/\1$", text, re.MULTILINE)) == set(packages["only-include"])
    assert "--require-hashes" in text
    assert re.search(r"^USER [1-9]\d*:\d+$", text, re.MULTILINE), "not root"
    assert "STOPSIGNAL SIGTERM" in text
    assert "/readyz" in text.partition("HEALTHCHECK")[2]


def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return made


def test_the_compose_file_keeps_to_its_schema() -> None:
    from check_jsonschema import main

    with pytest.raises(SystemExit) as ended:
        main(["--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml")])
    assert ended.value.code == 0


def test_what_compose_services_refer_to_is_there() -> None:
    made = compose()
    for name, service in made["services"].items():
        assert set(service.get("networks", ())) <= set(made["networks"]), name
        assert set(service.get("secrets", ())) <= set(made["secrets"]), name
        assert set(service.get("depends_on", ())) <= set(made["services"]), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in made["volumes"] or (DEPLOY / source).exists(), (name, source)
    ports = {name for name, service in made["services"].items() if "ports" in service}
    assert ports == {"caddy"}, "nothing but the proxy is reached from outside"


def test_compose_gives_servers_settings_that_are_some() -> None:
    from core.settings import Settings

    for name in ("server", "worker"):
        given = compose()["services"][name]["environment"]
        assert compose()["services"][name]["read_only"] is True
        files = {key: value for key, value in given.items() if key.endswith("_FILE")}
        assert {value.rpartition("/")[2] for value in files.values()} == set(compose()["services"][name]["secrets"])
        plain = {key: value for key, value in given.items() if key not in files}
        Settings.load({**plain, "OPSIQ_BASE_URL": "https://ops.example.com"})


def test_secrets_of_the_compose_file_are_those_that_the_guide_makes(tmp_path: Path) -> None:
    section = GUIDE.partition("## Containers")[2]
    block = re.search(r"^```sh\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    assert block
    subprocess.run(["sh", "-euc", block[1]], cwd=tmp_path, check=True)
    made = {each.name: each.read_text().strip() for each in (tmp_path / "deploy/secrets").iterdir()}
    assert set(made) == set(compose()["secrets"])
    from core.settings import Settings

    names = {"OPSIQ_DATA_KEY_FILE": "data_key", "OPSIQ_DATABASE_URL_FILE": "database_url"}
    loaded = Settings.load({name: str(tmp_path / "deploy/secrets" / each) for name, each in names.items()})
    assert len(loaded.data_key) == 32
    assert made["postgres_password"] in loaded.database_url


# ── alerts and dashboard ─────────────────────────────────────────────────────────────────────────────────────────────

RULES: Final[dict[str, Any]] = yaml.safe_load((DEPLOY / "monitoring/opsiq.rules.yml").read_text())
DASHBOARD: Final[dict[str, Any]] = json.loads((DEPLOY / "monitoring/grafana-dashboard.json").read_text())
ALERTS: Final = [rule for group in RULES["groups"] for rule in group["rules"]]
EXPRESSIONS: Final = [rule["expr"] for rule in ALERTS] + [
    target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]
]


def exposed() -> dict[str, set[str]]:
    """The names of all series that ``/metrics`` answers, and the labels of each."""
    families: list[Metric] = [*metrics.REGISTRY.collect(), *_Gauges({}, []).collect()]
    labels = {
        each._name: set(each._labelnames) for each in metrics.REGISTRY._collector_to_names if hasattr(each, "_name")
    }  # type: ignore[attr-defined]
    made: dict[str, set[str]] = {}
    for family in families:
        own = labels.get(family.name, set(getattr(family, "_labelnames", ())))
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        for ending in endings:
            made[family.name + ending] = own | ({"le"} if ending == "_bucket" else set())
    return made


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_series_of_an_alert_or_panel_is_one_that_the_server_exposes(expression: str) -> None:
    known = exposed()
    series = re.findall(r"\b(opsiq_\w+)(?:\{([^}]*)\})?", expression.replace("{run_id}", ""))
    assert series or "up{" in expression
    for name, selector in series:
        assert name in known
        assert {each[0] for each in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"', selector)} <= known[name]
    if series:
        for grouped in re.findall(r"\bby \(([^)]*)\)", expression):
            assert {each.strip() for each in grouped.split(",")} <= set().union(*(known[name] for name, _ in series))


def test_the_guide_lists_every_alert_and_no_other() -> None:
    listed = dict(re.findall(r"^\| `(OpsIQ\w+)` \| (yes|no) \|", GUIDE, re.MULTILINE))
    assert listed == {rule["alert"]: "yes" if rule["labels"]["severity"] == "page" else "no" for rule in ALERTS}


@pytest.mark.parametrize("command", [("check", "opsiq.rules.yml"), ("test", "opsiq.rules.test.yml")], ids="-".join)
def test_alert_rules_hold_by_prometheus_own_tool(command: tuple[str, str]) -> None:
    promtool = shutil.which("promtool")
    assert promtool, "make setup-servers installs it"
    done = subprocess.run(
        [promtool, command[0], "rules", command[1]], cwd=DEPLOY / "monitoring", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_commands_of_the_guide_that_check_alerts_are_the_ones_run_here() -> None:
    assert "promtool check rules deploy/monitoring/opsiq.rules.yml" in GUIDE
    assert "promtool test rules deploy/monitoring/opsiq.rules.test.yml" in GUIDE
