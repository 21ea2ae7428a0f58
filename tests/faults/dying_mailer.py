"""A mailer that is killed at a given place: `python -m tests.faults.dying_mailer before|after`."""

import os
import signal
import sys

from config.settings import get_settings
from matcher import db
from matcher.actions import deliveries
from workers import mailer


def die(*_: object) -> bool:
    """End as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)
    return False


if __name__ == "__main__":
    # before the mail is taken, or after the server has accepted it
    setattr(deliveries, {"before": "begin", "after": "sent"}[sys.argv[1]], die)
    db.configure(get_settings())
    mailer.send_due(get_settings())
