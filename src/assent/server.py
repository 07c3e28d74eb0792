"""The server: granian in front of the application, and what happens at its start."""

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from sqlalchemy import Engine, create_engine

from assent import migrations, worker
from assent.access.people import accounts, administrators
from assent.access.policy.principals import SYSTEM
from assent.app import create_app
from assent.audit.events import Origin
from assent.database import db, engine_options, reading, unit_of_work
from assent.http import logs
from assent.http.providers import providers
from assent.kernel.errors import AlreadyExists, Invalid
from assent.settings import Settings

START = Origin("start")


def run(settings: Settings) -> None:
    """Serve until told to stop; requests that run are finished first."""
    if settings.is_embedded and settings.workers > 1:
        raise Invalid("SQLite is served by one process; several need PostgreSQL in ASSENT_DATABASE_URL.")
    # A mistake in a file ends the start here, and not each server process over and over.
    providers(settings.oidc_file, os.environ)
    if settings.is_embedded:
        worker.jobs(settings)
    administrator, password = first_start(settings)
    server = Granian(
        "assent.server:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads,
        workers_kill_timeout=30,
        respawn_failed_workers=True,
        http1_settings=HTTP1Settings(),
        log_enabled=False,
    )
    server.on_startup(lambda: click.echo(_welcome(settings, administrator, password)))
    # The server processes are forks: what is loaded by now, and never looked at by the collector, they share.
    gc.collect()
    gc.freeze()
    server.serve()


def application() -> Flask:
    """The application in a server process; with an embedded database the worker runs as a thread of it."""
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    app = create_app(settings)
    _when_told_to_stop(app.config["PLACES_TO_WAIT"].close)
    if settings.is_embedded:
        with app.app_context():
            engine = db.engine
        jobs = worker.jobs(settings)
        threading.Thread(target=worker.run_until, args=(threading.Event(), engine, jobs), daemon=True).start()
    return app


def _when_told_to_stop(do: Callable[[], None]) -> None:
    """Do something when this process is told to stop; granian has the signals, and waits for requests that run."""
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)

    def watch() -> None:
        while os.read(told, 1)[0] not in (signal.SIGTERM, signal.SIGINT):
            pass
        do()

    threading.Thread(target=watch, daemon=True).start()


def _end_with(parent: int) -> None:
    """Stop when the process that started this one is gone: nobody else would, and it would go on answering."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def first_start(settings: Settings) -> tuple[str, str | None]:
    """Migrate an embedded database, and create an administrator where there is none.

    Gives an administrator's name, and the password that was made up, if one was. Raises Invalid when PostgreSQL is
    not migrated: that is a step of its own, so that several servers do not start it by chance.
    """
    engine = create_engine(settings.url, **engine_options(settings.url, threads=1))
    try:
        if settings.is_embedded:
            migrations.upgrade(engine)
        with reading(engine, START) as connection:
            if migrations.pending(connection):
                raise Invalid("The database is not migrated; run `assent db upgrade` first.")
            administrator = administrators.first(connection)
        return (administrator, None) if administrator else _first_administrator(engine, settings)
    finally:
        engine.dispose()


def _first_administrator(engine: Engine, settings: Settings) -> tuple[str, str | None]:
    name, password = settings.admin_username, settings.admin_password or accounts.generated_password()
    try:
        settings.passwords.must_be_good(password, of=name)
    except Invalid as problem:
        raise Invalid(f"ASSENT_ADMIN_PASSWORD cannot be taken. {problem.message}") from None
    try:
        with unit_of_work(engine, START) as session:
            accounts.create(session, name, password=settings.passwords.new(password), by=SYSTEM, administrator=True)
    except AlreadyExists:
        with reading(engine, START) as connection:
            # Another server that started at the same time was first, or somebody else is called so.
            administrator = administrators.first(connection)
        if administrator is None:
            raise Invalid(
                f"Nobody administers this registry, and {settings.admin_username} is a user who does not. "
                "Give another name in ASSENT_ADMIN_USERNAME."
            ) from None
        return administrator, None
    return settings.admin_username, None if settings.admin_password else password


def _welcome(settings: Settings, administrator: str, password: str | None) -> str:
    url = f"http://{settings.host}:{settings.port}"
    sign_in = [f"Sign in as {administrator}, whose password is set."]
    if password:
        sign_in = [
            f"Sign in as {administrator} with the password {password}",
            "It is shown this once.",
        ]
    lines = [
        f"Assent listens on {url}; its API is described at {url}/docs",
        "",
        *sign_in,
        "",
        "A client of MLflow uses this registry when it sets",
        f"  export MLFLOW_REGISTRY_URI={url}",
        f"  export MLFLOW_TRACKING_TOKEN=$({sys.argv[0]} admin token create {administrator} --quiet)",
    ]
    return "\n".join(lines)
