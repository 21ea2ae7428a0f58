"""Receiving clients in person: who came, with what need, and what came of it."""
