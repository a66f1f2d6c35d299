"""Writing a proposal, alone or together: steps, drafts that keep themselves, and what comes after."""

from web.writing import autosave, invitations, steps, thanks

routes = [
    *steps.routes,
    *autosave.routes,
    *thanks.routes,
    *invitations.routes,
]
