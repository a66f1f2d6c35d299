"""The `samskap` command as people run it: a process of its own, against this test's database."""

import asyncio
import os
import sys
from pathlib import Path

from backend.platform.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]


async def start(
    settings: Settings, *arguments: str, stdout: int = asyncio.subprocess.PIPE, **environment: str
) -> asyncio.subprocess.Process:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SAMSKAP_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ops.cli",
        *arguments,
        cwd=_ROOT,
        env={
            **inherited,
            "PYTHONPATH": os.pathsep.join([str(_ROOT), str(_ROOT / "graphql")]),
            "SAMSKAP_ENV": "test",
            "SAMSKAP_DATABASE_URL": settings.database_url,
            "SAMSKAP_DATABASE_OWNER_URL": settings.database_owner_url,
            "SAMSKAP_REDIS_URL": settings.redis_url,
            "SAMSKAP_PEPPERS": "1:" + "00" * 32,
            **environment,
        },
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
    )


async def samskap(settings: Settings, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, output and error output."""
    process = await start(settings, *arguments, **environment)
    output, errors = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()
