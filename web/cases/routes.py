"""All addresses of a case: importing these modules adds their routes to the one blueprint."""

from web.cases import files, lists, resting, sheet
from web.cases.views import blueprint

__all__ = ["blueprint", "files", "lists", "resting", "sheet"]
