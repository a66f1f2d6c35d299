"""A database with the demo content, filled once for all tests that only look."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from backend.platform.settings import ProviderSettings, Settings
from ops.demo.seeding import Seeded, seed_demo
from tests.fixtures.databases import open_clone

PROVIDERS = (
    ProviderSettings("idporten", "idporten", "http://id.test", "resident", "x"),
    ProviderSettings(
        "entra",
        "entra",
        "http://entra.test",
        "employee",
        "x",
        group_roles={"samskap-saksbehandler": "planner", "samskap-moderator": "moderator"},
    ),
)


@pytest.fixture
async def empty(services: Settings) -> AsyncIterator[Settings]:
    """Topics and places, two providers to log in at, and no demo content yet."""
    async with open_clone(services) as settings:
        yield replace(settings, providers=PROVIDERS)


@pytest.fixture(scope="module")
async def demo(services: Settings) -> AsyncIterator[Settings]:
    """The demo content."""
    async with open_clone(services) as settings:
        filled = replace(settings, providers=PROVIDERS)
        assert isinstance(await seed_demo(filled), Seeded)
        yield filled
