"""Tasks: one's day, a task's page, and the card of tasks on a case."""
