"""The only Celery task: look now."""

from config.celery import app
from config.sweeps import Result, sweep_run
from office import clock


@app.task  # type: ignore[untyped-decorator]  # Celery ships no types
def look(name: str) -> Result:
    """Run the sweep `name` (a key of SWEEPS) as of now."""
    return sweep_run(name=name, at=clock.now())
