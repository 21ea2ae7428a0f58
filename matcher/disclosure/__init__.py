"""披露留痕 (N11, F24): the agreement that precedes restricted detail, and the chain of receipts that follows."""
