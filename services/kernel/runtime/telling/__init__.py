"""Facts on their way: out by outbox and relay, in by agents and inbox, progress watched, order restored."""
