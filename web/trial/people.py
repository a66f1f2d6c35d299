"""The synthetic people who can log in here. The domain knows them too, since demo content is theirs."""

from backend.accounts.trial_people import (
    PeopleError,
    Person,
    by_unique_key,
    load_people,
    read_person,
    synthetic_identity_number,
)

__all__ = [
    "PeopleError",
    "Person",
    "by_unique_key",
    "load_people",
    "read_person",
    "synthetic_identity_number",
]
