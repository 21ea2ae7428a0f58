"""Launchers of real servers. Each can be used outside pytest too: they are context managers and know no fixture."""


class ServerUnavailableError(Exception):
    """This server cannot be started here; the message says in one line what is missing."""
