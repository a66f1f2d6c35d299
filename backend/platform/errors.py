"""The tree of refusals.

    DomainError
    ├── Invalid             400  what was sent cannot be used
    │   └── PersonalData    400  it holds personal data; `field`, `start`, `end` say where
    ├── Unauthenticated     401  log in first
    ├── Forbidden           403  a rule says no; `code` says which
    ├── NotFound            404  it is not there, or you may not know of it
    ├── Conflict            409  it has changed, or was done already
    ├── LimitExceeded       429  `limit` and `figure` say which bound was passed
    └── Unavailable         503  a part that this needs does not answer

`code` is stable and for machines; `message` is the gettext source text in bokmål, with `params` to fill in.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal that the person is told about. Never carries personal data.

    `also` are refusals of other parts of the same input (see backend/platform/validation.py).
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.params = params
        self.also: tuple[DomainError, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}: {self.message.format(**self.params)}"


class Invalid(DomainError):
    """What was sent cannot be used; `field` names the part."""


class PersonalData(Invalid):
    """The text holds personal data at characters `start` to `end` of `field`.

    `quote` is what stands there, for the person who wrote it and nobody else: no log and no repr shows it.
    """

    def __init__(
        self, code: str, message: str, *, quote: str = "", field: str | None = None, **params: Any
    ) -> None:
        super().__init__(code, message, field=field, **params)
        self.quote = quote

    def __str__(self) -> str:
        return f"{self.code}: {self.params.get('kind')} in {self.field}"


class Unauthenticated(DomainError):
    """Only someone who has logged in may do this."""

    status = 401


class Forbidden(DomainError):
    """A rule refuses; the code names the rule."""

    status = 403


class NotFound(DomainError):
    """It is not there, or the actor may not know of it: the two look alike on purpose."""

    status = 404


class Conflict(DomainError):
    """Somebody was first, or the thing is in another state by now."""

    status = 409


class LimitExceeded(DomainError):
    """A bound was passed; `limit` and `figure` in params say which."""

    status = 429


class Unavailable(DomainError):
    """A part this depends on does not answer; trying again later may help."""

    status = 503
