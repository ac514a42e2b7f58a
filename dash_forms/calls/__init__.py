"""Calls to the force: their import, who called often, and what is done about it."""
