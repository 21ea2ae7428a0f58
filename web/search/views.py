"""stub"""

from flask import Blueprint

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def index():
    return ""


@blueprint.get("/needs")
def needs():
    return ""


@blueprint.get("/achievements")
def achievements():
    return ""


@blueprint.get("/experts")
def experts():
    return ""
