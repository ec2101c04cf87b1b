"""报送: takes items in from the node's own units; drafts, submits, and shows each item's way. Tells submission.submitted and .amended; listens to review and exchange."""
