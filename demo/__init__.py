"""Sample data: a platform with some weeks of history, made through its own actions with the clock set back.

Everything is invented. What happens depends only on the day of the start.
"""

from demo.loading import is_loaded, load
from demo.people import DEMO_ACCOUNTS, PASSWORD

__all__ = ["DEMO_ACCOUNTS", "PASSWORD", "is_loaded", "load"]
