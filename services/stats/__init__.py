"""stats 考核统计: scores the units that a node governs under dated rules, and every figure opens its sources.

Tells nothing yet; listens to review.submission and review.emergency, exchange.arrival and
exchange.arrival_urgent, the directory.
"""
