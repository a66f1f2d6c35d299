"""The `samskap` program: its commands, the services that come with it, the supervisor, the demo."""
