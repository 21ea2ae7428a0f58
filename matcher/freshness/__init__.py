"""Freshness of published records (M43, N5): asked after, reminded, sunk, archived, brought back."""
