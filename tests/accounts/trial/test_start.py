"""Who the synthetic people are, and where the provider may run."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from tests.accounts.trial.support import PEOPLE, clients, listening
from web.trial import (
    ClientsError,
    PeopleError,
    TrialRefusedError,
    create_trial_provider,
    load_people,
    read_clients,
)
from web.trial.people import read_person, synthetic_identity_number


def test_seed_people_have_valid_synthetic_numbers() -> None:
    people = load_people()
    numbers = [person.national_identity_number for person in people if person.serial is not None]
    assert len(set(numbers)) == len(numbers) > 0
    for number in numbers:
        assert number is not None
        digits = [int(digit) for digit in number]
        assert 81 <= int(number[2:4]) <= 92
        assert sum(d * w for d, w in zip(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), strict=False)) % 11 == 0
        assert sum(d * w for d, w in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0
    assert {person.kind for person in people} == {"resident", "employee"}


@pytest.mark.parametrize("serial", [500, 750, 899])
def test_serial_must_suit_the_century(serial: int) -> None:
    with pytest.raises(PeopleError, match="does not suit"):
        synthetic_identity_number(date(1984, 3, 17), serial)


def test_serial_without_check_digits_is_shown_of() -> None:
    refused = 0
    for serial in range(100):
        try:
            assert len(synthetic_identity_number(date(1984, 3, 17), serial)) == 11
        except PeopleError:
            refused += 1
    assert 0 < refused < 50
    with pytest.raises(PeopleError, match="'per'"):
        read_person({"key": "per", "name": "Per", "birth_date": "1984-03-17", "serial": 800})


def test_person_with_municipality_as_an_object() -> None:
    person = read_person({"key": "a", "name": "A", "municipality": {"number": 301, "name": "Oslo"}})
    assert (person.municipality_number, person.municipality_name) == ("0301", "Oslo")


@pytest.mark.parametrize("env", ["production", "", "Dev"])
def test_it_does_not_start_outside_dev_and_test(env: str, tmp_path: Path) -> None:
    environ = {**os.environ, "SAMSKAP_ENV": env, "SAMSKAP_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "web.trial", "--port", "0"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == "The trial login starts only where SAMSKAP_ENV is dev or test.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--host", "0.0.0.0"], "loopback"),
        (["--issuer", "http://login.example"], "https"),
        (["--clients", "{"], "not JSON"),
        (["--clients", '[{"issuer": "google"}]'], "idporten or entra"),
    ],
)
def test_it_does_not_start_with_unsafe_arguments(arguments: list[str], message: str, tmp_path: Path) -> None:
    environ = {**os.environ, "SAMSKAP_ENV": "test", "SAMSKAP_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "web.trial", *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_it_starts_in_dev_and_keeps_the_machine_key_private(tmp_path: Path) -> None:
    bound, base = listening()
    bound.close()
    environ = {
        **os.environ,
        "SAMSKAP_ENV": "dev",
        "SAMSKAP_HOME": str(tmp_path / "home"),
        "SAMSKAP_TRIAL_CLIENTS": json.dumps(clients("http://127.0.0.1:9/")),
    }
    port = base.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "web.trial", "--port", port, "--issuer", f"{base}/"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    try:
        assert answers(f"{base}/health") == 204
        metadata = httpx.get(f"{base}/idporten/.well-known/openid-configuration", trust_env=False).json()
        assert metadata["issuer"] == f"{base}/idporten"
        key = tmp_path / "home" / "trial-machine-key.json"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert RSAKey.import_key(json.loads(key.read_text())).is_private
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def answers(address: str) -> int:
    for _ in range(200):
        try:
            return httpx.get(address, trust_env=False).status_code
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("it never answered")


def test_it_cannot_be_made_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSKAP_ENV", "production")
    with pytest.raises(TrialRefusedError, match="production"):
        create_trial_provider([], "http://127.0.0.1:1", PEOPLE)


@pytest.mark.parametrize(
    "entries",
    [
        [{"client_id": "a", "issuer": "entra"}],
        [{"client_id": "a", "client_secret": "", "redirect_uris": ["x"], "issuer": "entra"}],
        [{"client_id": "a", "client_secret": "b", "redirect_uris": [], "issuer": "entra"}],
        [{"client_id": "a", "client_secret": "b", "redirect_uris": ["x"], "issuer": "entra", "odd": 1}],
        [{"client_id": "a", "client_secret": "b", "redirect_uris": ["x"], "issuer": "entra"}] * 2,
        ["a"],
        "{}",
    ],
)
def test_unusable_clients_are_shown_of(entries: Any) -> None:
    with pytest.raises(ClientsError):
        read_clients(entries)
