"""What stats does: it records score events, and puts rules in force."""
