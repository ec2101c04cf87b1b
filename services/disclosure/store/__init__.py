"""Queries of disclosure, by subject: texts in preparation, known items, rules, numbers, and the portal's own."""
