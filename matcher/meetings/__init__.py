"""Meetings of a case: who is asked, what they answer, what was written down."""
