"""A real Chromium: the one that CHROMIUM names, else the machine's own."""

import os
import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Without these it asks hosts of its maker's at every start; the last keeps text alike on every screen.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]


def find_chromium() -> str:
    """The program; raises LookupError, saying what to do."""
    for name in (os.environ.get("CHROMIUM", ""), *_NAMES):
        if name and (found := shutil.which(name)):
            return found
    raise LookupError(
        "There is no Chromium here: install it (on Debian and Ubuntu: apt install chromium), "
        "or name one in CHROMIUM."
    )


if __name__ == "__main__":
    try:
        print(find_chromium())
    except LookupError as error:
        raise SystemExit(str(error)) from None
