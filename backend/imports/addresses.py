"""Where files are sent in, and where a browser goes from there."""

UPLOAD_PATH = "/import/opplasting"


def upload_page_path(upload_id: str) -> str:
    """The page that asks what to do with a file; `upload_id` is the API's id."""
    return f"/import?fil={upload_id}"
