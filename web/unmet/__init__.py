"""还没有人能解决的需求: a map for researchers."""
