class DatabaseUnavailable(Exception):
    """The embedded PostgreSQL cannot be had; the message is a sentence for an operator."""
