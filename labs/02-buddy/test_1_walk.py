"""Exercise 1: walking nodes and zones (mm/mmzone.c)."""

from buddy import ZONES_OF_A_NODE, numbers
from grade.plugin import expect, points

NEEDS = ["walk"]


@points(1, needs=NEEDS, cause="inside a node, the zone after node_zones[i] is node_zones[i + 1], pages or not")
def test_all_zones_of_one_node(arena):
    expect("the zones that for_each_zone() visits with node 0 alone online", numbers(arena.call("zones")), [0, 1, 2, 3])


@points(2, needs=NEEDS, cause="after a node's last zone comes the first zone of the next online node")
def test_zones_of_neighbouring_nodes(arena):
    arena.call("online", 0b111)
    expect("the zones (node * 4 + zone) that for_each_zone() visits with nodes 0, 1 and 2 online",
           numbers(arena.call("zones")), list(range(12)))


@points(2, needs=NEEDS, cause="a node of which node_online() says no is stepped over, wherever it is")
def test_offline_nodes_are_stepped_over(arena):
    for online in ([0, 2], [1], [3, 7], [0, 1, 4, 6]):
        arena.call("online", sum(1 << nid for nid in online))
        expect(f"the nodes visited with {online} online", numbers(arena.call("nodes")), online)
        expect(f"the zones visited with nodes {online} online", numbers(arena.call("zones")),
               [nid * ZONES_OF_A_NODE + i for nid in online for i in range(ZONES_OF_A_NODE)])
