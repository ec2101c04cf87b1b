"""Backup and restore of a whole node: databases of one moment, keys and files in one file that can be checked."""
