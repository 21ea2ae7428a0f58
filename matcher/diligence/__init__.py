"""尽职免责 file of a case (N12): how the price came about and who decided, gathered from what the platform holds."""
