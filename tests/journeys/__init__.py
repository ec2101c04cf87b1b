"""The story in a real browser, on three nodes and three brokers."""
