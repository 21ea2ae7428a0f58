"""All addresses of the section: importing these modules adds their routes to the one blueprint."""

from web.receptions import sheet, views
from web.receptions.views import blueprint

__all__ = ["blueprint", "sheet", "views"]
