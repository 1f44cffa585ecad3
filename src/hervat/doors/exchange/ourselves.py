"""Who this node is to others, from its configuration."""

from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from hervat.clock import Clock
from hervat.dispatch.identity import Identity, load_identity
from hervat.doors.config import Config, ExchangeTable, read_config
from hervat.doors.http.batches import Exchanging
from hervat.errors import Usage


@dataclass(frozen=True, slots=True)
class Ourselves:
    """A node that exchanges: its store, where its keys and its socket are, and who it is."""

    store: str
    keys: Path | None
    socket: Path | None
    table: ExchangeTable

    @property
    def oin(self) -> str:
        return self.table.oin

    @property
    def identity(self) -> Identity:
        """The organisation and its key; raises KeysFault where that cannot be read."""
        return load_identity(self.table.oin, self.table.key_id, Path(self.table.key))


def ourselves(arguments: Namespace) -> Ourselves:
    """The node of a command's `--config`; raises Usage where that has no table `[exchange]`."""
    config = read_config(Path(arguments.config))
    if config.exchange is None:
        raise Usage(f"{arguments.config}: there is no [exchange] in it; it says who this node is: oin, key and key_id")
    node = config.node
    return Ourselves(node.store, _path(node.keys), _path(node.socket), config.exchange)


def us_of(config: Config, clock: Clock) -> Exchanging | None:
    """Who a node that serves is to those that exchange with it; None where it exchanges with nobody."""
    table = config.exchange
    return None if table is None else Exchanging(load_identity(table.oin, table.key_id, Path(table.key)), clock, table.pace)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
