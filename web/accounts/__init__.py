"""Accounts: register, verify, log in and out, reset, one's own settings, tokens, privacy."""
