"""Connected components of ties between ids, each named by its smallest member."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]


def smallest_members(first: Ids, second: Ids) -> tuple[Ids, Ids]:
    """The ids that have a tie, ascending, and the smallest id of the component of each, both of shape (ids,).

    `first` and `second`, shape (ties,), hold positive ids; their order and which of the two is which change nothing.
    """
    if not len(first):
        return first[:0], first[:0]
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ids = np.unique(np.concatenate([first, second]))
    rows, columns = np.searchsorted(ids, first), np.searchsorted(ids, second)
    graph: Any = coo_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(len(ids), len(ids)))
    _, labels = connected_components(graph, directed=False)
    _, smallest = np.unique(labels, return_index=True)  # ids ascend, so the first member is the smallest
    return ids, ids[smallest][labels]
