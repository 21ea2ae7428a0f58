"""What a case needs in money from outside, and to whom it was referred; nothing is lent here (M57)."""
