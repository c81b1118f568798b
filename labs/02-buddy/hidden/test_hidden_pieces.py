"""The exercises with numbers that nobody knows beforehand."""

from buddy import ZONES_OF_A_NODE, Buddy, Question, ask_watermark, numbers
from grade.plugin import expect, points
from model import ALLOC_HARDER, ALLOC_HIGH, DMA, MAX_ORDER, NORMAL


@points(2, needs=["walk"], cause="nodes may be missing anywhere: at the start, at the end, several in a row")
def test_any_nodes_online(arena, rng):
    for _ in range(6):
        online = sorted(rng.sample(range(8), rng.randrange(1, 9)))
        arena.call("online", sum(1 << nid for nid in online))
        expect(f"the nodes visited with {online} online", numbers(arena.call("nodes")), online)
        expect(f"the zones visited with nodes {online} online", numbers(arena.call("zones")),
               [nid * ZONES_OF_A_NODE + i for nid in online for i in range(ZONES_OF_A_NODE)])


@points(3, needs=["take"], cause="a block is taken from the list of its order, and all other blocks stay as they are")
def test_blocks_of_any_order(arena, rng):
    buddy = Buddy(arena)
    orders = [rng.randrange(9) for _ in range(14)]
    buddy.zone(NORMAL, 512, 7680, free=[(512 * (i + 1), order) for i, order in enumerate(orders)])
    for order in rng.sample(orders, len(orders)):
        buddy.alloc(order)
        buddy.check(f"after a request of order {order}")


@points(3, needs=["take", "split"], cause="the rest of a block goes back in pieces of all orders between")
def test_any_split(arena, rng):
    buddy = Buddy(arena)
    first = 1024 * rng.randrange(1, 5)
    buddy.zone(NORMAL, 1000, 6000, free=[(first, 10), (first + 1024 + 64, rng.randrange(1, 7))])
    for _ in range(12):
        buddy.alloc(min(rng.randrange(9), rng.randrange(9)))
        buddy.check("after some requests")


@points(3, needs=["split", "give"], cause="a freed block keeps its order: it is not joined with what is no buddy")
def test_blocks_given_in_any_order(arena, rng):
    buddy = Buddy(arena)
    blocks = [(512 * i, rng.randrange(9)) for i in range(1, 15)]
    buddy.zone(NORMAL, 512, 7680, held=blocks, free=[])
    for block, _ in rng.sample(blocks, len(blocks)):
        buddy.free(block)
    buddy.check("after all blocks were freed, no two of them buddies")


@points(3, needs=["take", "split", "give", "merge"], cause="joining must stop at a zone's edge, wherever that is")
def test_any_edge(arena, rng):
    buddy, edge = Buddy(arena), rng.randrange(1030, 2040)
    held = [(page, 0) for page in range(edge - 12, edge + 12)]
    for index, first, end in ((DMA, 3, edge), (NORMAL, edge, 5000)):
        buddy.zone(index, first, end - first, held=[(page, 0) for page, _ in held if first <= page < end])
    for page, _ in held:
        buddy.stale(page, 1, rng.randrange(4))
    for page, _ in rng.sample(held, len(held)):
        buddy.free(page)
        buddy.check(f"after page {page} was freed; the zones meet at page {edge}")


@points(3, needs=["watermark"], cause="the rule: one page counts as left, two discounts, the reserve, the sizes")
def test_any_watermark(arena, rng):
    questions = []
    for _ in range(60):
        blocks = {order: rng.randrange(60 >> min(order, 5)) for order in range(MAX_ORDER)}
        free = sum(n << order for order, n in blocks.items())
        order = rng.randrange(5)
        reserve, flags = rng.choice((0, 0, 37)), rng.choice((0, ALLOC_HIGH, ALLOC_HARDER, ALLOC_HIGH | ALLOC_HARDER))
        lowest = free >> 1 if rng.random() < 0.5 else max(0, free - 40)
        questions.append(Question(blocks, free, order, rng.randrange(lowest, free + 2), NORMAL, reserve, flags))
    ask_watermark(arena, *questions)
    order = rng.randrange(3, MAX_ORDER)
    few = rng.randrange(1, 1 << order - 1)
    ask_watermark(arena, Question({0: few}, few, order, 0), Question({0: 2 * few + 1}, 2 * few + 1, 1, 0),
                  cause="what is left is negative here: compute in long, not in unsigned long")
