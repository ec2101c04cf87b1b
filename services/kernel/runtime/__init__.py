"""The plumbing every service stands on: database, outbox, inbox, agents, identity, web, metrics and the node's app."""
