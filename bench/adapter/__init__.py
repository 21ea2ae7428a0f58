"""How `matcher/encoders/adapter.npz` was made: `python -m bench.adapter` (needs the extra `models`)."""
