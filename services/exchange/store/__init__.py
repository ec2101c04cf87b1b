"""Queries of the exchange: lanes, the ledger, statements, routes and files."""
