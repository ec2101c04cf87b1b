"""What officers and facts do with items and issues: one function per verb, in the caller's transaction."""
