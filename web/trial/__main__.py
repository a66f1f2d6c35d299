"""Serves the trial provider: `python -m web.trial --port 8001 --issuer http://127.0.0.1:8001`.

It refuses to start, with one sentence and exit code 2, unless SAMSKAP_ENV is dev or test.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import uvicorn
from joserfc.jwk import RSAKey
from starlette.applications import Starlette

from web.trial import (
    ClientsError,
    MachineClient,
    PeopleError,
    TrialRefusedError,
    create_trial_provider,
    load_machine_key,
    read_clients,
)
from web.trial.app import is_loopback
from web.trial.maskinporten import TRIAL_ORGANISATION
from web.trial.register import REGISTER_CLIENT, REGISTER_SCOPE

_REFUSED = 2
_MACHINE_KEY = "trial-machine-key.json"


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m web.trial", description="Trial login for dev and tests.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; another one only in dev")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--issuer", default="", help="the address that browsers use, without /idporten")
    parser.add_argument("--clients", default="", help="JSON list; default: SAMSKAP_TRIAL_CLIENTS")
    parser.add_argument("--machine-key", type=Path, help=f"default: {_MACHINE_KEY} in SAMSKAP_HOME")
    parser.add_argument("--machine-client", default="trial-machine")
    parser.add_argument("--machine-organisation", default=TRIAL_ORGANISATION)
    parser.add_argument("--machine-scopes", default="", help="what the scopes it may have begin with")
    return parser.parse_args(argv)


def build(argv: Sequence[str], environ: Mapping[str, str]) -> tuple[Starlette, str, int]:
    """The application, host and port that the command line asks for.

    Raises TrialRefusedError, ClientsError or PeopleError.
    """
    if environ.get("SAMSKAP_ENV") not in ("dev", "test"):
        raise TrialRefusedError("The trial login starts only where SAMSKAP_ENV is dev or test.")
    wish = _arguments(argv)
    # A container is reached from outside its loopback. The issuer's address is still one (or https), so browsers
    # elsewhere get no further than its first page.
    if not is_loopback(wish.host) and environ["SAMSKAP_ENV"] != "dev":
        raise TrialRefusedError("The trial login listens on a loopback address, and on others only in dev.")
    clients = read_clients(wish.clients or environ.get("SAMSKAP_TRIAL_CLIENTS", ""))
    home = Path(environ.get("SAMSKAP_HOME") or ".samskap")
    key = load_machine_key(wish.machine_key or home / _MACHINE_KEY)
    machine = MachineClient(
        client_id=wish.machine_client,
        organisation=wish.machine_organisation,
        public_key=RSAKey.import_key(key.as_dict(private=False)),
        scope_prefix=wish.machine_scopes,
    )
    # The same key: both are ours, and what each may ask for is up to its client.
    register = replace(machine, client_id=REGISTER_CLIENT, scope_prefix=REGISTER_SCOPE)
    app = create_trial_provider(
        clients, wish.issuer or f"http://{wish.host}:{wish.port}", machines=[machine, register]
    )
    return app, wish.host, wish.port


def main() -> int:
    """Serve until told to stop; the exit code."""
    try:
        app, host, port = build(sys.argv[1:], os.environ)
    except (TrialRefusedError, ClientsError, PeopleError) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return _REFUSED
    # Addresses hold codes and states, so requests are not logged.
    uvicorn.run(app, host=host, port=port, log_level="info", access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
