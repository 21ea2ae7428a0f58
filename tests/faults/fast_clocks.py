"""The product's Celery application with a calendar of clocks alone, for a scheduler that lives for seconds."""

from workers.app import app

app.conf.beat_schedule = {
    name: {"task": f"workers.tasks.{name}", "schedule": 0.5, "options": {"expires": 5}}
    for name in ("run_clocks", "run_nightly_clocks")
}
