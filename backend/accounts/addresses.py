"""Where login, logout and one's own pages live on this site, and which addresses one may be sent back to.

The paths are what is registered with each provider and written in mails, so they are decided here, below the
floor that serves them.
"""

import re

from backend.platform.settings import Settings

MAX_RETURN = 4000
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


def login_path(provider: str) -> str:
    """Where a login with this provider begins."""
    return f"/login/{provider}"


def callback_path(provider: str) -> str:
    """Where the provider sends the browser with its answer (`redirect_uri`)."""
    return f"/login/{provider}/callback"


def bind_path(provider: str) -> str:
    """Where a login begins that binds one's other account to the one that is logged in."""
    return f"/login/{provider}/bind"


def front_logout_path(provider: str) -> str:
    """What the provider loads in a frame when its session ends (`frontchannel_logout_uri`)."""
    return f"/logout/front/{provider}"


def back_logout_path(provider: str) -> str:
    """What the provider posts a logout token to (`backchannel_logout_uri`)."""
    return f"/logout/back/{provider}"


def my_data_path(request_id: str) -> str:
    """Where a finished export of one's data is fetched; `request_id` is the API's id."""
    return f"/min-side/data/{request_id}"


def email_path(secret: str) -> str:
    """Where the link in a letter leads that asks whether an address is one's own."""
    return f"/min-side/epost/{secret}"


def way_out_path(token: str) -> str:
    """Where the link in a notification's mail leads by which such mails are stopped without a login."""
    return f"/varsler/av/{token}"


def callback_address(settings: Settings, provider: str) -> str:
    """The full `redirect_uri`, as registered."""
    return f"{settings.base_url}{callback_path(provider)}"


def local_path(target: str | None) -> str:
    """`target` when it is a path on this site that is safe to go to after login, else `/`.

    Two slashes, and a backslash that browsers read as one, begin another site's address.
    """
    if not target or len(target) > MAX_RETURN or _CONTROL.search(target):
        return "/"
    if not target.startswith("/") or target.startswith("//"):
        return "/"
    if target.split("?")[0].split("/")[1] in ("login", "logout"):
        return "/"
    return target
