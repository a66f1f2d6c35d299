"""Coming in: logging in and out, the first visit, and the address of mail."""

from web.entry import email, login, welcome

routes = [
    *login.routes,
    *email.routes,
    *welcome.routes,
]
