"""What review asks its database: items and lists, issues, and the rules kept as data."""
