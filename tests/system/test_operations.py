"""What those who run it see: figures on a port of their own, logs that name nobody, traces for who collects them."""

import asyncio
import contextlib
import json
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from backend.platform import tracing
from backend.platform.settings import Settings
from tests.fixtures.waiting import until
from tests.system.processes import ROOT, Supervised, Town, free_port

_PRODUCTION = {
    "SAMSKAP_ENV": "production",
    "SAMSKAP_BASE_URL": "https://samskap.example",
    "SAMSKAP_SMTP_URL": "smtps://mail.example",
    "SAMSKAP_CONTACT_EMAIL": "samskap@example.org",
    "SAMSKAP_PROVIDERS": json.dumps(
        [
            {
                "key": "a",
                "profile": "idporten",
                "issuer": "https://a.example",
                "client_id": "b",
                "client_secret": "c",
            }
        ]
    ),
}


@contextlib.asynccontextmanager
async def _web(town: Town, **more: str) -> AsyncIterator[tuple[httpx.AsyncClient, Supervised]]:
    port = free_port()
    process = town.start(f"web{port}", "web", SAMSKAP_PORT=str(port), SAMSKAP_DRAIN_SECONDS="0", **more)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        await until(lambda: _answers(http), 60)
        try:
            yield http, process
        finally:
            await process.stop()


async def _answers(http: httpx.AsyncClient) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return (await http.get("/health/ready")).status_code == 200
    return False


async def _figures(port: int) -> str:
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(30):
        while True:
            with contextlib.suppress(httpx.TransportError):
                return (await http.get(f"http://127.0.0.1:{port}/metrics")).text
            await asyncio.sleep(0.1)


async def test_figures_have_a_port_of_their_own(small_town: Town) -> None:
    port, relay_port = free_port(), free_port()
    relay = small_town.start("relay", "workers.relay", SAMSKAP_METRICS_PORT=str(relay_port))
    async with _web(small_town, SAMSKAP_METRICS_PORT=str(port)) as (http, _):
        assert (await http.post("/graphql", json={"query": "{ __typename }"})).status_code == 200
        assert (await http.get("/metrics")).status_code == 404
        figures = await _figures(port)
        for line in (
            'samskap_operations_total{operation="free",result="ok"} 1.0',
            'samskap_requests_total{route="/graphql",status="200"} 1.0',
            'samskap_database_connections{state="busy"} 0.0',
            "samskap_sockets 0.0",
            "samskap_cached_bytes",
        ):
            assert line in figures
        assert 'samskap_database_connections{state="idle"} 0.0' not in figures

    async def is_measured() -> bool:
        return 'samskap_queue_depth{queue="fast"} 0.0' in await _figures(relay_port)

    await until(is_measured, 20)
    assert "samskap_outbox_oldest_seconds" in await _figures(relay_port)
    await relay.stop()


@pytest.mark.parametrize("module", [("web",), ("workers.relay",), ("workers", "--queue", "fast")])
async def test_a_port_that_is_taken_is_one_sentence(small_town: Town, module: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = await _ends(small_town, *module, SAMSKAP_METRICS_PORT=port)
    assert code == 1
    assert said.strip().splitlines()[-1].startswith(f"Port {port} for metrics cannot be used")
    assert "Traceback" not in said


async def _ends(town: Town, *module: str, **more: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *module),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
        env={**town.environment, **more, "PYTHONPATH": "graphql:."},
    )
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_a_port_that_is_taken_ends_the_web_process(small_town: Town) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = await _ends(small_town, "web", SAMSKAP_PORT=str(taken.getsockname()[1]))
    assert code == 3
    assert "address already in use" in said


async def test_log_lines_carry_ids_and_nothing_about_people(small_town: Town) -> None:
    secret = "person@example.org"
    async with _web(small_town, **_PRODUCTION) as (http, process):
        headers = {"x-request-id": "request-4711", "user-agent": secret, "cookie": f"__Host-samskap={secret}"}
        await http.post(
            "/graphql", json={"query": "{ __typename }", "variables": {"a": secret}}, headers=headers
        )
        await http.get(f"/nothing/{secret}", params={"q": secret})
    log = (small_town.home / f"{process.name}.log").read_text()
    assert secret not in log
    assert "127.0.0.1" not in log.replace("http://127.0.0.1", "")
    lines = [json.loads(line) for line in log.splitlines()]
    lines_of_request = [
        line for line in lines if line["event"] == "request" and line["request_id"] == "request-4711"
    ]
    assert [
        (line["route"], line["status"], line["operation"], line["actor"]) for line in lines_of_request
    ] == [("/graphql", 200, "free", None)]


class _Collector(BaseHTTPRequestHandler):
    """Takes traces as a collector of OpenTelemetry would."""

    got: list[ExportTraceServiceRequest]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """Where traces are sent, and what was sent."""
    _Collector.got = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", _Collector.got
    server.shutdown()
    thread.join()
    server.server_close()


async def test_traces_reach_a_collector(
    small_town: Town, collector: tuple[str, list[ExportTraceServiceRequest]]
) -> None:
    endpoint, got = collector
    secret = "hemmelig-sted"
    async with _web(small_town, SAMSKAP_OTLP_ENDPOINT=endpoint) as (http, _):
        query = "query($slug: String!) { topic(slug: $slug) { id } }"
        await http.post("/graphql", json={"query": query, "variables": {"slug": secret}})
    spans = [
        span
        for request in got
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    by_name = {span.name: span for span in spans}
    assert {"request POST", "operation free"} <= set(by_name)
    assert by_name["operation free"].parent_span_id == by_name["request POST"].span_id
    statements = [span for span in spans if span.parent_span_id == by_name["operation free"].span_id]
    assert statements
    assert secret not in str(spans)


async def test_traces_without_their_packages_are_one_sentence() -> None:
    script = """
import sys
sys.modules["opentelemetry.exporter.otlp.proto.http.trace_exporter"] = None
from backend.platform import tracing
from backend.platform.settings import Settings
from backend.platform.tracing import start_tracing
start_tracing(Settings(otlp_endpoint="http://127.0.0.1:1"), "web")
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stderr=asyncio.subprocess.PIPE, cwd=ROOT
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().splitlines() == [
        "SAMSKAP_OTLP_ENDPOINT is set, but the packages for traces are missing; install samskap[telemetry]."
    ]


def test_without_a_collector_nothing_is_traced() -> None:
    tracing.start_tracing(Settings(), "web")
    with tracing.span("nothing", id=1):
        assert tracing._tracer is None
