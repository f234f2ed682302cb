"""Metrics of the running server (Prometheus). Each is declared here and counted where it happens. ``web.api.metrics``
has the gauges that are read from the database. Labels have few values: never an id, never a person's words."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

REGISTRY: Final = CollectorRegistry()
_WEB_S: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_WORK_S: Final = (0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60)

REQUESTS: Final = Counter("opsiq_http_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
REQUEST_S: Final = Histogram(
    "opsiq_http_request_seconds",
    "From the request's arrival to the end of its answer.",
    ("method", "route"),
    buckets=_WEB_S,
    registry=REGISTRY,
)
WORK: Final = Counter(
    "opsiq_work", "Pieces of durable work handled.", ("kind", "outcome"), registry=REGISTRY
)  # outcome: done, later, dead, settled, lost
WORK_S: Final = Histogram(
    "opsiq_work_seconds", "How long a handler took.", ("kind",), buckets=_WORK_S, registry=REGISTRY
)
CALLS_OUT: Final = Counter(
    "opsiq_outbound_attempts",
    "Requests sent: action calls, webhooks, reads that reconcile, checks of connections.",
    ("purpose", "result"),
    registry=REGISTRY,
)  # purpose: action, webhook, reconcile, check; result: 2xx … 5xx, or the kind of error
CONNECTIONS_CLOSED: Final = Counter(
    "opsiq_connections_closed",
    "Connections that were closed or refused for what their client did, or for want of room.",
    ("why",),
    registry=REGISTRY,
)  # why: head_timeout, body_timeout, not_read, body_after_answer, bad_request, evicted, full, address_full
MODEL_CALLS: Final = Counter("opsiq_model_answers", "Answers asked of a model.", ("model", "result"), registry=REGISTRY)
MODEL_TOKENS: Final = Counter("opsiq_model_tokens", "Tokens of model calls.", ("model", "direction"), registry=REGISTRY)


@cache
def _jobs(kind: str, outcome: str) -> tuple[Counter, Histogram]:
    return WORK.labels(kind, outcome), WORK_S.labels(kind)


def count_job(kind: str, outcome: str, took_s: float) -> None:
    """Counts one handled job."""
    counter, histogram = _jobs(kind, outcome)
    counter.inc()
    histogram.observe(took_s)


@cache
def _outbound_calls(purpose: str, result: str) -> Counter:
    return CALLS_OUT.labels(purpose, result)


def count_call_out(purpose: str, result: str) -> None:
    """Counts one signed request that was sent."""
    _outbound_calls(purpose, result).inc()


CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def render_exposition() -> bytes:
    """Every metric in Prometheus' text format 0.0.4. Values are summed if several processes count into one folder
    (PROMETHEUS_MULTIPROC_DIR)."""
    counted: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import MultiProcessCollector

        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    made: bytes = generate_latest(counted)
    return made
