"""科技创新券: apply, issue, reserve, use, evidence, settle; a ledger that is only ever added to (M55)."""
