"""The weekly digest: who gets it, which matches deserve a place in it. Reads, never writes.

`weeks` when it is due, `recipients` for whom, `plans` what one holds and keeps of itself, `candidates` which matches could
be in it, `choosing` which of them are new and come first, `planning` how its places are shared out, `entries` what may
be shown of it now. Preview, console and worker share them.

A match is new to a person when no digest that went to them has shown it, or when either record changed since, or when
their own "later" has run out since.
"""
