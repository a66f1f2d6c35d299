"""Traces over OpenTelemetry, for those who collect them: off unless SAMSKAP_OTLP_ENDPOINT is set.

Spans are made here and not by libraries that hook themselves into everything, apart from SQL. They carry ids and
names: no variables, no addresses, no text that a person wrote. What a client says about traces is not believed.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from backend.platform.settings import Settings

_NOTHING: AbstractContextManager[None] = nullcontext()
_tracer: Any = None
_provider: Any = None


def start_tracing(settings: Settings, process: str) -> None:
    """Send spans to the collector from now on. Ends the process with one sentence when the extra is missing."""
    global _tracer, _provider
    if not settings.otlp_endpoint:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SystemExit(
            "SAMSKAP_OTLP_ENDPOINT is set, but the packages for traces are missing; install samskap[telemetry]."
        ) from None
    provider = TracerProvider(resource=Resource.create({"service.name": f"samskap-{process}"}))
    exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    # Statements are told with $1 and $2 in them, never with their values.
    instrumentor: Any = AsyncPGInstrumentor
    instrumentor(capture_parameters=False).instrument(tracer_provider=provider)
    _tracer, _provider = provider.get_tracer("samskap"), provider


def stop_tracing() -> None:
    """Send what is left; blocks for some seconds when the collector does not answer."""
    if _provider is not None:
        _provider.shutdown()


def span(name: str, **facts: str | int) -> AbstractContextManager[None]:
    """A span around a block; costs next to nothing when nobody collects. `facts` become its attributes."""
    return _NOTHING if _tracer is None else _span(name, facts)


@contextmanager
def _span(name: str, facts: dict[str, str | int]) -> Iterator[None]:
    attributes = {f"samskap.{key}": value for key, value in facts.items()}
    # The text of an exception may quote what a person wrote, so only its kind is told.
    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except BaseException as error:
            current.set_attribute("error.type", type(error).__name__)
            raise
