"""The only error a driver raises."""


class DriverError(Exception):
    """Something went wrong at the target; the message says what, and what to do next.

    `permanent` errors come again on every try; others (a time-out, a busy engine) may not.
    """

    def __init__(self, message: str, *, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(message)
