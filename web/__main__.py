"""`python -m web`: the web process."""

import uvicorn

from backend.settings import get_settings
from backend.telemetry import configure_logging, serve_metrics


def main() -> None:
    """Serve until told to stop; running requests finish first."""
    settings = get_settings()
    configure_logging(settings, "web")
    serve_metrics(settings)
    uvicorn.run(
        "web.app:create_app",
        factory=True,
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
