"""`assent worker`: what runs apart from requests."""

import click


@click.command()
@click.option("--once", is_flag=True, help="Do all that is due, and exit.")
def worker(once: bool) -> None:
    """Run the jobs that no request waits for."""
    from assent import worker as working
    from assent.cli.local import open_engine
    from assent.http import logs
    from assent.settings import Settings

    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    all_jobs = working.jobs(settings)
    engine = open_engine(settings)
    if once:
        working.run_once(engine, all_jobs)
    else:
        working.run_until_stopped(engine, all_jobs)
