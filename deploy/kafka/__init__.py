"""The pinned Apache Kafka broker and the commands that run it."""
