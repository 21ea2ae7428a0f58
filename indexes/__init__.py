"""The read side: find, filter, count and fetch match candidates, over one small protocol with two engines."""
