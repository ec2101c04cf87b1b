"""python -m deploy.kafka start --directory .run/broker --port 9092 --controller-port 9093."""

import os
from pathlib import Path
from typing import Annotated

import typer

from deploy.kafka.broker import Broker
from deploy.kafka.properties import LOOPBACK

cli = typer.Typer(help="The node's own Kafka broker.", no_args_is_help=True)
Directory = Annotated[Path, typer.Option(help="Where data, settings, log and pid file live.")]
Port = Annotated[int, typer.Option(help="Port for clients.")]
ControllerPort = Annotated[int, typer.Option(help="Port of the controller, for the broker alone.")]
Heap = Annotated[int, typer.Option(help="Largest Java heap in MB.")]
Host = Annotated[str, typer.Option(help="Name or address to listen on, as clients reach it.")]


@cli.command()
def run(
    directory: Directory,
    port: Port = 9092,
    controller_port: ControllerPort = 9093,
    heap_mb: Heap = 384,
    host: Host = LOOPBACK,
) -> None:
    """Run the broker in the foreground, as systemd wants it."""
    broker = Broker(directory, port, controller_port, heap_mb, host)
    broker.prepare()
    command = broker.server_command()
    os.execv(command[0], command)  # noqa: S606 - systemd must see the broker itself, not a parent


@cli.command()
def start(
    directory: Directory,
    port: Port = 9092,
    controller_port: ControllerPort = 9093,
    heap_mb: Heap = 384,
    host: Host = LOOPBACK,
) -> None:
    """Start the broker in the background and return once it serves."""
    broker = Broker(directory, port, controller_port, heap_mb, host)
    broker.start()
    typer.echo(broker.bootstrap)


@cli.command()
def stop(directory: Directory) -> None:
    """End the background broker of this directory."""
    Broker(directory, port=0, controller_port=0).stop()


if __name__ == "__main__":
    cli()
