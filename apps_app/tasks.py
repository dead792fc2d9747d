"""The workers' part: look at the targets now and then."""

from procrastinate.contrib.django import app

from apps_app.actions.refresh_observations import watch


@app.periodic(cron="* * * * *")
@app.task(lock="watch_targets", queueing_lock="watch_targets")
def watch_targets(timestamp: int) -> None:
    """Renews what lists and the first page tell of applications that run."""
    watch()
