"""What is said between services and nodes: facts, their envelope, the vocabulary and the working-day calendar. Pure."""
