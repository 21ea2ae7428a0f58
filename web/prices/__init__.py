"""The price of a case, public notices, and sales in the open."""
