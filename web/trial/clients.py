"""The clients this provider knows, given at the start."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from secrets import compare_digest
from typing import Any, Literal, cast

IssuerName = Literal["idporten", "entra"]


class ClientsError(Exception):
    """The list of clients cannot be used; the message is one clear sentence."""


@dataclass(frozen=True, slots=True)
class TrialClient:
    """One registered client of one issuer.

    The `check_*` and `get_*` methods are what Authlib asks of a client. Addresses match exactly.
    """

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    issuer: IssuerName
    post_logout_redirect_uris: tuple[str, ...] = ()
    frontchannel_logout_uri: str = ""
    backchannel_logout_uri: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email", "no_pid")

    @property
    def client_metadata(self) -> dict[str, Any]:
        """What Authlib's logout endpoint reads."""
        return {"post_logout_redirect_uris": self.post_logout_redirect_uris}

    def get_client_id(self) -> str:
        """The client's name in the protocol."""
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """None: OpenID Connect wants the address in every request."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The granted scope, or None (refused) unless it holds `openid` and nothing unknown."""
        requested = (scope or "").split()
        return " ".join(requested) if "openid" in requested and set(requested) <= set(self.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether the address is registered, letter by letter."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether the secret is right, in constant time."""
        return compare_digest(self.client_secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Both ways to send the secret are open to everybody."""
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        """Only the code flow."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Only the code flow, and no refresh tokens."""
        return grant_type == "authorization_code"


def _read_client(entry: Mapping[str, Any]) -> TrialClient:
    known = {field.name for field in fields(TrialClient)}
    if unknown := set(entry) - known:
        raise ClientsError(f"A client has fields that are not known: {', '.join(sorted(unknown))}.")
    if entry.get("issuer") not in ("idporten", "entra"):
        raise ClientsError("A client's issuer is idporten or entra.")
    lists = {name: tuple(value) for name, value in entry.items() if isinstance(value, list)}
    texts = {name: value or "" for name, value in entry.items() if name not in lists}
    try:
        client = TrialClient(**cast(dict[str, Any], {**texts, **lists}))
    except TypeError as error:
        raise ClientsError(f"A client lacks a field: {error}.") from None
    if not client.client_id or not client.client_secret or not client.redirect_uris:
        raise ClientsError("A client needs client_id, client_secret and redirect_uris.")
    return client


def read_clients(entries: str | Iterable[Mapping[str, Any]]) -> tuple[TrialClient, ...]:
    """The clients of a JSON text or of its parsed list. Raises ClientsError."""
    if isinstance(entries, str):
        try:
            entries = json.loads(entries or "[]")
        except ValueError:
            raise ClientsError("The list of clients is not JSON.") from None
    if not isinstance(entries, list | tuple) or not all(isinstance(entry, Mapping) for entry in entries):
        raise ClientsError("The clients are a list of objects.")
    clients = tuple(_read_client(entry) for entry in entries)
    if len({(client.issuer, client.client_id) for client in clients}) != len(clients):
        raise ClientsError("Two clients of one issuer have the same client_id.")
    return clients
