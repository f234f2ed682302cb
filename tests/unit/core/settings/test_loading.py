"""Settings come from the environment, once, and say what is wrong with them."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core import env_variable
from core.errors import BadSetting
from core.settings import Settings
from core.settings.__main__ import render_reference

KEY = base64.urlsafe_b64encode(b"\xfb" * 32).decode("ascii").rstrip("=")
DOCS = Path(__file__).parents[4] / "docs" / "reference"


def test_an_empty_environment_gives_a_server_that_works_offline_on_loopback() -> None:
    made = Settings.load({})
    assert (made.host, made.port, made.base_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert made.database_url == "sqlite+aiosqlite:///.data/opsiq.db"
    assert (made.model, made.allow_addresses) == ("", ())


def test_every_setting_is_read_from_its_variable() -> None:
    given = {
        "OPSIQ_DATA": "/srv/opsiq",
        "OPSIQ_DATABASE_URL": "postgresql+asyncpg://u:p@db/opsiq",
        "OPSIQ_HOST": "::1",
        "OPSIQ_PORT": "0",
        "OPSIQ_BASE_URL": "https://ops.example/",
        "OPSIQ_DATA_KEY": KEY,
        "OPSIQ_SEALED": "yes",
        "OPSIQ_ANCHOR_FILE": "/elsewhere/anchors",
        "OPSIQ_MCP_SERVERS": "/etc/opsiq/mcp.json",
        "OPSIQ_ANCHOR_URL": "https://elsewhere.example/anchors",
        "OPSIQ_ANCHOR_EVERY_S": "60",
        "OPSIQ_MODEL": "ollama/qwen3",
        "OPSIQ_MODEL_URL": "http://127.0.0.1:8091/v1",
        "OPSIQ_MODEL_KEY": "k",
        "OPSIQ_MODEL_MODE": "tools",
        "OPSIQ_MODEL_FORM": "plain",
        "OPSIQ_MODEL_TIMEOUT_S": "5",
        "OPSIQ_MODEL_RETRIES": "0",
        "OPSIQ_MODEL_FALLBACKS": "a, b,",
        "OPSIQ_MODEL_PRICES": "openai/x=0.15/0.60",
        "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8, ::1/128",
        "OPSIQ_EVENTS_KEEP_DAYS": "90",
        "OPSIQ_MIRROR_MAX_AGE_S": "7200",
        "OPSIQ_UPSTREAM_CHECK_S": "120",
        "OPSIQ_QUESTION_EXPIRY_S": "60",
        "OPSIQ_TIME_ZONE": "Europe/Madrid",
        "OPSIQ_SESSION_IDLE_H": "1",
        "OPSIQ_SECOND_PERSON_H": "0",
        "OPSIQ_LOG_LEVEL": "debug",
        "OPSIQ_LOG_FORMAT": "json",
        "OPSIQ_METRICS_TOKEN": "let-me-see",
        "OPSIQ_OTLP_URL": "http://collector:4318",
        "OPSIQ_PROCESSES": "3",
        "OPSIQ_CONNECTORS": "/srv/connectors:/home/me/shop",
        "OPSIQ_WORKERS": "0",
        "OPSIQ_WORK_LEASE_S": "2",
        "OPSIQ_REDIS_URL": "redis://127.0.0.1:6379/0",
        "OPSIQ_NATS_URL": "nats://127.0.0.1:4222",
        "OPSIQ_ADDRESS_LIMIT_PER_MIN": "60",
        "OPSIQ_OIDC_ISSUER": "https://login.example/realms/main/",
        "OPSIQ_OIDC_CLIENT_ID": "opsiq",
        "OPSIQ_OIDC_CLIENT_SECRET": "hush",
        "OPSIQ_OIDC_NAME": "Example accounts",
        "OPSIQ_OIDC_DOMAINS": "Example.com, example.org",
        "OPSIQ_TRUSTED_PROXIES": "127.0.0.1/32, 10.0.0.0/24",
        "OPSIQ_MAX_CONNECTIONS": "100",
        "OPSIQ_MAX_ADDRESS_CONNECTIONS": "0",
        "OPSIQ_HEAD_TIMEOUT_S": "5",
        "OPSIQ_BODY_TIMEOUT_S": "6",
        "OPSIQ_READ_TIMEOUT_S": "7",
        "OPSIQ_KEEP_ALIVE_S": "8",
        "OPSIQ_READING_PROCESSES": "2",
        "OPSIQ_READING_BUDGET_MS": "700",
        "OPSIQ_TEXTS_PER_PERSON_PER_MIN": "9",
        "OPSIQ_TEXTS_PER_WORKSPACE_PER_MIN": "90",
    }
    made = Settings.load(given)
    expected: dict[str, Any] = {
        "data_dir": Path("/srv/opsiq"),
        "database_url": "postgresql+asyncpg://u:p@db/opsiq",
        "host": "::1",
        "port": 0,
        "base_url": "https://ops.example",
        "given_data_key": b"\xfb" * 32,
        "sealed": True,
        "anchor_file": Path("/elsewhere/anchors"),
        "mcp_servers": Path("/etc/opsiq/mcp.json"),
        "anchor_url": "https://elsewhere.example/anchors",
        "anchor_every_s": 60,
        "model": "ollama/qwen3",
        "model_url": "http://127.0.0.1:8091/v1",
        "model_key": "k",
        "model_mode": "tools",
        "model_form": "plain",
        "model_timeout_s": 5,
        "model_retries": 0,
        "model_fallbacks": ("a", "b"),
        "model_prices": {"openai/x": (Decimal("0.15"), Decimal("0.60"))},
        "allow_addresses": (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")),
        "connector_folders": (Path("/srv/connectors"), Path("/home/me/shop")),
        "events_keep_days": 90,
        "mirror_max_age_s": 7200,
        "upstream_check_s": 120,
        "question_expiry_s": 60,
        "time_zone": "Europe/Madrid",
        "session_idle_h": 1,
        "second_person_h": 0,
        "log_level": "debug",
        "log_format": "json",
        "metrics_token": "let-me-see",
        "otlp_url": "http://collector:4318",
        "workers": 0,
        "work_lease_s": 2,
        "oidc_issuer": "https://login.example/realms/main/",
        "oidc_client_id": "opsiq",
        "oidc_client_secret": "hush",
        "oidc_name": "Example accounts",
        "oidc_domains": ("example.com", "example.org"),
        "trusted_proxies": (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("10.0.0.0/24")),
        "max_connections": 100,
        "max_address_connections": 0,
        "head_timeout_s": 5,
        "body_timeout_s": 6,
        "read_timeout_s": 7,
        "keep_alive_s": 8,
        "reading_processes": 2,
        "reading_budget_ms": 700,
        "texts_per_person_per_min": 9,
        "texts_per_workspace_per_min": 90,
    }
    assert {name: getattr(made, name) for name in expected} == expected
    assert {env_variable.get_variable(each.metadata).name for each in fields(Settings)} == set(given)
    assert made.data_key == b"\xfb" * 32


@pytest.mark.parametrize(
    ("name", "value", "clause"),
    [
        ("OPSIQ_TIME_ZONE", "Europe/Nowhere", "IANA name, such as Europe/Madrid"),
        ("OPSIQ_TIME_ZONE", "../etc/passwd", "IANA name"),
        ("OPSIQ_PORT", "http", "whole number from 0 to 65535"),
        ("OPSIQ_PORT", "65536", "whole number from 0 to 65535"),
        ("OPSIQ_PORT", "٨٠", "whole number"),
        ("OPSIQ_MODEL_MODE", "json", "one of json_schema, tools"),
        ("OPSIQ_BASE_URL", "ops.example", "begins with http:// or https://"),
        ("OPSIQ_BASE_URL", "https://", "begins with"),
        ("OPSIQ_DATABASE_URL", "mysql://x/y", "sqlite\\+aiosqlite://"),
        ("OPSIQ_ALLOW_ADDRESSES", "10.0.0.1/8", "no CIDR network"),
        ("OPSIQ_ALLOW_ADDRESSES", "localhost", "no CIDR network"),
        ("OPSIQ_MODEL_PRICES", "gpt-x=cheap", "model=prompt/completion"),
        ("OPSIQ_MODEL_PRICES", "gpt-x=1/NaN", "model=prompt/completion"),
        ("OPSIQ_MODEL_PRICES", "=1/2", "model=prompt/completion"),
        ("OPSIQ_SEALED", "maybe", "yes or no"),
        ("OPSIQ_DATA_KEY", "short", "32 bytes"),
        ("OPSIQ_DATA_KEY", "ключ", "32 bytes"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_the_mend(name: str, value: str, clause: str) -> None:
    with pytest.raises(BadSetting, match=clause) as caught:
        Settings.load({name: value})
    assert name in caught.value.detail
    assert caught.value.extra == {"setting": name}


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPSIQ_DATA_KEY", "hunter2hunter2"), ("OPSIQ_DATABASE_URL", "mysql://u:hunter2@db/x")],
)
def test_a_secret_value_is_not_shown_when_it_is_wrong(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.load({name: value})
    assert "hunter2" not in caught.value.detail


def test_secrets_are_not_in_the_representation() -> None:
    made = Settings.load(
        {
            "OPSIQ_DATA_KEY": KEY,
            "OPSIQ_MODEL_KEY": "hunter2",
            "OPSIQ_DATABASE_URL": "postgresql+asyncpg://u:hunter2@db/x",
        }
    )
    assert "hunter2" not in repr(made)
    assert repr(b"\xfb" * 32) not in repr(made)


def test_a_misspelt_setting_is_refused_with_the_name_that_was_meant() -> None:
    with pytest.raises(BadSetting, match="Did you mean OPSIQ_ALLOW_ADDRESSES"):
        Settings.load({"OPSIQ_ALOW_ADRESSES": "127.0.0.0/8"})


def test_a_name_like_none_of_them_points_to_the_list() -> None:
    with pytest.raises(BadSetting, match=r"settings\.md"):
        Settings.load({"OPSIQ_ZZZZZZZZ": "1"})


def test_what_the_sdks_and_the_tests_read_is_left_alone() -> None:
    Settings.load(
        {
            "OPSIQ_KEY": "pk_test_1",
            "OPSIQ_SECRET": "sk_test_1",
            "OPSIQ_URL": "http://x",
            "OPSIQ_TEST_MODEL_URL": "x",
            "PATH": "/bin",
        }
    )


def test_empty_counts_as_not_set() -> None:
    assert Settings.load({"OPSIQ_PORT": " "}).port == 8080


def test_an_ipv6_host_is_bracketed_in_the_address() -> None:
    assert Settings.load({"OPSIQ_HOST": "::1"}).base_url == "http://[::1]:8080"


def test_the_settings_page_is_what_the_code_says() -> None:
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == render_reference()


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example",
        "login.example",
        "https://",
        "https://login.example/?a=b",
        "https://u:p@login.example",
        "ftp://login.example",
    ],
)
def test_an_issuer_is_an_https_address_or_on_this_machine(issuer: str) -> None:
    with pytest.raises(BadSetting, match="OPSIQ_OIDC_ISSUER must"):
        Settings.load({"OPSIQ_OIDC_ISSUER": issuer, "OPSIQ_OIDC_CLIENT_ID": "opsiq"})


def test_an_issuer_on_this_machine_may_be_plain() -> None:
    given = {"OPSIQ_OIDC_ISSUER": "http://127.0.0.1:9000", "OPSIQ_OIDC_CLIENT_ID": "opsiq"}
    assert Settings.load(given).oidc_issuer == "http://127.0.0.1:9000"


def test_an_issuer_without_a_client_stops_the_start() -> None:
    with pytest.raises(BadSetting, match="OPSIQ_OIDC_CLIENT_ID"):
        Settings.load({"OPSIQ_OIDC_ISSUER": "https://login.example"})


def test_a_client_without_an_issuer_stops_the_start() -> None:
    with pytest.raises(BadSetting, match="OPSIQ_OIDC_ISSUER is not"):
        Settings.load({"OPSIQ_OIDC_CLIENT_ID": "opsiq"})


@pytest.mark.parametrize(
    "address", ["https://ops.example/desk", "https://ops.example?a=1", "https:///desk", "ops.example"]
)
def test_the_servers_own_address_has_no_path(address: str) -> None:
    with pytest.raises(BadSetting, match="OPSIQ_BASE_URL must"):
        Settings.load({"OPSIQ_BASE_URL": address})
    assert Settings.load({"OPSIQ_BASE_URL": "https://ops.example/"}).base_url == "https://ops.example"


@pytest.mark.parametrize("domains", ["@example.com", "*.example.com", "example", "ex\u0430mple.com"])
def test_a_domain_is_written_plainly(domains: str) -> None:
    with pytest.raises(BadSetting, match="OPSIQ_OIDC_DOMAINS holds"):
        Settings.load({"OPSIQ_OIDC_DOMAINS": domains})
