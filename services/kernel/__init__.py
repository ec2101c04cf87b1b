"""What every service stands on: the language (what is said) and the runtime (the plumbing)."""
