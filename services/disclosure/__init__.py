"""公开 disclosure: prepares, reviews and publishes public information, and shows it in the open portal.

Tells: information.published and information.revoked. Listens to: its own disclosure.information (the portal's
read model), intake.submission, intake.emergency, exchange.arrival with its urgent topic, review.submission,
review.emergency and the directory (which items exist, whether they are signed, and whether their kind may be made
public).
"""
