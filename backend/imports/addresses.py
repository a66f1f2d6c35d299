"""Where files are sent in, and where a browser goes from there."""

UPLOAD_PATH = "/import/opplasting"
SAMPLE_PATH = "/import/eksempel.csv"


def upload_page_path(language: str) -> str:
    """The page that asks what to do with a file; `?fil=` has its number."""
    return f"/{language}/saksbehandling/import"
