"""The world that calls are tried in, made once for all tests of a module."""

from dataclasses import dataclass

from security.world import World
from support.databases import PostgresDatabases, SqliteDatabases


@dataclass(frozen=True)
class Prepared:
    """Databases that hold the world, and the world."""

    databases: SqliteDatabases | PostgresDatabases
    world: World
