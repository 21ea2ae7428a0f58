"""仍有效? answered by the signed links of a mail."""
