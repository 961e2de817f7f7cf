"""Why something of the recommender cannot be done."""


class AlreadyRunning(Exception):
    """A table is in the making; there is one at a time."""


class NotInTheMaking(Exception):
    """The run is over: only one that runs can stop, only one that stopped goes on."""
