"""The comparison at the end: told against applied, once, in order, on every node and between them; each difference is a sentence."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

from services.kernel.language.events import FACTS
from services.kernel.language.events.meaning import Way
from services.kernel.language.events.parts import Fact, SubmissionFact
from services.kernel.language.timeline import timeline_entry
from services.node import build_service
from tests.faults.campaign.books import NODES, SERVICES, Ledger, Told

LISTENERS = {name: build_service(name) for name in SERVICES}
HISTORY = {"intake": "intake_history", "review": "review_history"}

ONCE = {
    "submission.submitted": ("item.origin_id", "item.version"),
    "submission.reported_up": ("item.origin_id", "item.version", "item.hop"),
    "submission.delivered": ("origin_id", "hop", "version", "to_node"),
    "submission.adopted": ("adoption_id",),
    "information.published": ("information_id",),
    "information.revoked": ("information_id",),
    "issue.published": ("issue_id",),
    "instruction.recorded": ("instruction_id",),
}
"""What of a fact may be told only once by a node, however often the node died meanwhile."""


class Comparison:
    """All differences between what was told and what took effect.

    Args:
        books: Every database of the world.
        gone: Every fact that a broker was seen to hold, by event id: it must be in force everywhere, whatever
            happened to its teller's database since.
        planted: Event ids of what was planted on purpose and was seen to be parked.
    """

    def __init__(
        self,
        books: dict[tuple[str, str], Ledger],
        gone: dict[tuple[str, str], Told],
        planted: frozenset[str] = frozenset(),
    ) -> None:
        self.books = books
        self.gone = {place: one for place, one in gone.items() if one.event_id not in planted}
        self.planted = planted

    def differences(self) -> list[str]:
        """Every difference, in words; empty when nothing is lost, double or out of order."""
        checks = (
            self.lost_by_the_teller, self.not_published, self.not_applied, self.waiting, self.without_effect,
            self.told_twice, self.out_of_order, self.between_nodes, self.numbers_given_twice, self.on_the_portal,
        )  # fmt: skip
        return list(itertools.chain.from_iterable(check() for check in checks))

    @cached_property
    def told(self) -> dict[str, list[Told]]:
        """Every fact by node, as the outboxes have them now; one that was given back stands there twice."""
        found: dict[str, list[Told]] = {node: [] for node in NODES}
        for ledger in self.books.values():
            found[ledger.node].extend(one for one in ledger.told() if one.event_id not in self.planted)
        return found

    @cached_property
    def facts(self) -> dict[str, list[Told]]:
        """Every fact by node once, where its own teller told it."""
        return {node: [one for one in told if not one.is_returned] for node, told in self.told.items()}

    @cached_property
    def everything(self) -> dict[str, list[Told]]:
        """Every fact by node that is told or was seen to be gone."""
        found = {node: list(facts) for node, facts in self.facts.items()}
        known = {(one.node, one.event_id) for facts in found.values() for one in facts}
        for place, one in self.gone.items():
            if place not in known:
                found[one.node].append(one)
        return found

    def lost_by_the_teller(self) -> Iterator[str]:
        """A fact that a broker held stays told, under its number."""
        numbers = {
            (one.node, one.event_id): (one.place, one.sequence) for facts in self.facts.values() for one in facts
        }
        for place, one in self.gone.items():
            if place not in numbers:
                yield f"left {one.node} and is in its outbox no more: {one}"
            elif numbers[place] != (one.place, one.sequence):
                yield f"left {one.node} and got another number ({numbers[place][1]}): {one}"

    def not_published(self) -> Iterator[str]:
        """Nothing waits in an outbox."""
        for ledger in self.books.values():
            for row in ledger.rows("SELECT topic, key, sequence, type FROM outbox WHERE published_at IS NULL"):
                yield f"not published by {ledger.node} {ledger.service}: {tuple(row)}"

    def not_applied(self) -> Iterator[str]:
        """Told − applied: each listener's cursor stands where the teller's counter stands."""
        for (node, name), ledger in self.books.items():
            cursors = {
                (row["topic"], row["key"]): row
                for row in ledger.rows("SELECT topic, key, sequence, last_id FROM inbox_cursor")
            }
            listened = {f"{node}.{topic}" for topic in LISTENERS[name].listens_to}
            newest = {one.place: one for one in sorted(self.told[node], key=lambda one: (one.epoch, one.sequence))}
            for place, last in newest.items():
                if place[0] not in listened:
                    continue
                at = cursors.get(place)
                if at is None or (at["sequence"], at["last_id"]) != (last.sequence, last.event_id):
                    stands = "nowhere" if at is None else f"at #{at['sequence']} {at['last_id']}"
                    yield f"told and not applied by {node} {name}, which stands {stands}: {last}"

    def waiting(self) -> Iterator[str]:
        """Nothing is held or parked but what was planted."""
        for ledger in self.books.values():
            for row in ledger.rows("SELECT consumer, topic, kind, type, reason, event_id FROM inbox_waiting"):
                if row["event_id"] not in self.planted:
                    yield f"{row['kind']} at {ledger.node}: {tuple(row)}"

    def without_effect(self) -> Iterator[str]:
        """Each fact stands once in the history of every service that notes it."""
        for node, (name, table) in itertools.product(NODES, HISTORY.items()):
            ledger = self.books[node, name]
            noted = Counter(ledger.column(f"SELECT event_id FROM {table} WHERE event_id IS NOT NULL"))
            yield from (f"noted {times} times by {node} {name}: {one}" for one, times in noted.items() if times > 1)
            for one in self.everything[node]:
                if self._is_noted_by(name, one) and one.event_id not in noted:
                    yield f"told and without effect at {node} {name}: {one}"

    def told_twice(self) -> Iterator[str]:
        """What happens once is told once."""
        for node, facts in self.everything.items():
            own = (one for one in facts if one.type in ONCE and not one.topic.startswith(f"{node}.exchange.arrival"))
            counts = Counter((one.type, *(_field(one, name) for name in ONCE[one.type])) for one in own)
            yield from (f"told {times} times by {node}: {what}" for what, times in counts.items() if times > 1)

    def out_of_order(self) -> Iterator[str]:
        """Within a topic and key a history has the facts in the order in which they were told."""
        for node in NODES:
            numbers = {one.event_id: one for one in self.facts[node]}
            for name, table in HISTORY.items():
                reached: dict[tuple[str, str], Told] = {}
                for event_id in self.books[node, name].column(f"SELECT event_id FROM {table} ORDER BY id"):
                    one = numbers.get(event_id)
                    if one is None or one.topic.split(".")[1] == name:
                        continue  # of its own doing: written with the change, not when it comes by
                    before = reached.get(one.place)
                    if before and (before.epoch, before.sequence) > (one.epoch, one.sequence):
                        yield f"out of order at {node} {name}: {one} after #{before.sequence}"
                    reached[one.place] = one

    def between_nodes(self) -> Iterator[str]:
        """Each row that was dispatched is receipted, and arrived with the same digest under the same number."""
        query = "SELECT link, lane, epoch, n, event_id, hex(digest) AS digest, hex(h) AS h FROM {} WHERE link LIKE ?"
        for lower, upper in itertools.pairwise(NODES):
            for sender, receiver in ((lower, upper), (upper, lower)):
                link = f"{sender}>{receiver}"
                sent = {
                    tuple(row) for row in self.books[sender, "exchange"].rows(query.format("exchange_dispatch"), link)
                }
                got = {
                    tuple(row) for row in self.books[receiver, "exchange"].rows(query.format("exchange_arrival"), link)
                }
                yield from (f"dispatched and not arrived: {row[:5]}" for row in sorted(sent - got))
                yield from (f"arrived and not dispatched: {row[:5]}" for row in sorted(got - sent))
                lanes = "SELECT lane, n, receipted_n, forked_at, gap_since FROM exchange_lane WHERE link = ? AND is_out"
                for row in self.books[sender, "exchange"].rows(lanes, link):
                    if row["n"] != row["receipted_n"] or row["forked_at"]:
                        yield f"not receipted on {link}: {tuple(row)}"
        for node in NODES:
            conflicts = (  # that a neighbour came back from a backup is noted for the operator, and resent to by itself
                "SELECT link, lane, kind, epoch, n, detail FROM exchange_conflict"
                " WHERE settled_at IS NULL AND kind <> 'peer_restored'"
            )
            yield from (f"conflict at {node}: {tuple(row)}" for row in self.books[node, "exchange"].rows(conflicts))
        yield from self._items_at_both_ends()

    def _items_at_both_ends(self) -> Iterator[str]:
        """What an office tells of another node's item stands in the history where the author looks."""
        noted = {node: set(self.books[node, "intake"].column("SELECT event_id FROM intake_history")) for node in NODES}
        for node, facts in self.everything.items():
            for one in facts:
                if one.topic.split(".")[1] != "review":
                    continue
                for home in self._where_it_belongs(node, one):
                    if one.event_id not in noted[home]:
                        yield f"told at {node} and unknown at {home}: {one}"

    def _where_it_belongs(self, node: str, one: Told) -> list[str]:
        fact = _fact(one)
        if not isinstance(fact, SubmissionFact) or timeline_entry(fact) is None:
            return []
        if Way.UP in fact.ways:
            return [hop.to_node for hop in fact.item.hops[-1:] if hop.from_node == node and hop.to_node != node]
        if Way.BACK in fact.ways and fact.item.origin_node != node:
            return [fact.item.origin_node]
        return []

    def numbers_given_twice(self) -> Iterator[str]:
        """An index or issue number that went out belongs to one text or issue for ever."""
        given: dict[tuple[object, ...], set[str]] = defaultdict(set)
        for node, facts in self.everything.items():
            for one in facts:
                if one.type == "information.published" and not one.topic.startswith(f"{node}.exchange."):
                    given[node, "index", one.data["index_no"]].add(one.data["information_id"])
                if one.type == "issue.published" and not one.topic.startswith(f"{node}.exchange."):
                    data = one.data
                    place = (data["periodical_id"], data["issue_year"], data["issue_no"])
                    given[node, "issue", place].add(data["issue_id"])
        yield from (
            f"given to {len(owners)}: {number} {sorted(owners)}" for number, owners in given.items() if len(owners) > 1
        )

    def on_the_portal(self) -> Iterator[str]:
        """What was published is on the portal under its number; what was revoked is not."""
        for node in NODES:
            facts = self.everything[node]
            shown = {
                row["information_id"].replace("-", ""): row
                for row in self.books[node, "disclosure"].rows("SELECT * FROM public_information")
            }
            revoked = {_field(one, "information_id") for one in facts if one.type == "information.revoked"}
            for one in facts:
                if one.type != "information.published":
                    continue
                row = shown.get(str(_field(one, "information_id")).replace("-", ""))
                if row is None or row["index_no"] != one.data["index_no"]:
                    yield f"published and not on the portal of {node}: {one}"
                elif bool(row["revoked_at"]) != (_field(one, "information_id") in revoked):
                    yield f"on the portal of {node} otherwise than told (revoked {row['revoked_at']}): {one}"

    def _is_noted_by(self, name: str, one: Told) -> bool:
        topic = one.topic.partition(".")[2]
        handlers = LISTENERS[name].listens_to.get(topic, {})
        fact_class = FACTS.get(one.type)
        return fact_class in handlers and one.type != "submission.submitted" and _adds_a_line(one)


def _adds_a_line(one: Told) -> bool:
    return timeline_entry(_fact(one)) is not None


def _fact(one: Told) -> Fact:
    return FACTS[one.type].model_validate_json(one.body)


def _field(one: Told, path: str) -> object:
    found: object = one.data
    for name in path.split("."):
        assert isinstance(found, dict)
        found = found.get(name)
    return found
