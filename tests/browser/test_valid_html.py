"""The pages are valid HTML, as html-validate reads the standard."""

import asyncio
import json
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

from tests.browser.states import STATES
from web.build import FRONTEND, PACKAGES, find_node

_RULES = {
    "extends": ["html-validate:standard"],
    "rules": {
        # Ours are written by hand and read by people.
        "no-inline-style": "error",
        "long-title": "off",
        # A table's or list's own classes are Designsystemet's.
        "no-redundant-role": "off",
    },
}


async def test_every_page_is_valid_html(visit: Any, tmp_path: Path) -> None:
    for who in {state.who for state in STATES}:
        async with visit(who, javascript=False) as visitor:
            for state in STATES:
                if state.who == who:
                    response = await visitor.page.request.get(visitor.site.url + state.path)
                    (tmp_path / f"{state.name}.html").write_text(await response.text())
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps({"root": True, **_RULES}))
    program = PACKAGES / "html-validate" / "bin" / "html-validate.mjs"
    done = await asyncio.create_subprocess_exec(
        find_node(),
        str(program),
        "--formatter",
        "text",
        str(tmp_path),
        cwd=FRONTEND,
        stdout=PIPE,
        stderr=STDOUT,
    )
    said, _ = await done.communicate()
    assert done.returncode == 0, said.decode()
