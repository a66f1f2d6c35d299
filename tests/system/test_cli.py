"""The `samskap` command: help to work from, and one sentence with exit code 2 for what people can mend."""

import json
import os
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.platform.settings import read_settings
from ops.cli import make_app
from ops.commands._dev_environment import make_environment
from ops.commands._dev_ground import LISTENERS, hold

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = sorted(command.name or "" for command in make_app().registered_commands)


def samskap(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SAMSKAP_")}
    path = os.pathsep.join([str(ROOT), str(ROOT / "graphql")])
    return subprocess.run(
        [sys.executable, "-m", "ops.cli", *arguments],
        cwd=ROOT,
        env={**inherited, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def is_one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.startswith("samskap: ") and text.rstrip().endswith(".")


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="samskap-test-"))
    yield folder
    shutil.rmtree(folder)


def test_the_commands_of_this_module_are_there() -> None:
    assert {"dev", "serve", "worker", "migrate", "schema"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_tells_what_a_command_does(command: str) -> None:
    result = CliRunner().invoke(make_app(), [command, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")
    # A sentence of what it does stands above its options.
    assert result.stdout.split("\n\n")[1].strip().endswith((".", ".)"))


def test_without_arguments_the_commands_are_listed() -> None:
    result = samskap()
    assert all(command in result.stdout + result.stderr for command in COMMANDS)


def _free_row() -> int:
    """The first of as many free ports as `dev` needs, below those that the system hands out by itself."""
    for first in range(21_000, 30_000, 10):
        with ExitStack() as held:
            try:
                for port in range(first, first + len(LISTENERS)):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first
    raise AssertionError("no row of ports is free")


@pytest.mark.parametrize("offset", [0, 1, len(LISTENERS) - 1])
def test_a_taken_port_is_named(home: Path, offset: int) -> None:
    taken = _free_row() + offset
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", taken))
        listener.listen()
        result = samskap("dev", "--home", str(home), "--port", str(taken - offset))
    assert result.returncode == 2
    assert is_one_sentence(result.stderr)
    assert f"Port {taken}, for {LISTENERS[offset]}, is taken" in result.stderr


def test_a_home_that_cannot_be_written_is_one_sentence(home: Path) -> None:
    file = home / "file"
    file.write_text("")
    for unusable in (file, file / "below"):
        result = samskap("dev", "--home", str(unusable))
        assert result.returncode == 2
        assert is_one_sentence(result.stderr)
        assert str(unusable) in result.stderr


def test_two_at_once_in_one_home_are_one_sentence(home: Path) -> None:
    with hold(home):
        result = samskap("dev", SAMSKAP_HOME=str(home))
    assert result.returncode == 2
    assert is_one_sentence(result.stderr)
    assert "runs already" in result.stderr


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_a_missing_setting_is_one_sentence(command: str) -> None:
    result = samskap(command)
    assert result.returncode == 2
    assert is_one_sentence(result.stderr)
    assert "SAMSKAP_DATABASE_URL is not set" in result.stderr


def test_a_database_that_does_not_answer_is_one_sentence() -> None:
    result = samskap(
        "migrate",
        SAMSKAP_ENV="test",
        SAMSKAP_DATABASE_URL="postgresql://postgres@127.0.0.1:1/samskap",
        SAMSKAP_REDIS_URL="redis://127.0.0.1:1/0",
        SAMSKAP_PEPPERS="1:" + "00" * 32,
    )
    assert result.returncode == 2
    assert "SAMSKAP_DATABASE_URL does not answer" in result.stderr
    assert "Traceback" not in result.stderr


def _environment_of(home: Path) -> None:
    values = {
        "SAMSKAP_ENV": "dev",
        "SAMSKAP_DATABASE_URL": "postgresql://postgres@127.0.0.1:1/samskap",
        "SAMSKAP_REDIS_URL": "redis://127.0.0.1:1/0",
        "SAMSKAP_PEPPERS": "1:" + "00" * 32,
        "SAMSKAP_CONTACT_EMAIL": "noen med 'blanke'@example.no",
    }
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in values.items())
    (home / "environment").write_text("".join(lines))
    (home / "environment").chmod(0o600)


def test_a_running_dev_is_found_and_named(home: Path) -> None:
    _environment_of(home)
    with hold(home):
        result = samskap("recount", SAMSKAP_HOME=str(home))
    assert f"Using the running development environment in {home}." in result.stderr
    # Its database, which does not answer here, is the one that was asked.
    assert "SAMSKAP_DATABASE_URL does not answer" in result.stderr


def test_a_dev_that_does_not_run_is_not_used(home: Path) -> None:
    _environment_of(home)
    (home / "lock").touch()
    result = samskap("recount", SAMSKAP_HOME=str(home))
    assert result.returncode == 2
    assert is_one_sentence(result.stderr)
    assert f"`samskap dev` has its data in {home} and does not run now." in result.stderr


def test_a_running_dev_is_not_used_for_what_is_set_otherwise(home: Path) -> None:
    _environment_of(home)
    with hold(home):
        elsewhere = samskap("recount", SAMSKAP_HOME=str(home), SAMSKAP_ENV="production")
        (home / "environment").chmod(0o666)
        writable = samskap("recount", SAMSKAP_HOME=str(home))
    for result in (elsewhere, writable):
        assert result.returncode == 2
        assert "SAMSKAP_DATABASE_URL is not set" in result.stderr
        assert "Using" not in result.stderr


def test_secrets_are_made_once_and_closed_to_others(home: Path) -> None:
    first = make_environment(home, 8000)
    assert make_environment(home, 8000) == first
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
    with tempfile.TemporaryDirectory() as elsewhere:
        assert make_environment(Path(elsewhere), 8000)["SAMSKAP_PEPPERS"] != first["SAMSKAP_PEPPERS"]


def test_the_environment_of_dev_is_readable_settings(home: Path) -> None:
    addresses = {"SAMSKAP_DATABASE_URL": "postgresql:///x", "SAMSKAP_REDIS_URL": "redis://x"}
    settings = read_settings({**make_environment(home, 8000), **addresses})
    assert settings.is_trial
    assert {provider.key for provider in settings.providers} == {"idporten", "entra"}
    assert settings.machine_issuer is not None
    secrets = json.loads((home / "secrets.json").read_text())
    assert settings.peppers == {1: bytes.fromhex(secrets["pepper"])}


class TestMakefile:
    """What `make` says on a machine that is not ready."""

    @staticmethod
    def make(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        shutil.copy(ROOT / "Makefile", folder)
        (folder / "requirements").mkdir()
        (folder / "requirements" / "dev.txt").touch()
        (folder / "pyproject.toml").touch()
        return subprocess.run(
            ["make", "test"],
            cwd=folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @staticmethod
    def fake_python(folder: Path, script: str) -> str:
        tools = folder / "tools"
        tools.mkdir()
        for name in ("python3", "python3.11", "python3.12", "python3.13"):
            path = tools / name
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
        return f"{tools}{os.pathsep}{os.environ['PATH']}"

    def test_a_python_that_is_too_old_is_one_sentence(self, tmp_path: Path) -> None:
        result = self.make(tmp_path, PATH=self.fake_python(tmp_path, "exit 1"))
        assert result.returncode != 0
        assert "Samskap needs Python 3.11 or newer" in result.stderr
        assert "Traceback" not in result.stderr

    def test_a_python_without_venv_names_the_package(self, tmp_path: Path) -> None:
        script = 'case "$*" in *ensurepip*) exit 1;; esac'
        result = self.make(tmp_path, PATH=self.fake_python(tmp_path, script))
        assert result.returncode != 0
        assert "apt install python3-venv" in result.stderr

    def test_make_alone_prints_the_commands(self) -> None:
        result = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
        for target in ("dev", "test", "check", "bench", "lock", "format", "schema", "migrations"):
            assert f"make {target} " in result.stdout


def test_locked_requirements_have_hashes_and_name_no_host() -> None:
    files = sorted((ROOT / "requirements").glob("*.txt"))
    assert {file.stem for file in files} == {"base", "build", "dev", "embedded", "node"}
    for file in files:
        text = file.read_text()
        assert "://" not in text
        assert "--index" not in text
        for requirement in text.split("\n    #")[0].split("\n\n"):
            assert "--hash=sha256:" in requirement


def test_packages_for_browsers_have_hashes_and_name_no_registry() -> None:
    lock = json.loads((ROOT / "web/frontend/package-lock.json").read_text())
    packages = {name: found for name, found in lock["packages"].items() if name}
    assert len(packages) > 100
    for name, found in packages.items():
        assert found["integrity"].startswith("sha512-"), name
        assert "resolved" not in found, name
    expected = lock["packages"][""]
    assert all(
        version[0].isdigit()
        for version in {**expected["dependencies"], **expected["devDependencies"]}.values()
    )
