"""All addresses of the section: importing these modules adds their routes to the one blueprint."""

from web.visits import sheet, views
from web.visits.views import blueprint

__all__ = ["blueprint", "sheet", "views"]
