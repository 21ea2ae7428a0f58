"""限时转化 of publicly funded achievements: duties with dates, what is overdue, what stops the clock (M44, M45, N20)."""
