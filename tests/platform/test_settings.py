"""Reading the environment: what is missing, unknown or malformed is told by name, and its value never."""

import json
from pathlib import Path

import pytest

from backend.platform.settings import Settings, SettingsError, read_settings

_SECRET = "hemmelig-0f3c"
_NEEDED = {
    "SAMSKAP_ENV": "dev",
    "SAMSKAP_DATABASE_URL": "postgresql://app:pw@db/samskap",
    "SAMSKAP_REDIS_URL": "redis://redis",
    "SAMSKAP_PEPPERS": "1:" + "0a" * 32,
}
_PROVIDER = {
    "key": "idporten",
    "profile": "idporten",
    "issuer": "https://id.example",
    "client_id": "samskap",
    "client_secret": _SECRET,
    "acr": ["idporten-loa-high"],
}
_PRODUCTION = {
    **_NEEDED,
    "SAMSKAP_ENV": "production",
    "SAMSKAP_BASE_URL": "https://samskap.example",
    "SAMSKAP_PROVIDERS": json.dumps([_PROVIDER]),
    "SAMSKAP_SMTP_URL": "smtp://mail",
    "SAMSKAP_CONTACT_EMAIL": "samskap@example.org",
}


def test_values_are_read_in_their_types() -> None:
    settings = read_settings(
        _NEEDED
        | {
            "SAMSKAP_PORT": "8080",
            "SAMSKAP_HOME": "/data",
            "SAMSKAP_OPERATION_TIMEOUT": "2.5",
            "SAMSKAP_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2 ,",
            "SAMSKAP_RATE_LIMITS": '{"login": "5/minute"}',
            "SAMSKAP_PEPPERS": f"1:{'0a' * 32},2:{'0b' * 32}",
        }
    )
    assert settings.port == 8080
    assert settings.home == Path("/data")
    assert settings.operation_timeout == 2.5
    assert settings.trusted_proxies == ("10.0.0.1/32", "10.0.0.2/32")
    assert settings.rate_limits == {"login": "5/minute"}
    assert settings.peppers == {1: b"\n" * 32, 2: b"\x0b" * 32}
    assert settings.is_trial


def test_public_contacts_are_read_in_one_form() -> None:
    written = "67 50 40 50, +47 22 33 44 55,0047 22334466,Post@Example.no,@kommune.example.no"
    assert read_settings(_NEEDED | {"SAMSKAP_PUBLIC_CONTACTS": written}).public_contacts == (
        "67504050",
        "22334455",
        "22334466",
        "post@example.no",
        "@kommune.example.no",
    )


def test_production_is_the_default_and_no_trial() -> None:
    settings = read_settings({name: value for name, value in _PRODUCTION.items() if name != "SAMSKAP_ENV"})
    assert settings.env == "production"
    assert not settings.is_trial
    assert settings.providers[0].acr == ("idporten-loa-high",)


def test_other_variables_are_nobodys_business() -> None:
    assert read_settings(_NEEDED | {"PATH": "/bin", "SAMSKAPET": "x"}) == read_settings(_NEEDED)


def test_an_empty_variable_is_as_if_not_set() -> None:
    assert read_settings(_NEEDED | {"SAMSKAP_PORT": ""}).port == 8000
    with pytest.raises(SettingsError, match="SAMSKAP_PEPPERS is not set"):
        read_settings(_NEEDED | {"SAMSKAP_PEPPERS": ""})


def test_a_name_that_is_no_setting_is_shown() -> None:
    with pytest.raises(SettingsError, match="SAMSKAP_DATABSE_URL is not a setting"):
        read_settings(_NEEDED | {"SAMSKAP_DATABSE_URL": _SECRET})


@pytest.mark.parametrize("name", sorted(set(_PRODUCTION) - {"SAMSKAP_ENV"}))
def test_production_guesses_no_secret_and_no_address(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        read_settings({key: value for key, value in _PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", _SECRET),
        ("PORT", "8000.5"),
        ("OPERATION_TIMEOUT", _SECRET),
        ("ENV", _SECRET),
        ("PEPPERS", _SECRET),
        ("PEPPERS", f"1:{_SECRET}"),
        ("PEPPERS", f"{_SECRET}:{'0a' * 32}"),
        ("PEPPERS", "1:" + "0a" * 31),
        ("PROVIDERS", f'[{{"key": "{_SECRET}"'),
        ("PROVIDERS", json.dumps([{**_PROVIDER, "colour": _SECRET}])),
        ("PROVIDERS", json.dumps([{"client_secret": _SECRET}])),
        ("PROVIDERS", json.dumps(_SECRET)),
        ("PROVIDERS", json.dumps([_SECRET])),
        ("PROVIDERS", json.dumps({_SECRET: 1})),
        ("PROVIDERS", json.dumps([{**_PROVIDER, "acr": 7}])),
        ("PROVIDERS", json.dumps([{**_PROVIDER, "profile": _SECRET}])),
        ("MACHINE_ISSUER", json.dumps({"issuer": _SECRET})),
        ("MACHINE_ISSUER", json.dumps([_SECRET])),
        ("RATE_LIMITS", _SECRET),
        ("PUBLIC_CONTACTS", f"67504050,{_SECRET}"),
        ("PUBLIC_CONTACTS", "6750405"),
        ("RATE_LIMITS", json.dumps([_SECRET])),
    ],
)
def test_what_is_malformed_is_shown_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(_NEEDED | {f"SAMSKAP_{name}": value})
    message = str(raised.value)
    assert message.startswith(f"SAMSKAP_{name} could not be read")
    assert value not in message
    assert _SECRET not in message
    # A traceback would show the chain too.
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_secrets_are_not_printed() -> None:
    settings = read_settings(
        _PRODUCTION
        | {
            "SAMSKAP_DATABASE_URL": f"postgresql://app:{_SECRET}@db/samskap",
            "SAMSKAP_REDIS_URL": f"redis://:{_SECRET}@redis",
            "SAMSKAP_SMTP_URL": f"smtp://post:{_SECRET}@mail",
            "SAMSKAP_PEPPERS": "1:" + _SECRET.encode().hex() + "00" * 32,
        }
    )
    assert _SECRET not in repr(settings)
    assert _SECRET not in repr(settings.providers)


def test_settings_cannot_be_changed() -> None:
    settings = Settings()
    with pytest.raises(AttributeError):
        settings.port = 1  # type: ignore[misc]
