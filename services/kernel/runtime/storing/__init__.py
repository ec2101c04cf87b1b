"""The service's own database: sessions, transactions, turns, tables, the outbox, the audit, searching."""
