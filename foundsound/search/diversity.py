"""An order in which each hit fits the query and is unlike the hits before it.

Maximal marginal relevance (Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking",
1998): the next hit is the one with the most ``(1 - diversity) x relevance - diversity x likeness``
to the most alike of those before.
"""

import numpy as np

from foundsound.embedding.embedder import Floats


def diverse_order(relevance: Floats, likeness: Floats, diversity: float) -> list[int]:
    """The hits' numbers in their new order; the best hit stays first, and ties stay as they were.

    Args:
        relevance: float32 ``[n]``, best 1, background 0.
        likeness: float32 ``[n, n]`` of the hits to each other, same 1, background 0.
        diversity: 0 leaves the order as it is, 1 regards nothing but unlikeness.
    """
    count = len(relevance)
    if not count or diversity <= 0:
        return list(range(count))
    worth = (1 - diversity) * relevance
    nearest = np.zeros(count, np.float32)  # likeness below the background is no merit
    left = np.ones(count, bool)
    order: list[int] = []
    best = 0
    while True:
        order.append(best)
        left[best] = False
        if len(order) == count:
            return order
        nearest = np.maximum(nearest, likeness[best])
        best = int(np.argmax(np.where(left, worth - diversity * nearest, -np.inf)))
