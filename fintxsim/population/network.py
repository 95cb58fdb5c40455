"""Who sends money to whom inside the bank: a social network in compressed sparse rows.

networkx draws a handful of small communities (Holme and Kim's power-law graph with clustering, 2002); the
population is tiled with them, each tile with its own shuffle. So the shape of the network does not depend on the
number of customers and building it costs the same per customer at any scale.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import numpy.typing as npt

from fintxsim.compiled import kernel
from fintxsim.population.people import MAX_FRIENDS
from fintxsim.streams import stream, uniform

COMMUNITY = 512  # customers in a tile
TEMPLATES = 8
LINKS = 3  # edges that a newcomer brings; mean number of friends is about twice that


def befriend(people: npt.NDArray[np.void], key: np.uint64) -> None:
    """Fill the friends of every customer of the bank."""
    customers = len(people)
    templates = [_template(min(COMMUNITY, customers), number) for number in range(TEMPLATES)]
    seat, node_of = np.empty(COMMUNITY, np.int64), np.empty(COMMUNITY, np.int64)
    for tile, first in enumerate(range(0, customers, COMMUNITY)):
        rows, columns = templates[tile % TEMPLATES]
        _tile(people[first : first + COMMUNITY], first, rows, columns, key, seat, node_of)


def _template(nodes: int, number: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """A community in compressed sparse rows: ``starts`` (nodes + 1) and neighbours."""
    graph = nx.complete_graph(nodes) if nodes <= LINKS else nx.powerlaw_cluster_graph(nodes, LINKS, 0.4, seed=number)
    starts = np.zeros(nodes + 1, np.int64)
    lists = [sorted(graph.neighbors(node)) for node in range(nodes)]
    starts[1:] = np.cumsum([len(neighbours) for neighbours in lists])
    return starts, np.array([other for neighbours in lists for other in neighbours], np.int32)


@kernel
def _tile(
    people: npt.NDArray[np.void],
    first: int,
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int32],
    key: np.uint64,
    seat: npt.NDArray[np.int64],
    node_of: npt.NDArray[np.int64],
) -> None:
    """Lay one shuffled template over the customers ``first``, ``first + 1``, ... of one tile."""
    nodes = rows.shape[0] - 1
    for node in range(nodes):
        seat[node] = node
    state = stream(key, first, 0)
    for i in range(nodes - 1, 0, -1):
        j = int(uniform(state, i) * (i + 1))
        seat[i], seat[j] = seat[j], seat[i]
    for node in range(nodes):
        node_of[seat[node]] = node
    for i in range(people.shape[0]):
        person = people[i]
        node = node_of[i]
        for k in range(rows[node], rows[node + 1]):
            other = seat[columns[k]]
            if other < people.shape[0] and person.friend_count < MAX_FRIENDS:
                person.friends[person.friend_count] = first + other
                person.friend_count += 1
