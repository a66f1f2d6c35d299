"""The municipality's own public numbers and mailboxes, which those who speak for it may write anywhere."""

import re
from dataclasses import dataclass

from backend.platform.authz import Actor
from backend.platform.settings import Settings
from backend.text.personal_data.detection import Finding, PersonalDataKind
from backend.text.personal_data.folding import fold

_COUNTRY_CODE = re.compile(r"^(?:\+|00)?47(?=[0-9]{8}$)")


@dataclass(frozen=True, slots=True)
class PublicContacts:
    """Numbers of eight digits; mailboxes, and domains that begin with `@`, in small letters."""

    entries: frozenset[str] = frozenset()

    def has(self, kind: PersonalDataKind, written: str) -> bool:
        """Whether what was found is one of these; an address only where it is written plainly."""
        plain = fold(written).text
        if kind is PersonalDataKind.PHONE:
            return _COUNTRY_CODE.sub("", re.sub(r"[^0-9+]", "", plain)) in self.entries
        if kind is PersonalDataKind.EMAIL:
            name, sign, domain = plain.lower().rpartition("@")
            return bool(name) and not {f"{name}@{domain}", f"{sign}{domain}"}.isdisjoint(self.entries)
        return False


NO_CONTACTS = PublicContacts()
_configured = [NO_CONTACTS]


def configure_public_contacts(settings: Settings) -> None:
    """Have this process know the municipality's own; called once, where it begins to serve."""
    _configured[0] = PublicContacts(frozenset(settings.public_contacts))


def contacts_for(actor: Actor) -> PublicContacts:
    """What this actor may write: the municipality's own for its staff, nothing for anybody else."""
    return _configured[0] if actor.is_staff else NO_CONTACTS


def own_contacts() -> PublicContacts:
    """The municipality's own, whoever wrote them: they are nobody's personal data."""
    return _configured[0]


def without_public(findings: list[Finding], text: str, public: PublicContacts) -> list[Finding]:
    """The findings that are none of these."""
    return [found for found in findings if not public.has(found.kind, text[found.start : found.end])]
