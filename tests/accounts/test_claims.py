"""What a login provider says of a person's address is held to the rule that forms have."""

import pytest

from backend.accounts.claims import read_claims
from backend.platform.settings import ProviderSettings

ENTRA = ProviderSettings("entra", "entra", "https://login.example.no", "client", "secret")


def _email(**claims: str) -> str | None:
    return read_claims(ENTRA, {"sub": "s", **claims}).email


@pytest.mark.parametrize("address", ["kari@example.no", "a@blåbær.no", "k.n+x@post.example.no"])
def test_an_address_is_taken(address: str) -> None:
    assert _email(email=address) == address


@pytest.mark.parametrize(
    "written",
    ["a..b@example.no", ".a@example.no", "a@b..no", "@", "kari@", "a@no", "a@b.no\nBcc: c@d.no", "a b@c.no"],
)
def test_what_no_mail_server_takes_is_not(written: str) -> None:
    assert _email(email=written) is None


def test_the_other_claim_is_taken_where_the_first_is_no_address() -> None:
    assert _email(email="kari..n@example.no", preferred_username="kari@example.no") == "kari@example.no"
    assert _email(preferred_username="kari") is None
