"""The settings of `samskap dev`: secrets made once and kept in the home folder, addresses on this machine."""

import json
import os
import secrets
import shlex
from pathlib import Path

from joserfc.jwk import RSAKey

from backend.accounts.addresses import back_logout_path, callback_path, front_logout_path
from backend.platform.authz import Role
from backend.platform.settings import get_settings

_SECRETS = ("pepper", "idporten", "entra")


def make_environment(home: Path, port: int) -> dict[str, str]:
    """The SAMSKAP_ variables that are the same for every program, all but the servers' addresses."""
    stored = _stored_secrets(home / "secrets.json")
    mail = home / "mail"
    mail.mkdir(mode=0o700, exist_ok=True)
    base, trial = f"http://localhost:{port}", trial_address(port)
    return {
        "SAMSKAP_ENV": "dev",
        "SAMSKAP_HOME": str(home),
        "SAMSKAP_PORT": str(port),
        "SAMSKAP_METRICS_PORT": str(port + 2),
        "SAMSKAP_DRAIN_SECONDS": "0",
        "SAMSKAP_BASE_URL": base,
        "SAMSKAP_MAIL_DIR": str(mail),
        "SAMSKAP_PEPPERS": f"1:{stored['pepper']}",
        "SAMSKAP_PROVIDERS": json.dumps(_providers(trial, stored)),
        "SAMSKAP_POPULATION_REGISTER": json.dumps(
            {
                "url": f"{trial}/folkeregister/v1",
                "issuer": f"{trial}/maskinporten",
                "token_url": f"{trial}/maskinporten/token",
                "client_id": "trial-register",
                "key": _machine_key(home / "trial-machine-key.json"),
            }
        ),
        "SAMSKAP_MACHINE_ISSUER": json.dumps(
            {
                "issuer": f"{trial}/maskinporten",
                "audience": base,
                "jwks_uri": f"{trial}/maskinporten/jwk",
            }
        ),
    }


def keep_environment(home: Path) -> None:
    """Write this process's SAMSKAP_ variables to `home`/environment, for other commands: `. .samskap/environment`."""
    ours = sorted((name, value) for name, value in os.environ.items() if name.startswith("SAMSKAP_"))
    _write_private(
        home / "environment", "".join(f"export {name}={shlex.quote(value)}\n" for name, value in ours)
    )


def trial_address(port: int) -> str:
    """Where the trial login is: another site than `localhost` to a browser, as the real ones are."""
    return f"http://127.0.0.1:{port + 1}"


def trial_clients() -> str:
    """What the trial login must know of us, as its JSON list."""
    settings = get_settings()
    return json.dumps(
        [
            {
                "issuer": provider.profile,
                "client_id": provider.client_id,
                "client_secret": provider.client_secret,
                "redirect_uris": [settings.base_url + callback_path(provider.key)],
                "post_logout_redirect_uris": [f"{settings.base_url}/"],
                "frontchannel_logout_uri": settings.base_url + front_logout_path(provider.key),
                "backchannel_logout_uri": settings.base_url + back_logout_path(provider.key),
            }
            for provider in settings.providers
        ]
    )


def _providers(trial: str, stored: dict[str, str]) -> list[dict[str, object]]:
    return [
        {
            "key": "idporten",
            "profile": "idporten",
            "issuer": f"{trial}/idporten",
            "client_id": "samskap-innbygger",
            "client_secret": stored["idporten"],
            "title": "ID-porten (prøve)",
            "acr": ["idporten-loa-substantial", "idporten-loa-high"],
        },
        {
            "key": "entra",
            "profile": "entra",
            "issuer": f"{trial}/entra",
            "client_id": "samskap-ansatt",
            "client_secret": stored["entra"],
            "title": "Ansatt i kommunen (prøve)",
            "group_roles": {
                "samskap-saksbehandler": Role.PLANNER,
                "samskap-moderator": Role.MODERATOR,
                "samskap-admin": Role.ADMIN,
            },
        },
    ]


def _machine_key(path: Path) -> dict[str, object]:
    """The private key of our clients at the trial Maskinporten, as a JWK; the trial login reads the same file."""
    if not path.exists():
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True)
        _write_private(path, json.dumps(key.as_dict(private=True)))
    return dict(json.loads(path.read_text()))


def _stored_secrets(path: Path) -> dict[str, str]:
    if path.exists():
        return dict(json.loads(path.read_text()))
    made = {name: secrets.token_hex(32) for name in _SECRETS}
    _write_private(path, json.dumps(made, indent=2))
    return made


def _write_private(path: Path, text: str) -> None:
    # Written beside and renamed: half a file would lose the pepper, and with it everybody's account.
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.rename(path)
