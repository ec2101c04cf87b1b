"""An item's passage, made once for every service that shows it: its history, heads of its facts, the timeline's groups."""
