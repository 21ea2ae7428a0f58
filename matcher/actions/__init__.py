"""What people can do, one function each: check, save, audit, outbox, in one transaction."""
