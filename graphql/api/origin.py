"""Where a browser's request comes from, in its own words: Fetch Metadata first, then the origin.

Sec-Fetch-Site is sent by every current browser and cannot be forged by a page. Older ones send Origin.
"""

from collections.abc import Callable


def is_own_site(header: Callable[[str], str | None], base_url: str) -> bool | None:
    """Whether a page of ours sent it, or the person themselves; None where the request does not say.

    `header` gives a header by its lower-case name.
    """
    site, origin = header("sec-fetch-site"), header("origin")
    if site is not None:
        # A browser says "none" of what the person did themselves; a request with an origin was made by a page.
        return site == "same-origin" or (site == "none" and origin in (None, base_url))
    return None if origin is None else origin == base_url
