"""What every part stands on: settings, the clock, identifiers, metrics, signals, supervised jobs."""
