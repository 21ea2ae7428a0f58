"""All addresses of the section: importing these modules adds their routes to the one blueprint."""

from web.meetings import sheet, views
from web.meetings.views import blueprint

__all__ = ["blueprint", "sheet", "views"]
