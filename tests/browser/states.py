"""Every page in every state that a browser can be led to: what axe, the validator and the camera look at."""

from dataclasses import dataclass

RESIDENT = "Ordentlig Fiolin"
YOUTH = "Nysgjerrig Papirfly"
NEWCOMER = "Blid Paraply"
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
    State("proposals", "/nb/forslag"),
    State("proposals-map", "/nb/forslag?vis=kart"),
    State("proposals-no-hits", "/nb/forslag?sok=finnesikke"),
    State("proposal-overdue", "/nb/forslag/1"),
    State("proposal-under-way", "/nb/forslag/7"),
    State("proposal-done", "/nb/forslag/8"),
    State("proposal-open", "/nb/forslag/14"),
    State("proposal-withdrawn", "/nb/forslag/23"),
    State("proposal-logged-in", "/nb/forslag/14", RESIDENT),
    State("proposal-draft", "/nb/forslag/48", RESIDENT),
    State("proposal-waiting", "/nb/forslag/47", YOUTH),
    State("proposal-versions", "/nb/forslag/7/versjoner"),
    State("proposal-report", "/nb/forslag/14/meld", RESIDENT),
    State("proposal-withdraw", "/nb/forslag/48/trekk", RESIDENT),
    State("comment", "/nb/kommentar/48"),
    State("comment-report", "/nb/kommentar/48/meld", RESIDENT),
    State("login", "/nb/logg-inn"),
    State("welcome-name", "/nb/velkommen?steg=1", RESIDENT),
    State("welcome-letters", "/nb/velkommen?steg=2", RESIDENT),
    State("write-text", "/nb/forslag/nytt?tema=mobilitetsstrategi", RESIDENT),
    State("write-draft-text", "/nb/forslag/48/rediger?steg=1", RESIDENT),
    State("write-draft-place", "/nb/forslag/48/rediger?steg=2", RESIDENT),
    State("write-draft-review", "/nb/forslag/48/rediger?steg=3", RESIDENT),
    State("co-authors", "/nb/forslag/48/medforfattere", RESIDENT),
    State("invitation-unknown", "/nb/invitasjon/finnesikke", RESIDENT, 404),
    State("my-page", "/nb/min-side", RESIDENT),
    State("my-page-empty", "/nb/min-side", NEWCOMER),
    State("my-proposals", "/nb/min-side/forslag", RESIDENT),
    State("my-proposals-empty", "/nb/min-side/forslag", NEWCOMER),
    State("my-answers", "/nb/min-side/svar", RESIDENT),
    State("my-supports", "/nb/min-side/stotter", RESIDENT),
    State("my-comments", "/nb/min-side/kommentarer", RESIDENT),
    State("my-follows", "/nb/min-side/folger", RESIDENT),
    State("my-notifications", "/nb/min-side/varsler", RESIDENT),
    State("my-notifications-empty", "/nb/min-side/varsler", NEWCOMER),
    State("my-preferences", "/nb/min-side/varsler/innstillinger", RESIDENT),
    State("my-profile", "/nb/min-side/profil", RESIDENT),
    State("my-sessions", "/nb/min-side/okter", RESIDENT),
    State("my-keys", "/nb/min-side/nokler", PLANNER),
    State("my-accounts", "/nb/min-side/kontoer", PLANNER),
    State("my-data", "/nb/min-side/data", RESIDENT),
    State("my-deletion", "/nb/min-side/data/slett", RESIDENT),
    State("planner-desk", "/nb/saksbehandling", PLANNER),
    State("planner-list", "/nb/saksbehandling/forslag", PLANNER),
    State("planner-list-no-hits", "/nb/saksbehandling/forslag?sok=finnesikke", PLANNER),
    State("planner-proposal", "/nb/saksbehandling/forslag/14", PLANNER),
    State("planner-import", "/nb/saksbehandling/import", PLANNER),
    State("planner-refused", "/nb/saksbehandling", RESIDENT, 403),
    State("moderator-queue", "/nb/moderering", MODERATOR),
    State("moderator-queue-empty", "/nb/moderering?mine=ja", MODERATOR),
    State("moderator-decided", "/nb/moderering/avgjort", MODERATOR),
    State("moderator-refused", "/nb/moderering", RESIDENT, 403),
    State("admin", "/nb/administrasjon", ADMIN),
    State("admin-topics", "/nb/administrasjon/temaer", ADMIN),
    State("admin-topic-new", "/nb/administrasjon/temaer/nytt", ADMIN),
    State("admin-topic", "/nb/administrasjon/temaer/mobilitetsstrategi", ADMIN),
    State("admin-places", "/nb/administrasjon/steder", ADMIN),
    State("admin-roles", "/nb/administrasjon/roller", ADMIN),
    State("admin-log", "/nb/administrasjon/logg", ADMIN),
    State("admin-settings", "/nb/administrasjon/innstillinger", ADMIN),
    State("admin-health", "/nb/administrasjon/helse", ADMIN),
    State("admin-refused", "/nb/administrasjon", RESIDENT, 403),
    State("about", "/nb/om"),
    State("about-rules", "/nb/om/regler"),
    State("about-privacy", "/nb/om/personvern"),
    State("about-accessibility", "/nb/om/tilgjengelighet"),
    State("about-data", "/nb/om/data"),
    State("about-api", "/nb/om/api"),
    State("not-found", "/nb/finnes-ikke", status=404),
)
