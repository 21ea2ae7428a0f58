"""限时转化 through the API."""

from flask import Flask

from config.settings import Settings
from matcher import clock
from matcher.clock import add_months
from tests import factories as make


def test_overdue_achievements_and_duties(app: Flask, settings: Settings) -> None:
    """The list of the page as data; an achievement without a clock, a draft and an unknown one are not found."""
    lab = make.institute(name="长春精密研究所")
    day = clock.today(settings.zone)
    late = make.published(lab, "achievement", funding="national", project_ref="P1", completed_on=f"{add_months(day, -25)}")
    in_time = make.published(lab, "achievement", funding="national", completed_on=f"{add_months(day, -1)}")
    without = make.published(lab, "achievement", title="自选")
    draft = make.draft(lab, "achievement", funding="national", completed_on=f"{add_months(day, -25)}")
    client = app.test_client()
    found = client.get("/api/v1/overdue-achievements").json
    assert found["total"] == 1
    item = found["items"][0]
    assert (item["achievement_id"], item["organisation"]["name"], item["project_ref"]) == (late, "长春精密研究所", "P1")
    assert {each["duty"]: each["state"] for each in item["duties"]} == dict.fromkeys(("disclose", "start", "convert"), "overdue")
    assert client.get("/api/v1/overdue-achievements?duty=convert&region=310000").json["total"] == 0
    assert client.get("/api/v1/overdue-achievements?duty=nothing").status_code == 422
    assert client.get(f"/api/v1/achievements/{in_time}/duties").json["duties"][0]["state"] == "open"
    for number in (without, draft, 999_999):
        assert client.get(f"/api/v1/achievements/{number}/duties").status_code == 404
