"""Rules of the design that no linter knows."""
