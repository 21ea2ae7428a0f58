"""补助 and 奖补 claims from registered contracts, by rules that are data (M05, M56)."""
