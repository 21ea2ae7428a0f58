"""What happens when a process, a server or a clock fails."""
