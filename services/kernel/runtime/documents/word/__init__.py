"""Word files by python-docx: page, paragraph styles and end block of Chinese official documents."""
