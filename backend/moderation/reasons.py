"""Why content breaks the rules: what readers report, and what moderators give as the ground of a decision."""

from enum import StrEnum

from backend.platform.i18n import N_


class ReasonCode(StrEnum):
    """A ground; the database knows the same words."""

    SPAM = "spam"
    PERSONAL_ATTACK = "personal_attack"
    HATE = "hate"
    PERSONAL_DATA = "personal_data"
    OFF_TOPIC = "off_topic"
    DUPLICATE = "duplicate"
    ILLEGAL = "illegal"
    OTHER = "other"


GROUNDS: dict[str, str] = {
    ReasonCode.SPAM: N_("Reklame eller uønsket masseutsending."),
    ReasonCode.PERSONAL_ATTACK: N_("Angriper eller trakasserer en person."),
    ReasonCode.HATE: N_("Hatefullt eller diskriminerende."),
    ReasonCode.PERSONAL_DATA: N_("Inneholder personopplysninger."),
    ReasonCode.OFF_TOPIC: N_("Hører ikke til temaet."),
    ReasonCode.DUPLICATE: N_("Det samme er skrevet før."),
    ReasonCode.ILLEGAL: N_("Bryter loven."),
    ReasonCode.OTHER: N_("Annet."),
}
