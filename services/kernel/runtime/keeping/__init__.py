"""Keeping: how long a node keeps what, how it stays small, and how it is backed up, restored and cleared of a text."""
