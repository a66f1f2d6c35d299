"""Coming in: logging in and out, the first visit, the address of mail, and the way out of it."""

from web.entry import email, login, way_out, welcome

routes = [
    *login.routes,
    *email.routes,
    *way_out.routes,
    *welcome.routes,
]
