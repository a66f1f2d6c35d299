"""Every page in every state that a browser can be led to: what axe, the validator and the camera look at."""

from dataclasses import dataclass

RESIDENT = "Ordentlig Fiolin"
NEW = "Rolig Lenestol"
PLANNER = "Grundig Linjal"
MODERATOR = "Rettferdig Vektskål"
ADMIN = "Ryddig Nøkkelknippe"


@dataclass(frozen=True)
class State:
    """An address, who looks at it, and the status that is right for it."""

    name: str
    path: str
    who: str | None = None
    status: int = 200


STATES = (
    State("front", "/nb/"),
    State("front-nynorsk", "/nn/"),
    State("front-english", "/en/"),
    State("front-logged-in", "/nb/", RESIDENT),
    State("topics", "/nb/tema"),
    State("topics-all", "/nb/tema?alle=ja"),
    State("topic", "/nb/tema/mobilitetsstrategi"),
    State("topic-no-hits", "/nb/tema/mobilitetsstrategi?sok=finnesikke"),
    State("topic-logged-in", "/nb/tema/mobilitetsstrategi", RESIDENT),
    State("not-found", "/nb/finnes-ikke", status=404),
)
