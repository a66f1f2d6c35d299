"""People and machines: who they are to us, their sessions, tokens and roles."""
