"""A person's browser on their own pages, and the jobs that they wait for."""

from dataclasses import dataclass
from typing import Any

import httpx

from backend.platform.authz import Actor
from backend.platform.database import fetch
from tests.fixtures.server import Served
from workers.__main__ import load_jobs
from workers.job import run_row

OURS = {"sec-fetch-site": "same-origin"}


@dataclass
class Browser:
    """Somebody who has logged in; every form is sent from a page of ours."""

    served: Served
    actor: Actor

    async def get(self, tail: str, **headers: str) -> httpx.Response:
        """The page at `/nb/min-side{tail}`."""
        return await self.served.http.get(f"/nb/min-side{tail}", headers=headers)

    async def post(self, tail: str, headers: dict[str, str] = OURS, **fields: Any) -> httpx.Response:
        """The answer to a form."""
        return await self.served.http.post(
            f"/nb/min-side{tail}", data={"csrf": "", **fields}, headers=headers
        )

    def log_out(self) -> None:
        """The session has ended: the browser shows nothing any more."""
        self.served.http.cookies.clear()


async def run_jobs(*names: str) -> None:
    """Do the jobs of these names until none is left."""
    load_jobs()
    while rows := await fetch(
        "SELECT id FROM outbox WHERE done_at IS NULL AND failed_at IS NULL AND job = ANY($1) ORDER BY id",
        list(names),
    ):
        for row in rows:
            await run_row(row["id"])
