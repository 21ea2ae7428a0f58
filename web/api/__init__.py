"""JSON API under /api/v1: the same permissions and actions as the pages, with personal tokens."""
