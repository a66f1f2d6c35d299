"""A stand-in for the National Population Register: where the synthetic people live, for those with a token for it.

As documented at https://skatteetaten.github.io/folkeregisteret-api-dokumentasjon/oppslag, and no more than its
bulk look-up.
"""

from collections.abc import Callable, Iterable
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from web.trial.keys import ALGORITHM, SigningKey
from web.trial.people import Person

REGISTER_SCOPE = "folkeregister:deling/offentligmedhjemmel"
REGISTER_CLIENT = "trial-register"
"""As whom this site asks for tokens to the register, where the trial login is started as a program."""
_MOST_NUMBERS = 1000


class TrialRegister:
    """The look-up at `url`, of people whom the trial login knows."""

    def __init__(self, people: Iterable[Person], key: SigningKey, clock: Callable[[], float]) -> None:
        self._people = {
            number: person for person in people if (number := person.national_identity_number) is not None
        }
        self._key = key
        self._clock = clock
        self.protected: set[str] = set()
        """Keys of people whose address is kept from others, for tests."""

    @property
    def routes(self) -> list[Route]:
        """The routes, below the register's own path."""
        return [Route("/v1/personer/bulkoppslag/", self._look_up, methods=["POST"])]

    async def _look_up(self, request: Request) -> Response:
        if not self._is_allowed(request.headers.get("authorization", "")):
            return JSONResponse({"kode": "FREG-004", "melding": "Autentiseringsinformasjon mangler"}, 401)
        numbers = (await request.json()).get("foedselsEllerDNummer")
        if not isinstance(numbers, list) or not 0 < len(numbers) <= _MOST_NUMBERS:
            return JSONResponse({"kode": "FREG-005", "melding": "Ugyldig forespørsel"}, 400)
        return JSONResponse({"oppslag": [self._person(str(number)) for number in numbers]})

    def _is_allowed(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        try:
            claims = jwt.decode(token, self._key.key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            return False
        return claims.get("exp", 0) > self._clock() and REGISTER_SCOPE in str(claims.get("scope")).split()

    def _person(self, number: str) -> dict[str, Any]:
        person = self._people.get(number)
        if person is None or not person.municipality_number:
            return {"foedselsEllerDNummer": number, "folkeregisterperson": {}}
        address = {
            "erGjeldende": True,
            "adressegradering": "strengtFortrolig" if person.key in self.protected else "ugradert",
            "vegadresse": {"kommunenummer": person.municipality_number, "adressenavn": "Prøveveien"},
        }
        return {"foedselsEllerDNummer": number, "folkeregisterperson": {"bostedsadresse": [address]}}
