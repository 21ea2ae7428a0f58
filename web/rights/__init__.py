"""The rights table of an achievement, for its owner and the operator."""
