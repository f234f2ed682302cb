"""Table of the server's settings: each one's environment variable, meaning, parser and default. ``core.settings.model``
has those of the language model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core import env_variable
from core.env_variable import Network, variable


@dataclass(frozen=True, kw_only=True)
class SettingFields:
    """One field for each setting, with its variable, its unit if it has one, and its default. A new setting is one more
    field."""

    data_dir: Path = field(
        default=Path(".data"),
        metadata=variable(
            "OPSIQ_DATA",
            "The folder for what the server keeps: the database file and the data key.",
            Path,
            default="`./.data`",
        ),
    )
    database_url: str = field(
        default="",
        repr=False,
        metadata=variable(
            "OPSIQ_DATABASE_URL",
            "The database: a SQLite file, or `postgresql+asyncpg://user@host/name` for many processes.",
            env_variable.address("sqlite+aiosqlite", "postgresql+asyncpg"),
            default="`sqlite+aiosqlite:///<data folder>/opsiq.db`",
            secret=True,
        ),
    )
    host: str = field(default="127.0.0.1", metadata=variable("OPSIQ_HOST", "The address to listen on."))
    port: int = field(
        default=8080,
        metadata=variable("OPSIQ_PORT", "The port to listen on; 0 takes a free one.", env_variable.integer(0, 65535)),
    )
    base_url: str = field(
        default="",
        metadata=variable(
            "OPSIQ_BASE_URL",
            "The address this server is reached by, as links show it. Where it is https, cookies are Secure and "
            "named `__Host-…`, "
            "and answers carry `Strict-Transport-Security`.",
            env_variable.origin,
            default="`http://<host>:<port>`",
        ),
    )
    given_data_key: bytes | None = field(
        default=None,
        repr=False,
        metadata=variable(
            "OPSIQ_DATA_KEY",
            "The key that wraps the data keys which seal stored secrets, 32 bytes in base64url. Keep a copy: "
            "without it they are lost.",
            env_variable.key,
            default="made once, kept in `<data folder>/data.key` with mode 600",
            secret=True,
        ),
    )
    sealed: bool = field(
        default=False,
        metadata=variable(
            "OPSIQ_SEALED",
            "`yes`: this installation's database is sealed, and one that isn't is refused instead of sealed at "
            "the start. The file "
            "`sealed` in the data folder says the same; set this where that folder is not kept.",
            env_variable.yes_or_no,
            default="`no`",
        ),
    )
    given_anchor_file: Path | None = field(
        default=None,
        metadata=variable(
            "OPSIQ_ANCHOR_FILE",
            "The file that signed anchors of AI History are appended to. Best where whoever can write to the "
            "database can't.",
            Path,
            default="`<data folder>/anchors.jsonl`",
        ),
    )
    mcp_servers: Path | None = field(
        default=None,
        metadata=variable(
            "OPSIQ_MCP_SERVERS",
            "A JSON file of the MCP servers whose tools may be called, and by which workspaces (docs/guide/mcp.md).",
            Path,
            default="empty: none",
        ),
    )
    anchor_url: str = field(
        default="",
        metadata=variable(
            "OPSIQ_ANCHOR_URL",
            "An address that every anchor is also sent to, as a signed POST. One on a private network must be "
            "listed in "
            "`OPSIQ_ALLOW_ADDRESSES`.",
            env_variable.address("http", "https"),
            default="empty: none",
        ),
    )
    anchor_every_s: int = field(
        default=300,
        metadata=variable(
            "OPSIQ_ANCHOR_EVERY_S",
            "How long after a change of AI History its next anchor is written at the latest, in seconds.",
            env_variable.integer(1, 86400),
        ),
    )
    allow_addresses: tuple[Network, ...] = field(
        default=(),
        metadata=variable(
            "OPSIQ_ALLOW_ADDRESSES",
            "Private networks that outbound calls may reach all the same, as CIDRs: `127.0.0.0/8,10.1.0.0/16`.",
            env_variable.networks,
            default="none: private, loopback and link-local addresses are refused",
        ),
    )
    connector_folders: tuple[Path, ...] = field(
        default=(),
        metadata=variable(
            "OPSIQ_CONNECTORS",
            "Folders of connectors beside the installed ones, separated as in `PATH`: each holds a folder a connector, "
            "or is one. Their code runs in the server.",
            env_variable.paths,
        ),
    )
    events_keep_days: int = field(
        default=365,
        metadata=variable(
            "OPSIQ_EVENTS_KEEP_DAYS",
            "How many days events are kept, with what reacted to them; 0 for ever. AI History and runs are always "
            "kept.",
            env_variable.integer(0, 36500),
        ),
    )
    mirror_max_age_s: int = field(
        default=86400,
        metadata=variable(
            "OPSIQ_MIRROR_MAX_AGE_S",
            "How old the last whole reading of kept records may be before look-ups ask the platform again, in "
            "seconds. They are read anew "
            "at half of it.",
            env_variable.integer(60, 2_592_000),
        ),
    )
    upstream_check_s: int = field(
        default=3600,
        metadata=variable(
            "OPSIQ_UPSTREAM_CHECK_S",
            "How often the document that a contract was imported from is looked at again, at most, before a call of "
            "it is sent, in seconds; 0: never. What changed suspends the contract.",
            env_variable.integer(0, 2_592_000),
        ),
    )
    question_expiry_s: int = field(
        default=3600,
        metadata=variable(
            "OPSIQ_QUESTION_EXPIRY_S",
            "How long a question waits for its answer, in seconds. A card expires as its contract says.",
            env_variable.integer(30, 604800),
        ),
    )
    time_zone: str = field(
        default="UTC",
        metadata=variable(
            "OPSIQ_TIME_ZONE",
            "The clock of the people who work here, by its IANA name (`Europe/Madrid`): words such as “tomorrow at 9” "
            "are read in it, and "
            "the console shows its times. The same for every process.",
            env_variable.time_zone,
        ),
    )
    session_idle_h: int = field(
        default=12,
        metadata=variable(
            "OPSIQ_SESSION_IDLE_H",
            "A console sign-in ends after this many hours without use.",
            env_variable.integer(1, 720),
        ),
    )
    oidc_issuer: str = field(
        default="",
        metadata=variable(
            "OPSIQ_OIDC_ISSUER",
            "The OpenID Connect issuer that people may sign in to the console with, exactly as it names itself "
            "(`https://login.example.com`). An address on a private network must be listed in `OPSIQ_ALLOW_ADDRESSES`.",
            env_variable.issuer,
            default="empty: passwords only",
        ),
    )
    oidc_client_id: str = field(
        default="",
        metadata=variable(
            "OPSIQ_OIDC_CLIENT_ID",
            "Which client this server is to the issuer. Its redirect address there is "
            "`<OPSIQ_BASE_URL>/sign-in/callback`.",
            default="empty",
        ),
    )
    oidc_client_secret: str = field(
        default="",
        repr=False,
        metadata=variable(
            "OPSIQ_OIDC_CLIENT_SECRET",
            "The client's secret. Empty: a public client, held by PKCE alone.",
            default="empty",
            secret=True,
        ),
    )
    oidc_name: str = field(
        default="",
        metadata=variable(
            "OPSIQ_OIDC_NAME", "What the button on the sign-in page calls the issuer.", default="the issuer's host name"
        ),
    )
    oidc_domains: tuple[str, ...] = field(
        default=(),
        metadata=variable(
            "OPSIQ_OIDC_DOMAINS",
            "Domains of verified e-mail addresses that may come in through the issuer: `example.com,example.org`.",
            env_variable.domains,
            default="any",
        ),
    )
    second_person_h: int = field(
        default=24,
        metadata=variable(
            "OPSIQ_SECOND_PERSON_H",
            "Where two people must approve, a member counts beside whoever gave them their place or role only "
            "after this many hours; "
            "0: at once.",
            env_variable.integer(0, 8760),
        ),
    )
    reading_processes: int = field(
        default=2,
        metadata=variable(
            "OPSIQ_READING_PROCESSES",
            "How many processes beside one server process read what people type, at most; started when they are "
            "needed. 0: it is read "
            "in the server process itself, where a text that is costly to read holds up everything else for as "
            "long as it may take.",
            env_variable.integer(0, 64),
        ),
    )
    reading_budget_ms: int = field(
        default=300,
        metadata=variable(
            "OPSIQ_READING_BUDGET_MS",
            "How much CPU the reading of one request may take, in milliseconds; what takes more is refused, and the "
            "person is told to say it in fewer words. Usual requests take less than 20, a pasted thread of 4,000 "
            "characters less than 200.",
            env_variable.integer(100, 60_000),
        ),
    )
    redis_url: str = field(
        default="",
        repr=False,
        metadata=variable(
            "OPSIQ_REDIS_URL",
            "A Redis in which all server processes count requests together: `redis://host:6379/0`. Empty: each counts its own.",  # noqa: E501
            env_variable.address("redis", "rediss"),
            default="empty",
            secret=True,
        ),
    )
    nats_url: str = field(
        default="",
        repr=False,
        metadata=variable(
            "OPSIQ_NATS_URL",
            "A NATS server with JetStream that carries webhook deliveries: `nats://host:4222`. Needs the extra `nats`. Empty: "  # noqa: E501
            "they are claimed from the database like other work.",
            env_variable.address("nats", "tls"),
            default="empty",
            secret=True,
        ),
    )
    address_limit_per_min: int = field(
        default=6000,
        metadata=variable(
            "OPSIQ_ADDRESS_LIMIT_PER_MIN",
            "How many API requests a minute one address may send before signatures are looked at; 0 for no limit (behind a proxy that "  # noqa: E501
            "limits, all requests come from its address).",
            env_variable.integer(0, 1_000_000),
        ),
    )
    trusted_proxies: tuple[Network, ...] = field(
        default=(),
        metadata=variable(
            "OPSIQ_TRUSTED_PROXIES",
            "The networks of your own reverse proxies, as CIDRs: `127.0.0.1/32,10.0.0.0/24`. `X-Forwarded-For` and `X-Forwarded-Proto` are "  # noqa: E501
            "believed from these alone, and they may open as many connections as all may.",
            env_variable.networks,
            default="none, loopback included",
        ),
    )
    max_connections: int = field(
        default=4096,
        metadata=variable(
            "OPSIQ_MAX_CONNECTIONS",
            "How many connections one process holds at once, as far as its file limit goes. Beyond it, the one that has kept the server "  # noqa: E501
            "waiting longest is closed.",
            env_variable.integer(16, 1_000_000),
        ),
    )
    max_address_connections: int = field(
        default=256,
        metadata=variable(
            "OPSIQ_MAX_ADDRESS_CONNECTIONS",
            "How many of them one address (IPv6: one /64) may have; 0 for no limit. Trusted proxies are exempt.",
            env_variable.integer(0, 1_000_000),
        ),
    )
    head_timeout_s: int = field(
        default=10,
        metadata=variable(
            "OPSIQ_HEAD_TIMEOUT_S",
            "How long the head of a request may take to come, in seconds.",
            env_variable.integer(1, 600),
        ),
    )
    body_timeout_s: int = field(
        default=20,
        metadata=variable(
            "OPSIQ_BODY_TIMEOUT_S",
            "How long the body of a request may take to come, in seconds; longer where it comes at 4 KiB a second or more.",  # noqa: E501
            env_variable.integer(1, 600),
        ),
    )
    read_timeout_s: int = field(
        default=30,
        metadata=variable(
            "OPSIQ_READ_TIMEOUT_S",
            "Within how many seconds a client must read some of an answer that waits for it.",
            env_variable.integer(1, 600),
        ),
    )
    keep_alive_s: int = field(
        default=75,
        metadata=variable(
            "OPSIQ_KEEP_ALIVE_S",
            "How long a connection is kept between two requests, in seconds: longer than a proxy in front keeps it.",
            env_variable.integer(1, 3600),
        ),
    )
    texts_per_person_per_min: int = field(
        default=120,
        metadata=variable(
            "OPSIQ_TEXTS_PER_PERSON_PER_MIN",
            "How many texts a minute are read for one person: requests, answers in words and edits, by whatever key or in the console; 0 "  # noqa: E501
            "for no limit.",
            env_variable.integer(0, 1_000_000),
        ),
    )
    texts_per_workspace_per_min: int = field(
        default=1200,
        metadata=variable(
            "OPSIQ_TEXTS_PER_WORKSPACE_PER_MIN",
            "The same for everybody of one workspace together; 0 for no limit.",
            env_variable.integer(0, 1_000_000),
        ),
    )
    log_level: str = field(
        default="info",
        metadata=variable(
            "OPSIQ_LOG_LEVEL",
            "`debug`, `info`, `warning` or `error`.",
            env_variable.one_of("debug", "info", "warning", "error"),
        ),
    )
    log_format: Literal["text", "json"] = field(
        default="text",
        metadata=variable(
            "OPSIQ_LOG_FORMAT",
            "`text` (logfmt) or `json`: one record a line, with the ids of request, run, event and delivery.",
            env_variable.one_of("text", "json"),
        ),
    )
    metrics_token: str = field(
        default="",
        repr=False,
        metadata=variable(
            "OPSIQ_METRICS_TOKEN",
            "The bearer token `/metrics` asks for. Empty: it answers this machine only.",
            default="empty",
            secret=True,
        ),
    )
    otlp_url: str = field(
        default="",
        metadata=variable(
            "OPSIQ_OTLP_URL",
            "An OpenTelemetry collector (OTLP over HTTP, `http://host:4318`) that gets traces and metrics. Needs the extra `otel`.",  # noqa: E501
            env_variable.address("http", "https"),
            default="empty: none",
        ),
    )
    processes: int = field(
        default=1,
        metadata=variable(
            "OPSIQ_PROCESSES",
            "How many processes `opsiq serve` serves its port with, or `opsiq work` works with, on this machine.",
            env_variable.integer(1, 256),
        ),
    )
    workers: int = field(
        default=16,
        metadata=variable(
            "OPSIQ_WORKERS",
            "How many pieces of durable work one process does at once; 0 does none.",
            env_variable.integer(0, 1024),
        ),
    )
    work_lease_s: int = field(
        default=60,
        metadata=variable(
            "OPSIQ_WORK_LEASE_S",
            "How long a process holds a piece of work before another may take it up, in seconds. Renewed while it lives.",  # noqa: E501
            env_variable.integer(2, 3600),
        ),
    )
