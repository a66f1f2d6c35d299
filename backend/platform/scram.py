"""A password as PostgreSQL stores it (RFC 5803), so that the password itself is in no statement and no server's log."""

import hashlib
import hmac
import secrets
from base64 import b64encode

_ITERATIONS = 4096


def scram_verifier(password: str) -> str:
    """What `PASSWORD` takes instead of the password. It is to be plain ASCII, where SASLprep changes nothing.

    Raises ValueError for another one.
    """
    if not password.isascii() or not password.isprintable():
        raise ValueError("a password of the database has printable ASCII letters only")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    server = hmac.digest(salted, b"Server Key", "sha256")
    stored = hashlib.sha256(client).digest()
    return f"SCRAM-SHA-256${_ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _text(value: bytes) -> str:
    return b64encode(value).decode()
