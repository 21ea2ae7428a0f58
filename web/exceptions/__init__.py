"""一事一议: a case's requests to depart from a rule."""
