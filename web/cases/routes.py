"""All addresses of a case: importing these modules adds their routes to the one blueprint."""

from web.cases import files, history, lists, resting, sheet
from web.cases.views import blueprint

__all__ = ["blueprint", "files", "history", "lists", "resting", "sheet"]
