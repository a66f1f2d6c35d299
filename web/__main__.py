"""`python -m web`: the web process. For more of them, start more, behind a proxy."""

import gc

import uvicorn

from backend.settings import get_settings
from backend.telemetry import configure_logging, serve_metrics
from web.app import create_app

# What one request leaves behind is freed by counting references; looking for circles can be rarer than usual.
_GC_THRESHOLDS = (20_000, 20, 50)


def main() -> None:
    """Serve until told to stop; running requests finish first."""
    settings = get_settings()
    configure_logging(settings, "web")
    serve_metrics(settings)
    app = create_app(settings)
    # The schema and the compiled documents stay for good: nobody needs to look through them again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=20,
        ws_max_size=64 * 1024,
        h11_max_incomplete_event_size=32 * 1024,
    )


if __name__ == "__main__":
    main()
