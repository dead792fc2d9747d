from procrastinate.contrib.django import app

from apps_app.actions.refresh_observations import refresh_all_observations


@app.periodic(cron="* * * * *")
@app.task(lock="watch_targets", queueing_lock="watch_targets")
def refresh_observations(timestamp: int) -> None:
    """Renews what lists and the first page tell of applications that run."""
    refresh_all_observations()
