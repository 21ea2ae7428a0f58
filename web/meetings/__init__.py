"""Meetings of a case: invitations, replies, minutes."""
