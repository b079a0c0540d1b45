//! The order of operations: which one waits for which (RFC 7644 §3.7, §3.7.1).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::hash::Hash;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::unionfind::UnionFind;

/// The order of the operations of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// Every operation once, in an order in which they can be done one after the other: each
    /// comes after the operations to which it refers, or is in their ring. Otherwise the order
    /// is that of the request.
    pub sequence: Vec<usize>,
    /// By operation: the index of its ring in `rings`.
    pub ring: Vec<usize>,
    /// Creates that do not wait for each other, because they refer to each other in a circle
    /// or in a very long chain. Every other operation is a ring of its own. The members of a
    /// ring are adjacent in the sequence.
    pub rings: Vec<Vec<usize>>,
}

/// How an operation uses a thing that other operations use too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// It refers to the thing. The order of such operations is not significant.
    Mention,
    /// It changes the thing, before or after all others.
    Change,
}

/// The longest chain of creates that wait for each other. A longer one would take too long:
/// its creates become a ring, and all begin at once.
const LONGEST: usize = 50;

/// The order of operations: `needs` has, by operation, those to which it refers, and
/// `creates` says which operations are creates.
#[must_use]
pub fn order(needs: &[BTreeSet<usize>], creates: &[bool]) -> Order {
    let mut order = numbered(rings(needs));
    if longest(needs, &order) > LONGEST {
        order = numbered(connected(needs, creates));
    }
    order.sequence = sequence(needs, &order.ring, &order.rings);
    order
}

fn numbered(rings: Vec<Vec<usize>>) -> Order {
    let mut ring = vec![0; rings.iter().map(Vec::len).sum()];
    for (number, members) in rings.iter().enumerate() {
        for member in members {
            if let Some(position) = ring.get_mut(*member) {
                *position = number;
            }
        }
    }
    Order { sequence: Vec::new(), ring, rings }
}

/// By operation, those before it in `sequence` that must be tried before it: of two that
/// touch the same thing, unless both only mention it.
pub fn after<K: Eq + Hash>(
    sequence: &[usize],
    mut touches: impl FnMut(usize) -> Vec<(K, Touch)>,
) -> Vec<BTreeSet<usize>> {
    #[derive(Default)]
    struct Last {
        change: Option<usize>,
        mentions: Vec<usize>,
    }
    let mut last: HashMap<K, Last> = HashMap::new();
    let mut after = vec![BTreeSet::new(); sequence.len()];
    for operation in sequence {
        let Some(waits) = after.get_mut(*operation) else { continue };
        for (key, touch) in touches(*operation) {
            let last = last.entry(key).or_default();
            waits.extend(last.change);
            match touch {
                Touch::Mention => last.mentions.push(*operation),
                Touch::Change => {
                    waits.extend(last.mentions.drain(..));
                    last.change = Some(*operation);
                }
            }
        }
        waits.remove(operation);
    }
    after
}

/// The strongly connected components, each after those to which it refers.
fn rings(needs: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let mut graph = DiGraph::<(), ()>::new();
    let nodes: Vec<_> = needs.iter().map(|_| graph.add_node(())).collect();
    for (node, needs) in nodes.iter().zip(needs) {
        for need in needs.iter().filter_map(|need| nodes.get(*need)) {
            graph.add_edge(*node, *need, ());
        }
    }
    // Kosaraju's algorithm, because that of Tarjan is recursive in `petgraph`, and a chain of
    // references may be as long as the request.
    let rings = kosaraju_scc(&graph).into_iter();
    let sorted = |ring: Vec<NodeIndex>| ring.into_iter().map(NodeIndex::index).collect::<BTreeSet<_>>();
    rings.map(|ring| sorted(ring).into_iter().collect()).collect()
}

/// The number of rings in the longest chain of references.
fn longest(needs: &[BTreeSet<usize>], order: &Order) -> usize {
    let mut depths = vec![0_usize; order.rings.len()];
    for (number, members) in order.rings.iter().enumerate() {
        let needs = members.iter().filter_map(|member| needs.get(*member)).flatten();
        let others = needs.filter_map(|need| order.ring.get(*need)).filter(|ring| **ring != number);
        let below = others.filter_map(|ring| depths.get(*ring)).max().copied().unwrap_or_default();
        if let Some(depth) = depths.get_mut(number) {
            *depth = below + 1;
        }
    }
    depths.into_iter().max().unwrap_or_default()
}

/// Creates that are connected by references in any direction; every other operation alone.
fn connected(needs: &[BTreeSet<usize>], creates: &[bool]) -> Vec<Vec<usize>> {
    let is_create = |operation: usize| creates.get(operation).copied().unwrap_or_default();
    let mut sets = UnionFind::<usize>::new(needs.len());
    for (operation, needs) in needs.iter().enumerate().filter(|(operation, _)| is_create(*operation)) {
        for need in needs.iter().filter(|need| is_create(**need)) {
            // An operation that does not exist joins nothing.
            let _ = sets.try_union(operation, *need);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (operation, set) in sets.into_labeling().into_iter().enumerate() {
        groups.entry(set).or_default().push(operation);
    }
    groups.into_values().collect()
}

/// Ring by ring, each after those that it needs. If several could come next, the one that was
/// sent first comes first.
fn sequence(needs: &[BTreeSet<usize>], ring: &[usize], rings: &[Vec<usize>]) -> Vec<usize> {
    let of = |operation: usize| ring.get(operation).copied().unwrap_or_default();
    let mut needed_by: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); rings.len()];
    let mut open = vec![0_usize; rings.len()];
    for (operation, needs) in needs.iter().enumerate() {
        for need in needs.iter().filter(|need| of(**need) != of(operation)) {
            if needed_by.get_mut(of(*need)).is_some_and(|by| by.insert(of(operation)))
                && let Some(open) = open.get_mut(of(operation))
            {
                *open += 1;
            }
        }
    }
    let first = |number: usize| rings.get(number).and_then(|ring| ring.first()).copied().unwrap_or_default();
    let ready = open.iter().enumerate().filter(|(_, open)| **open == 0);
    let mut ready: BinaryHeap<_> = ready.map(|(number, _)| Reverse((first(number), number))).collect();
    let mut sequence = Vec::with_capacity(needs.len());
    while let Some(Reverse((_, number))) = ready.pop() {
        sequence.extend(rings.get(number).into_iter().flatten());
        for by in needed_by.get(number).into_iter().flatten() {
            if let Some(open) = open.get_mut(*by) {
                *open -= 1;
                if *open == 0 {
                    ready.push(Reverse((first(*by), *by)));
                }
            }
        }
    }
    sequence
}
