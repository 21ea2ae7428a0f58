"""Benefit statements: what one's people and organisation received of each payment."""
