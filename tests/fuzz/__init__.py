"""Random requests, made from the OpenAPI documents, by each role: whatever is sent, no service answers 5xx."""
