"""Erasing an item from everything a node has: its databases, its file store, its broker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from services.kernel.language.vocabulary import ErasureStage
from services.kernel.runtime.keeping.erasure import broker
from services.kernel.runtime.keeping.erasure.copies import Order, Tally
from services.kernel.runtime.keeping.erasure.keepers import Keeper
from services.kernel.runtime.surroundings.settings import Settings

WAIT_S = 90.0

Note = Callable[[ErasureStage, Tally], Awaitable[None]]
"""Told at the beginning of each stage what the ones before came to."""


async def erase_everywhere(keepers: Sequence[Keeper], settings: Settings, order: Order, note: Note) -> Tally:
    """Erase an item from this node; safe to repeat, which is also how it goes on after a failure.

    Raises:
        KeeperSilent: A service did not answer.
        kafka.errors.KafkaError: The broker did not answer and still has the item.
    """
    tally = Tally()
    await note(ErasureStage.DATABASES, tally)
    for keeper in keepers:
        tally.copies[keeper.name] = await keeper.erase(order)
    await note(ErasureStage.FILES, tally)
    tally.files = await _delete_files(keepers, tally)
    await note(ErasureStage.BROKER, tally)
    await _clear_broker(keepers, settings, tally)
    await note(ErasureStage.REWRITING, tally)
    for keeper in keepers:
        await keeper.rewrite()
    await note(ErasureStage.DONE, tally)
    return tally


async def _delete_files(keepers: Sequence[Keeper], tally: Tally) -> int:
    """Delete the files that were the item's and are nobody else's."""
    digests = set[str]().union(*(one.digests for one in tally.copies.values()))
    for keeper in keepers:
        digests -= await keeper.files_in_use(digests) if digests else set()
    for keeper in keepers:
        await keeper.delete_files(digests)
    return len(digests)


async def _clear_broker(keepers: Sequence[Keeper], settings: Settings, tally: Tally) -> None:
    topics = {topic for one in tally.copies.values() for topic in one.topics}
    topics |= set(await broker.links_of(settings.kafka, settings.node_id))
    tally.topics = len(topics)
    ends = await broker.delete_records(settings.kafka, topics)
    for keeper in keepers:
        await keeper.publish_again(topics)
    await broker.wait_for_new_segments(settings.kafka, ends, wait_s=WAIT_S)
