"""What a service keeps of facts that others tell: the organisation, and sessions that ended."""
