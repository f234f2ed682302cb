"""/metrics: who may see them, and that they count what happened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from core import traces
from tests.integration.web.api.shop import InstalledShop, Shop, open_shop


async def scraped(
    shop: Shop, address: str, *, at: str = "http://localhost", **headers: str
) -> tuple[int, dict[str, float]]:
    transport = ASGITransport(app=shop.app, client=(address, 4000))
    async with AsyncClient(transport=transport, base_url=at, headers=headers) as http:
        answer = await http.get("/metrics")
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if answer.is_success and line[0] != "#"]
    return answer.status_code, {name: float(value) for name, _, value in lines}


async def test_metrics_without_a_token_are_for_this_machine_asked_directly(shop: Shop) -> None:
    assert (await scraped(shop, "127.0.0.1"))[0] == 200
    assert (await scraped(shop, "203.0.113.9"))[0] == 403
    assert (await scraped(shop, "127.0.0.1", **{"x-forwarded-for": "203.0.113.9"}))[0] == 403


@pytest.mark.parametrize(
    ("at", "status"),
    [("http://127.0.0.1:8080", 200), ("http://[::1]:8080", 200), ("http://rebound.test:8080", 403)],
)
async def test_metrics_without_a_token_are_for_no_page_whose_name_was_rebound_to_this_machine(
    shop: Shop, at: str, status: int
) -> None:
    assert (await scraped(shop, "127.0.0.1", at=at))[0] == status


@pytest.mark.parametrize("host", ["[", "[::1", "localhost:x", ""])
async def test_a_host_that_is_none_sees_no_metrics_and_breaks_nothing(shop: Shop, host: str) -> None:
    status, _ = await scraped(shop, "127.0.0.1", host=host)
    assert status == (200 if host == "localhost:x" else 403)


async def test_metrics_with_a_token_are_for_its_bearer(tmp_path: Path, template: InstalledShop) -> None:
    async with open_shop(tmp_path / "data", template, OPSIQ_METRICS_TOKEN="let-me-see") as shop:
        assert (await scraped(shop, "127.0.0.1"))[0] == 403
        assert (await scraped(shop, "203.0.113.9", authorization="Bearer let-me-see"))[0] == 200


async def test_requests_are_counted_by_route_and_open_runs_by_state(shop: Shop) -> None:
    counted = 'opsiq_http_requests_total{method="GET",route="/v1/runs/{run_id}",status="404"}'
    before = (await scraped(shop, "::1"))[1]
    for run_id in ("run_a", "run_b"):
        await shop.call("GET", f"/v1/runs/{run_id}")
    await shop.container.runs.ask(shop.actors["olivia"], "close ticket 5519", session_id="t")
    after = (await scraped(shop, "::1"))[1]
    assert after[counted] - before.get(counted, 0) == 2
    assert after['opsiq_runs_open{state="received"}'] - before['opsiq_runs_open{state="received"}'] == 1
    assert after['opsiq_work_open{kind="run.resolve",state="ready"}'] == 1


async def test_a_made_up_method_is_no_new_series(shop: Shop) -> None:
    for method in ("BREW", "BREW2"):
        await shop.http.request(method, "/v1/me")
    assert not [name for name in (await scraped(shop, "::1"))[1] if "BREW" in name]


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    traces.use(provider.get_tracer("test"))
    try:
        yield kept
    finally:
        traces.use(None)


async def test_a_request_is_a_span_by_its_route_without_its_words(shop: Shop, spans: InMemorySpanExporter) -> None:
    answer = await shop.call("POST", "/v1/runs", {"text": "refund the invoice of Ada Lovelace"})
    (span,) = spans.get_finished_spans()
    assert span.name == "POST /v1/runs"
    assert dict(span.attributes or {}) == {
        "opsiq.request_id": answer.headers["x-request-id"],
        "http.response.status_code": answer.status_code,
    }
