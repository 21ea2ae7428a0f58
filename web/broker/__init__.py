"""A broker's day: what is due, what waits for somebody to bring two sides together."""
