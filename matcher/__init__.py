"""The domain and its record: who offers, who needs, what fits, what came of it."""
