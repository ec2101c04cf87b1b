"""What stands around the services: the broker, the demo, and how a node is installed."""
