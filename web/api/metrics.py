"""Metrics endpoint: this process's counters (``core.metrics``) and the database's gauges, in Prometheus' text
format."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

import store.jobs.jobs
import store.runs.runs
from core import metrics as process_metrics
from core.errors import Forbidden
from web.auth import get_container
from web.client_address import came_from_this_machine

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Metrics for bearers of ``OPSIQ_METRICS_TOKEN``. Without that setting, only for direct requests from this
    machine."""
    container = get_container(request)
    if not _may(request, container.settings.metrics_token):
        raise Forbidden("Metrics are for this machine, or for who sends OPSIQ_METRICS_TOKEN as a bearer token.")
    async with container.database.read() as session:
        runs, job = await store.runs.runs.count_by_state(session), await store.jobs.jobs.waiting(session)
    standing = CollectorRegistry()
    standing.register(_Gauges(runs, job))
    return Response(
        process_metrics.render_exposition() + generate_latest(standing), media_type=process_metrics.CONTENT_TYPE
    )


class _Gauges(Collector):
    """Gauges that all processes share. Scraping any process returns them."""

    def __init__(self, runs: dict[str, int], job: list[tuple[str, str, int, float]]) -> None:
        self._runs, self._job = runs, job

    def collect(self) -> Iterator[GaugeMetricFamily]:
        runs = GaugeMetricFamily("opsiq_runs_open", "Runs that are not over.", labels=["state"])
        for state in store.runs.runs.OPEN:
            runs.add_metric([state], self._runs.get(state, 0))
        yield runs
        rows = GaugeMetricFamily("opsiq_work_open", "Pieces of durable work not finished.", labels=["kind", "state"])
        late = GaugeMetricFamily(
            "opsiq_work_overdue_seconds", "How long the oldest has been due.", labels=["kind", "state"]
        )
        for kind, state, count, overdue_s in self._job:
            rows.add_metric([kind, state], count)
            late.add_metric([kind, state], max(overdue_s, 0.0))
        yield rows
        yield late


def _may(request: Request, token: str) -> bool:
    if token:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    return came_from_this_machine(request)
