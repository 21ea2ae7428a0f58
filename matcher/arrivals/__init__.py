"""What has newly arrived for a person's saved searches: for whom, since when, what not again, how few. Reads, never writes.

The index says which records a search finds and how well they fit (`indexes.arrivals`); here it is decided which of
them get one of the few places of the digest: `watching` who waits for what and what is news to them, `finds` which few
are chosen, `showing` what may be shown of them now.
"""
