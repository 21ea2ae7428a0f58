"""Work beside the case's own step: who owes it, by when, and who is told when it is late."""
