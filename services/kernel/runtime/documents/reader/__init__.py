"""A dropped .docx read as plain text."""
