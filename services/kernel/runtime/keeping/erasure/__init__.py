"""Erasure: an item's text leaves every copy that this node has; numbers, ids and decisions stay."""
