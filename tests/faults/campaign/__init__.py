"""The random campaign: three real nodes at work while things are killed, cut, wiped and restored; then the books are compared."""
