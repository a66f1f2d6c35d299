# syntax=docker/dockerfile:1

# Builds: the locked packages and our own wheel, in one virtual environment. Nothing from here but that
# environment reaches the image that runs.
FROM python:3.12.12-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build

COPY requirements/base.txt requirements/build.txt requirements/node.txt requirements/
RUN python -m venv /opt/samskap \
    && /opt/samskap/bin/pip install --only-binary :all: --require-hashes -r requirements/base.txt \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --only-binary :all: --require-hashes -r requirements/build.txt \
    && python -m venv /opt/node \
    && /opt/node/bin/pip install --only-binary :all: --require-hashes -r requirements/base.txt -r requirements/node.txt

COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY ops ops
COPY backend backend
COPY graphql graphql
COPY workers workers
COPY web web
# The municipality's colour is made into the files for browsers.
ARG SAMSKAP_THEME_COLOR=""
RUN PYTHONPATH=. SAMSKAP_THEME_COLOR="$SAMSKAP_THEME_COLOR" /opt/node/bin/python -m web.build \
    && /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
    && /opt/samskap/bin/pip install --no-deps wheels/*.whl \
    && /opt/samskap/bin/python -m compileall -q /opt/samskap/lib \
    && /opt/samskap/bin/pip uninstall --yes pip


# Runs: Python, the environment and a user that owns nothing but its home.
FROM python:3.12.12-slim-bookworm AS run

RUN groupadd --gid 10001 samskap \
    && useradd --uid 10001 --gid samskap --no-create-home --home-dir /var/lib/samskap --shell /usr/sbin/nologin samskap \
    && install --directory --owner samskap --group samskap --mode 0700 /var/lib/samskap
COPY --from=build /opt/samskap /opt/samskap

# Inside a container every address is the container's own; what is reachable is decided by who publishes ports.
ENV PATH=/opt/samskap/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SAMSKAP_HOME=/var/lib/samskap \
    SAMSKAP_HOST=0.0.0.0
WORKDIR /var/lib/samskap
USER 10001:10001
EXPOSE 8000 9100

# True of the web process; compose.yaml has its own check for each of the others.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/live', timeout=3)"]

ENTRYPOINT ["samskap"]
CMD ["serve"]
