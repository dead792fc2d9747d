"""The only error a driver raises."""


class DriverError(Exception):
    """Something went wrong at the target; the message says what, and what to do next.

    `permanent` errors come again on every try; others (a time-out, a busy engine) may not. `untouched` says that the
    verb has changed nothing: it refused before it began.
    """

    def __init__(self, message: str, *, permanent: bool, untouched: bool = False) -> None:
        self.permanent = permanent
        self.untouched = untouched
        super().__init__(message)
