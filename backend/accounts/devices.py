"""Which browser a session belongs to, in a few words that its owner recognises and many share."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_label(user_agent: str | None) -> str | None:
    """`Firefox, Windows` and the like, from a User-Agent header; None when neither part is known."""
    given = user_agent or ""
    parts = [next((label for mark, label in kind if mark in given), None) for kind in (_BROWSERS, _SYSTEMS)]
    return ", ".join(part for part in parts if part) or None
