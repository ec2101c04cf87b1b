"""One function per verb of the directory, each in the caller's transaction, telling what happened."""
