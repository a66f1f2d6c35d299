"""The trial provider over HTTP, with a client's real back-channel endpoint beside it."""

from collections.abc import Iterator

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.routing import Route

from tests.accounts.trial.support import (
    MACHINE_KEY,
    PEOPLE,
    Clock,
    Flow,
    Provider,
    Receiver,
    clients,
    listening,
    served,
)
from web.trial import (
    MachineClient,
    create_trial_provider,
)


@pytest.fixture(scope="package")
def provider() -> Iterator[Provider]:
    clock = Clock()
    bound, base = listening()
    receiving, address = listening()
    receiver = Receiver(f"{address}/bakkanal")
    machine = MachineClient(
        "maskin", "310000426", RSAKey.import_key(MACHINE_KEY.as_dict(private=False)), "sam:"
    )
    app = create_trial_provider(clients(receiver.address), base, PEOPLE, machines=[machine], clock=clock)
    receiving_app = Starlette(routes=[Route("/bakkanal", receiver.receive, methods=["POST"])])
    with served(app, bound), served(receiving_app, receiving):
        yield Provider(base, clock, receiver, app)


@pytest.fixture
def browser(provider: Provider) -> Iterator[httpx.Client]:
    provider.receiver.tokens.clear()
    provider.receiver.status = 200
    with httpx.Client(trust_env=False) as client:
        yield client
    provider.clock.ahead = 0


@pytest.fixture
def flow(provider: Provider, browser: httpx.Client) -> Flow:
    return Flow(browser, provider.idporten)
