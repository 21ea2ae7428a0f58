"""Vouchers as an enterprise and a provider see them; the operator's part is in the console."""
