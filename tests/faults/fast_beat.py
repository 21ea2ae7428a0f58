"""The product's Celery application with a hurried calendar, for a scheduler under test."""

from workers.app import app

app.conf.beat_schedule = {
    "plan digest": {"task": "workers.tasks.plan_digest", "schedule": 0.5},
}
