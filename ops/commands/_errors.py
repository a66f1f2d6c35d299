"""How a command tells what people can mend."""


class CommandError(Exception):
    """The command cannot go on; the message is one clear sentence and the exit code is 2."""
