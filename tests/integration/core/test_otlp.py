"""Traces and metrics leave for a collector, over OTLP/HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from core import metrics, traces


@pytest.fixture
def collector() -> Iterator[tuple[str, dict[str, bytes]]]:
    got: dict[str, bytes] = {}

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got[self.path] = got.get(self.path, b"") + self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_spans_and_every_meter_reach_the_collector_by_the_time_it_is_closed(
    collector: tuple[str, dict[str, bytes]],
) -> None:
    url, got = collector
    close = traces.install(url, "opsiq-test")
    with traces.open_span("run.send", run_id="run_1"):
        metrics.CALLS_OUT.labels("action", "2xx").inc()
        metrics.WORK_S.labels("run.send").observe(0.1)
    close()
    assert b"run.send" in got["/v1/traces"]
    assert b"opsiq-test" in got["/v1/traces"]
    for name in (b"opsiq_outbound_attempts_total", b"opsiq_work_seconds_sum", b"opsiq_work_seconds_count"):
        assert name in got["/v1/metrics"]
    assert traces.open_span("after") is traces.open_span("after too")
