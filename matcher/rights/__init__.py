"""Who holds an achievement, and how what it earns is shared (M52, M53, M67)."""
