"""How well the platform ranks labelled needs and achievements, against a committed baseline."""
