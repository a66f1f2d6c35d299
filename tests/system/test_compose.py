"""compose.yaml, Dockerfile and .env.example against the settings and the command line they are made for."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from backend.platform.authz import Role
from backend.platform.settings import ProviderSettings, Settings, SettingsError, read_settings
from ops.cli import make_app
from web.trial import TrialRefusedError, read_clients
from web.trial.__main__ import build
from workers.settings import TIMEOUT

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("samskap:")}
PROCESSES = {name: service for name, service in OURS.items() if "entrypoint" not in service}
ONCE = {"migrate"}
# What a container decides for itself, or what only a laptop uses.
_NOT_IN_COMPOSE = {"database_owner_url", "home", "host", "port", "metrics_port", "mail_dir", "otlp_endpoint"}
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::([?-])([^}]*))?\}")
_SECRET = re.compile(r"PASSWORD|SECRET|PEPPER|PROVIDERS|AUTH|SMTP_URL|TRIAL_CLIENTS")

FILLED = {
    "POSTGRES_PASSWORD": "ab" * 32,
    "POSTGRES_APP_PASSWORD": "ba" * 32,
    "REDIS_PASSWORD": "cd" * 32,
    "SAMSKAP_PEPPERS": "1:" + "ef" * 32,
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
    "SAMSKAP_SMTP_URL": "smtps://mail.example",
    "SAMSKAP_CONTACT_EMAIL": "samskap@example.org",
    "SAMSKAP_BASE_URL": "https://samskap.example",
    "SAMSKAP_MAIL_FROM": "Samskap <ikke-svar@samskap.example>",
    "SITE_ADDRESS": "samskap.example",
}


def texts(node: Any) -> Iterator[str]:
    """Every text in a piece of the file."""
    if isinstance(node, Mapping):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
    elif isinstance(node, str):
        yield node


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text as compose fills it in; KeyError for a required variable that is empty or missing."""

    def one(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if values.get(name):
            return values[name]
        if kind == "?":
            raise KeyError(name)
        return rest or ""

    return _VARIABLE.sub(one, text)


def environment(service: str, values: Mapping[str, str]) -> dict[str, str]:
    return {name: filled(str(text), values) for name, text in SERVICES[service]["environment"].items()}


def env_lines(text: str) -> dict[str, str]:
    """A .env file as compose reads it, single quotes included."""
    pairs = (line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z_]+=", line))
    return {name: value.strip().removeprefix("'").removesuffix("'") for name, value in pairs}


def test_every_process_is_there() -> None:
    assert set(PROCESSES) == {"migrate", "web", "relay", "worker-fast", "worker-slow"}
    assert {"postgres", "redis", "proxy", "mail", "trial"} <= set(SERVICES)
    assert SERVICES["postgres"]["image"].startswith("postgres:18")
    assert {name for name, service in SERVICES.items() if service.get("profiles")} == {
        "mail",
        "trial",
        "trial-door",
    }


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_commands_are_understood_by_the_command_line(name: str) -> None:
    root = get_command(make_app())
    command, *arguments = PROCESSES[name]["command"]
    with root.make_context("samskap", [command, *arguments]) as context:
        _, found, rest = root.resolve_command(context, [command, *arguments])  # type: ignore[attr-defined]
        # Parsing is all: an unknown option or value raises.
        found.make_context(command, rest, parent=context).close()


@pytest.mark.parametrize("queue", sorted(TIMEOUT))
def test_each_queue_has_a_worker_and_its_check(queue: str) -> None:
    worker = SERVICES[f"worker-{queue}"]
    assert worker["command"] == ["worker", "--queue", queue]
    assert worker["healthcheck"]["test"] == ["CMD", "python", "-m", "workers", "--queue", queue, "--check"]
    assert _seconds(worker["stop_grace_period"]) > TIMEOUT[queue]


def _seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_settings_accept_what_compose_gives(name: str) -> None:
    settings = read_settings(environment(name, FILLED))
    assert settings.env == "production"
    assert isinstance(settings.providers[0], ProviderSettings)
    assert settings.database_url == f"postgresql://samskap_app:{'ba' * 32}@postgres:5432/samskap"
    # The owner's address is the migration's alone.
    assert bool(settings.database_owner_url) == (name == "migrate")


def test_every_setting_can_be_set() -> None:
    given = {name.removeprefix("SAMSKAP_").lower() for name in SERVICES["web"]["environment"]}
    assert given == set(Settings.__dataclass_fields__) - _NOT_IN_COMPOSE


@pytest.mark.parametrize("missing", sorted(FILLED))
def test_what_is_missing_stops_compose(missing: str) -> None:
    values = {**FILLED, missing: ""}
    with pytest.raises(KeyError, match=missing):
        [filled(text, values) for text in texts(COMPOSE)]


def test_every_required_variable_says_what_to_do() -> None:
    assert any(kind == "?" for text in texts(COMPOSE) for _, kind, _ in _VARIABLE.findall(text))
    for text in texts(COMPOSE):
        for name, kind, hint in _VARIABLE.findall(text):
            assert kind in ("?", "-"), name
            assert len(hint) > 10 if kind == "?" else True, name


def test_no_secret_has_a_value() -> None:
    for service in SERVICES.values():
        for name, text in service.get("environment", {}).items():
            if _SECRET.search(name):
                assert _VARIABLE.search(text), name
    for text in texts(COMPOSE):
        for name, kind, default in _VARIABLE.findall(text):
            if _SECRET.search(name):
                assert kind == "?" or not default, name
    examples = env_lines((ROOT / ".env.example").read_text())
    assert any(map(_SECRET.search, examples))
    assert [name for name, value in examples.items() if value] == []


def test_env_example_explains_every_variable_and_no_other() -> None:
    used = {name for text in texts(COMPOSE) for name, _, _ in _VARIABLE.findall(text)}
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)) == used
    required = {name for text in texts(COMPOSE) for name, kind, _ in _VARIABLE.findall(text) if kind == "?"}
    assert set(env_lines(example)) == required == set(FILLED)


def test_images_have_tags_and_services_health_checks() -> None:
    for name, service in SERVICES.items():
        tag = service["image"].rsplit(":", 1)[1]
        assert tag, name
        assert "latest" not in service["image"], name
        check = service["healthcheck"]
        assert check.get("disable", False) is (name in ONCE), name
        assert name in ONCE or check["test"][0] in ("CMD", "CMD-SHELL"), name


def test_images_are_exact_and_every_container_has_limits() -> None:
    named = {service["image"] for service in SERVICES.values()} - {
        service["image"] for service in OURS.values()
    }
    base = re.findall(r"^FROM (\S+:\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert base
    for image in (*named, *base):
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z-]+)?$", image), image
        assert image.startswith("postgres:") or re.search(r"\d+\.\d+\.\d+", image), image
    for name, service in SERVICES.items():
        assert float(service["cpus"]) > 0, name
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert service["pids_limit"] > 0, name


def test_processes_wait_for_databases_and_migrations() -> None:
    for name in set(PROCESSES) - ONCE:
        assert {part: want["condition"] for part, want in PROCESSES[name]["depends_on"].items()} == {
            "postgres": "service_healthy",
            "redis": "service_healthy",
            "migrate": "service_completed_successfully",
        }
    assert SERVICES["migrate"]["restart"] == "no"
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name


def test_containers_are_hardened_and_only_doors_publish_ports() -> None:
    for name, service in OURS.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    assert {name for name, service in SERVICES.items() if "ports" in service} == {
        "proxy",
        "mail",
        "trial-door",
    }
    for name in ("mail", "trial-door"):
        assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])
    assert COMPOSE["networks"]["data"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["data"]


def test_web_trusts_the_proxy_alone_and_can_be_scaled() -> None:
    address = SERVICES["proxy"]["networks"]["edge"]["ipv4_address"]
    assert read_settings(environment("web", FILLED)).trusted_proxies == (f"{address}/32", "127.0.0.1/32")
    behind = environment("web", FILLED | {"FRONT_PROXY": "192.0.2.0/24"})
    assert read_settings(behind).trusted_proxies == (f"{address}/32", "192.0.2.0/24")
    assert "trusted_proxies static {$$FRONT_PROXY}" in COMPOSE["configs"]["caddyfile"]["content"]
    assert environment("proxy", FILLED)["FRONT_PROXY"] == "127.0.0.1/32"
    assert not {"container_name", "ports"} & set(SERVICES["web"])
    assert "dynamic a web 8000" in COMPOSE["configs"]["caddyfile"]["content"]


def test_trial_described_in_the_docs_is_complete(tmp_path: Path) -> None:
    script = next(
        block
        for block in re.findall(r"```sh\n(.*?)```", (ROOT / "docs/deploy.md").read_text(), re.DOTALL)
        if block.startswith("# trial")
    )
    subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, check=True, timeout=30)
    values = env_lines((tmp_path / ".env").read_text())
    settings = read_settings(environment("web", values))
    assert settings.env == "dev"
    roles = {role for provider in settings.providers for role in provider.group_roles.values()}
    assert roles <= {role.value for role in Role}
    clients = {client.client_id: client for client in read_clients(values["SAMSKAP_TRIAL_CLIENTS"])}
    for provider in settings.providers:
        client = clients[provider.client_id]
        assert client.client_secret == provider.client_secret
        assert client.redirect_uris == (f"{settings.base_url}/login/{provider.key}/callback",)
    trial = {**environment("trial", values), "SAMSKAP_HOME": str(tmp_path)}
    _, host, port = build(SERVICES["trial"]["command"], trial)
    assert (host, port) == ("0.0.0.0", 8001)
    for env in ("production", "test", ""):
        with pytest.raises(TrialRefusedError):
            build(SERVICES["trial"]["command"], {**trial, "SAMSKAP_ENV": env})


def test_production_does_not_begin_without_login_and_mail() -> None:
    needed = ("PROVIDERS", "SMTP_URL", "CONTACT_EMAIL", "BASE_URL", "PEPPERS")
    for name in (f"SAMSKAP_{each}" for each in needed):
        with pytest.raises(SettingsError, match=name):
            read_settings({**environment("web", FILLED), name: ""})


def _instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_dockerfile_copies_what_exists_and_the_builder_gets_it() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for word, rest in _instructions():
        if word != "COPY" or rest.startswith("--from="):
            continue
        for source in rest.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert f"!{source.split('/')[0]}" in ignored, source
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    copied = {rest.split()[0] for word, rest in _instructions() if word == "COPY"}
    assert packages | {"graphql"} <= copied


def test_dockerfile_has_named_stages_and_runs_without_rights() -> None:
    instructions = _instructions()
    stages = [rest.split() for word, rest in instructions if word == "FROM"]
    assert [stage[1:] for stage in stages] == [["AS", "build"], ["AS", "run"]]
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", stage[0]) for stage in stages)
    last = instructions[max(place for place, (word, _) in enumerate(instructions) if word == "FROM") :]
    assert [rest for word, rest in last if word == "USER"] == ["10001:10001"]
    assert [rest for word, rest in last if word == "ENTRYPOINT"] == ['["samskap"]']
    assert [json.loads(rest) for word, rest in last if word == "CMD"] == [["serve"]]
    assert any(word == "HEALTHCHECK" and "/health/live" in rest for word, rest in last)
    installs = [rest for word, rest in instructions if word == "RUN" and "install -" in rest]
    assert "--require-hashes -r requirements/base.txt" in " ".join(installs)
    assert "requirements/dev.txt" not in " ".join(rest for _, rest in instructions)


def test_worker_check_tells_whether_the_worker_here_lives(services: Settings) -> None:
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SAMSKAP_")},
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "graphql")]),
        "SAMSKAP_ENV": "test",
        "SAMSKAP_DATABASE_URL": services.database_url,
        "SAMSKAP_REDIS_URL": services.redis_url,
        "SAMSKAP_PEPPERS": "1:" + "ab" * 32,
        "SAMSKAP_METRICS_PORT": "0",
    }
    command = [sys.executable, "-m", "workers", "--queue", "slow"]

    def check(**other: str) -> int:
        return subprocess.run(
            [*command, "--check"], env={**environ, **other}, check=False, timeout=60
        ).returncode

    assert check() == 1
    worker = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while check() != 0:
            assert worker.poll() is None
            assert time.monotonic() < deadline
    finally:
        worker.terminate()
        worker.wait(30)
    assert check(SAMSKAP_REDIS_URL="redis://127.0.0.1:1/0") == 1
