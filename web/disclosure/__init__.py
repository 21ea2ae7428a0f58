"""披露留痕: the confidentiality agreement, the receipts of a record and of a case, and their export."""
