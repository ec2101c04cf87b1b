"""A lost machine: a node and its broker gone, restored from a backup on an empty machine; then the books are compared."""
