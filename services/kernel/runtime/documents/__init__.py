"""Documents: issues written as .docx and PDF, dropped .docx files read back as plain text."""
