"""Finding an address on the map by Kartverket's open service (`address_search_url`), or by another that answers alike.

It is asked from here, so the service never meets the person who looks for an address.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from backend.platform.errors import Unavailable
from backend.platform.i18n import N_
from backend.platform.settings import Settings

NO_SERVICE = N_(
    "Adressesøk er ikke satt opp her. Velg et sted i listen eller på kartet, eller gå videre uten."
)
_SILENT = N_(
    "Adressesøket svarer ikke akkurat nå. Velg et sted i listen eller på kartet, eller gå videre uten."
)
_SECONDS = 3.0
_MOST_HITS = 8
_MAX_TEXT = 200
_MAX_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Address:
    """An address and its point, WGS84 degrees."""

    label: str
    longitude: float
    latitude: float

    @property
    def value(self) -> str:
        """What a form sends for it."""
        return f"{self.longitude:.6f},{self.latitude:.6f}"


async def find_addresses(settings: Settings, text: str) -> list[Address]:
    """Addresses in the municipality that fit the text, at most 8. Raises Unavailable within 3 seconds."""
    if not settings.address_search_url:
        raise Unavailable("address_search_off", NO_SERVICE)
    parameters = {
        "sok": text[:_MAX_TEXT],
        "fuzzy": "true",
        "kommunenummer": f"{settings.municipality:04d}",
        "treffPerSide": str(_MOST_HITS),
        "utkoordsys": "4326",
    }
    try:
        async with asyncio.timeout(_SECONDS):
            return list(_hits(await _fetched(settings.address_search_url, parameters)))[:_MOST_HITS]
    except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError):
        raise Unavailable("address_search_silent", _SILENT) from None


async def _fetched(url: str, parameters: dict[str, str]) -> Any:
    body = bytearray()
    async with (
        httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False) as http,
        http.stream("GET", url, params=parameters) as answer,
    ):
        answer.raise_for_status()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > _MAX_BYTES:
                raise ValueError("the answer is too long")
    return json.loads(body)


def _hits(answer: Any) -> Iterator[Address]:
    for each in answer["adresser"]:
        point = each["representasjonspunkt"]
        town = f"{each.get('postnummer') or ''} {str(each.get('poststed') or '').title()}".strip()
        label = ", ".join(part for part in (str(each["adressetekst"]), town) if part)
        yield Address(label, float(point["lon"]), float(point["lat"]))
