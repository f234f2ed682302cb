"""OpenTelemetry traces. Without the ``otel`` extra and ``OPSIQ_OTLP_URL`` a span costs nothing and is not exported.

Spans name ids, routes, kinds and outcomes, but never a person's words, a record's field or a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from core.errors import BadSetting

_NOWHERE: Final[AbstractContextManager[None]] = nullcontext()
_tracer: Any = None


def open_span(name: str, **attributes: str | int | float | bool | None) -> AbstractContextManager[Any]:
    """Opens a span around the block. An exception that leaves the block marks the span as an error."""
    if _tracer is None:
        return _NOWHERE
    given = {f"opsiq.{key}": value for key, value in attributes.items() if value is not None}
    made: AbstractContextManager[Any] = _tracer.start_as_current_span(name, attributes=given)
    return made


def install(url: str, service: str) -> Callable[[], None]:
    """Exports spans and metrics to the OTLP/HTTP collector at ``url`` (``http://host:4318``). Returns a function that
    flushes and stops the exporter.

    Raises BadSetting if the ``otel`` extra is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise BadSetting("OPSIQ_OTLP_URL needs the extra: pip install 'opsiq-server[otel]'.") from error
    base = url.rstrip("/")
    resource = Resource.create({"service.name": service})
    spans = TracerProvider(resource=resource)
    spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{base}/v1/traces")))
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=f"{base}/v1/metrics"))
    meters = MeterProvider([reader], resource=resource)
    _export_metrics(meters.get_meter("opsiq"))
    use(spans.get_tracer("opsiq"))

    def close() -> None:
        use(None)
        spans.shutdown()
        meters.shutdown()

    return close


def use(tracer: Any) -> None:
    """Sets the tracer of this process; None for none."""
    global _tracer  # one per process, like OpenTelemetry's own
    _tracer = tracer


def _export_metrics(meter: Any) -> None:
    """Exports the counters of core/metrics.py, and each histogram's sum and count, over OTLP."""
    from opentelemetry.metrics import CallbackOptions, Observation

    from core.metrics import REGISTRY

    def observed(family: str, sample: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
        def look(_: CallbackOptions) -> Iterable[Observation]:
            for each in REGISTRY.collect():
                if each.name == family:
                    yield from (Observation(one.value, one.labels) for one in each.samples if one.name == sample)

        return look

    for each in REGISTRY.collect():
        for suffix in ("_sum", "_count") if each.type == "histogram" else ("_total",):
            name = each.name + suffix
            meter.create_observable_counter(name, [observed(each.name, name)], description=each.documentation)
