"""All addresses of the section: importing these modules adds their routes to the one blueprint."""

from web.tasks import sheet, views
from web.tasks.blueprint import blueprint

__all__ = ["blueprint", "sheet", "views"]
