"""What administration calls things to people; source texts in bokmål."""

from typing import Final

ACT_TEXTS: Final = {
    "ROLE_GRANTED": "Rolle gitt",
    "ROLE_ENDED": "Rolle avsluttet",
    "CASE_DECIDED": "Moderasjonssak avgjort",
    "ANSWERED": "Forslag besvart",
    "STATUS_CHANGED": "Status endret",
    "TOPIC_CREATED": "Tema laget",
    "TOPIC_CHANGED": "Tema endret",
    "PLACE_CREATED": "Sted laget",
    "PLACE_CHANGED": "Sted endret",
    "IMPORT_STARTED": "Import startet",
    "SESSIONS_ENDED": "Logget ut overalt",
    "TOKENS_ENDED": "Nøkler avsluttet",
    "ACCOUNT_SUSPENDED": "Konto stengt",
    "ACCOUNT_REINSTATED": "Konto åpnet igjen",
    "NAMES_READ": "Tidligere navn lest",
}
MODE_TEXTS: Final = {
    "APPROVE_FIRST": "Alt ses gjennom først",
    "HOLD_RISKY": "Det kontrollen er usikker på, ses gjennom først",
    "PUBLISH_AT_ONCE": "Det meste publiseres med en gang",
}
MODE_HINT_TEXTS: Final = {
    "APPROVE_FIRST": "Ingenting vises før en moderator har godkjent det. Passer når temaet er følsomt.",
    "HOLD_RISKY": "En automatisk kontroll leser alt. Det den er usikker på, venter på en moderator. Passer oftest.",
    "PUBLISH_AT_ONCE": "Kontrollen leser alt, men stanser bare det den er sikker på.",
}
PLACE_KIND_TEXTS: Final = {
    "MUNICIPALITY": "Kommune",
    "TOWN": "Tettsted eller by",
    "DISTRICT": "Område",
    "NEIGHBOURHOOD": "Nabolag",
}
ACTION_TEXTS: Final = {
    "propose": "For å sende inn forslag",
    "support": "For å støtte forslag",
    "comment": "For å kommentere",
}
PART_TEXTS: Final = {
    "database": "Database",
    "migrations": "Tabeller",
    "municipality": "Kommunen",
    "rights": "Rettigheter i databasen",
    "outbox": "Jobber",
    "redis": "Jobbkø (Redis)",
}
PART_WELL_TEXTS: Final = {
    "database": "Databasen svarer, og tar imot det som lagres.",
    "migrations": "Tabellene passer til programmet.",
    "municipality": "Kommunen er lagt inn i databasen.",
    "rights": "Nettstedet kan ikke endre tabeller eller det som er ført.",
    "outbox": "Jobbene blir gjort etter hvert som de kommer.",
    "redis": "Køen svarer, så jobber går ut med en gang.",
}
PART_ILL_TEXTS: Final = {
    "database": "Databasen svarer ikke, eller tar ikke imot noe. Ingenting kan lagres før den er tilbake.",
    "migrations": "Tabellene passer ikke til programmet. Den som drifter, må kjøre «samskap migrate».",
    "municipality": "Kommunen er ikke lagt inn i databasen. Den som drifter, må kjøre «samskap migrate».",
    "rights": "Nettstedet bruker eierens rolle i databasen. Den som drifter, må gi det en egen.",
    "outbox": "Jobber blir liggende. Den som drifter, må se om arbeiderne går.",
    "redis": "Køen svarer ikke. Jobbene venter trygt i databasen til den er tilbake.",
}
SETTING_TEXTS: Final = {
    "env": "Hva slags miljø dette er",
    "municipality": "Kommunenummer",
    "municipality_name": "Kommunens navn",
    "municipality_site": "Kommunens nettsted",
    "theme_color": "Farge på knapper og lenker",
    "map_attribution": "Hvem kartet kommer fra",
    "contact_email": "E-postadresse for spørsmål",
    "public_contacts": "Kommunens egne telefonnumre og e-postadresser, som ansatte kan skrive",
    "maintenance": "Om plattformen hviler med vilje",
    "base_url": "Adressen folk bruker",
    "providers": "Måter å logge inn på",
    "machine_issuer": "Hvem som går god for maskiner",
    "session_idle": "Sekunder uten aktivitet før man logges ut",
    "session_absolute": "Sekunder før man uansett logges ut",
    "access_lapse_days": "Dager uten innlogging før nøkler, og roller fra innloggingen, faller bort",
    "database_pool_min": "Færrest forbindelser til databasen",
    "database_pool_max": "Flest forbindelser til databasen",
    "statement_timeout": "Sekunder en spørring kan vare",
    "mail_from": "Avsender på e-post",
    "rate_limits": "Egne grenser for hvor ofte noe kan gjøres",
    "trusted_proxies": "Mellomtjenere vi stoler på",
    "max_body": "Største forespørsel i byte",
    "operation_timeout": "Sekunder et svar fra API-et kan ta",
    "drain_seconds": "Sekunder til å gjøre seg ferdig ved omstart",
    "answer_cache_seconds": "Sekunder et svar kan huskes",
    "answer_cache_bytes": "Minne til svar, i byte",
    "page_cache_bytes": "Minne til sider, i byte",
    "log_level": "Hvor mye som skrives i driftsloggen",
}
ADMIN_LABELS: Final = {
    "act": ACT_TEXTS,
    "mode": MODE_TEXTS,
    "mode_hint": MODE_HINT_TEXTS,
    "place_kind": PLACE_KIND_TEXTS,
    "action": ACTION_TEXTS,
    "part": PART_TEXTS,
    "part_well": PART_WELL_TEXTS,
    "part_ill": PART_ILL_TEXTS,
}
