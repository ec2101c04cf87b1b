"""Queries of stats: events and what belongs together with them, entries, rule sets, sheets of figures."""
