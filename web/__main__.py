"""`python -m web`: the web process. For more of them, start more, behind a proxy."""

import contextlib
import gc
import sys

from backend.platform.settings import get_settings
from backend.platform.telemetry import configure_logging, serve_metrics
from backend.platform.tracing import start_tracing
from web.app import create_app
from web.page.assets import names
from web.serving import Server

# What one request leaves behind is freed by counting references; looking for circles can be rarer than usual.
_GC_THRESHOLDS = (20_000, 20, 50)

# What uvicorn itself ends with when a port is taken.
_NOT_STARTED = 3


def main() -> None:
    """Serve until told to stop; running requests finish first."""
    settings = get_settings()
    configure_logging(settings, "web")
    start_tracing(settings, "web")
    serve_metrics(settings)
    try:
        names()
    except FileNotFoundError as error:
        sys.exit(str(error))
    app = create_app(settings)
    # The schema and the compiled documents stay for good: nobody needs to look through them again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    server = Server(app, settings)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        # The log has said why: no database, or a port that is taken.
        sys.exit(_NOT_STARTED)


if __name__ == "__main__":
    main()
