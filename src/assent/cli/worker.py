"""`assent worker`: what runs apart from requests."""

import click


@click.command()
@click.option("--once", is_flag=True, help="Do every job once, and exit.")
def worker(once: bool) -> None:
    """Run the jobs that no request waits for."""
    from assent import worker as jobs
    from assent.cli.local import open_engine
    from assent.http import logs
    from assent.settings import Settings

    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    engine = open_engine(settings)
    if once:
        jobs.run_once(engine)
    else:
        jobs.run_until_stopped(engine)
