"""What fits: a side's matches, one match with its reasons, answers with and without logging in."""
