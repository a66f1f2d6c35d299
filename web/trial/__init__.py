"""A real OpenID Connect provider for development and tests, with synthetic people and no passwords.

It checks what ID-porten, Entra ID and Maskinporten check, so that a client that works here has proved
something. It never runs in production.
"""

from web.trial.app import Trial, TrialRefusedError, create_trial_provider
from web.trial.clients import ClientsError, TrialClient, read_clients
from web.trial.maskinporten import MachineClient, load_machine_key
from web.trial.people import PeopleError, Person, load_people

__all__ = [
    "ClientsError",
    "MachineClient",
    "PeopleError",
    "Person",
    "Trial",
    "TrialClient",
    "TrialRefusedError",
    "create_trial_provider",
    "load_machine_key",
    "load_people",
    "read_clients",
]
