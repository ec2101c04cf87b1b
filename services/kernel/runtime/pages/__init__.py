"""What pages are made of: templates, navigation, lists with their files, wording, the desk of events."""
