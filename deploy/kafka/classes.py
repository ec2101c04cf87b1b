"""Makes the archive of Kafka's classes that brokers start from: one broker is started, and Java keeps what it has loaded."""

import subprocess
import tempfile
from pathlib import Path

from deploy.kafka.broker import ARCHIVE, Broker
from deploy.kafka.process import free_ports


def make_archive() -> None:
    """Write the archive anew, for this Java and these jars; one of other jars is passed over when a broker starts.

    Raises:
        CalledProcessError: Java could not write it.
    """
    ARCHIVE.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        listed, made = Path(folder) / "classes.lst", ARCHIVE.with_suffix(".new")
        port, controller_port = free_ports(2)
        options: tuple[str, ...] = ("-Xshare:off", f"-XX:DumpLoadedClassList={listed}")
        broker = Broker(Path(folder), port, controller_port, java_options=options)
        broker.start()
        broker.stop()
        options = ("-Xshare:dump", f"-XX:SharedClassListFile={listed}", f"-XX:SharedArchiveFile={made}")
        command = Broker(Path(folder), 0, 0, java_options=options).server_command()
        subprocess.run(command, check=True, capture_output=True)
        made.replace(ARCHIVE)


if __name__ == "__main__":
    make_archive()
