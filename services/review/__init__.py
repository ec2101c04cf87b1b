"""review 审核采用: checks, signs, receives, asks, returns, selects, adopts and forwards items.

Tells: submission.checked / reported_up / received / asked / answered / edited / returned / declined /
adopted / forwarded_up, issue.published, instruction.recorded. Listens to: intake.submission and
intake.emergency, exchange.arrival and exchange.delivery with their urgent topics, the directory.
"""
