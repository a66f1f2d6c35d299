"""What the provider can be asked to do wrong, so that a client's checks can be tried.

A fault is asked for by the field `fault` (repeated, or several with spaces between) in the authorization
request or in the form that chooses a person.
"""

from collections.abc import Iterable
from typing import Any

from web.trial.keys import SigningKey, spoil_signature, strip_signature

FAULTS = {
    "no_pid": "Uten fødselsnummer",
    "bare": "Uten fødselsdato og kommune",
    "low_acr": "For lavt sikkerhetsnivå",
    "no_acr": "Uten sikkerhetsnivå",
    "wrong_nonce": "Feil nonce",
    "no_nonce": "Uten nonce",
    "wrong_issuer": "Feil utsteder",
    "wrong_audience": "Feil mottaker",
    "expired": "Utløpt",
    "not_yet": "Utstedt i framtiden",
    "bad_signature": "Ugyldig signatur",
    "unsigned": "Uten signatur",
    "wrong_state": "Feil state i svaret",
    "other_sub": "Userinfo om en annen person",
}
"""Each fault and the words that the page shows for it."""

_STRANGER = "https://stranger.example"
_HOUR = 3600


def read_faults(values: Iterable[str]) -> frozenset[str]:
    """The known faults among `values`; unknown words are left out."""
    return frozenset(word for value in values for word in value.split() if word in FAULTS)


def spoil_claims(claims: dict[str, Any], faults: frozenset[str]) -> dict[str, Any]:
    """`claims` with the asked-for faults in them; times are seconds since 1970."""
    spoiled = dict(claims)
    for name in ("pid", "acr", "nonce"):
        if f"no_{name}" in faults:
            spoiled.pop(name, None)
    if "low_acr" in faults:
        spoiled["acr"] = "idporten-loa-low"
    if "wrong_nonce" in faults:
        spoiled["nonce"] = "a-nonce-nobody-sent"
    if "wrong_issuer" in faults:
        spoiled["iss"] = _STRANGER
    if "wrong_audience" in faults:
        spoiled["aud"] = "another-client"
    return _spoil_times(spoiled, faults)


def _spoil_times(claims: dict[str, Any], faults: frozenset[str]) -> dict[str, Any]:
    if "expired" in faults:
        claims["iat"] -= 2 * _HOUR
        claims["exp"] = claims["iat"] + 60
    if "not_yet" in faults:
        claims["iat"] += 2 * _HOUR
        claims["exp"] = claims["iat"] + 60
    if "nbf" in claims:
        claims["nbf"] = claims["iat"]
    return claims


def sign_with_faults(key: SigningKey, claims: dict[str, Any], faults: frozenset[str]) -> str:
    """A compact JWT of `claims`, spoiled as asked."""
    token = key.sign(spoil_claims(claims, faults))
    if "bad_signature" in faults:
        return spoil_signature(token)
    return strip_signature(token) if "unsigned" in faults else token
