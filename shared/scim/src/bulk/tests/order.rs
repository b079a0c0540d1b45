//! Properties of the order: each operation comes once, and none comes too early.

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use crate::bulk::order::{Order, Touch, after, order};
use crate::bulk::schedule::Schedule;

/// Operations: those to which each refers, and the things that each touches.
#[derive(Debug, Clone)]
struct Case {
    needs: Vec<BTreeSet<usize>>,
    touches: Vec<Vec<(u8, bool)>>,
}

fn case() -> impl Strategy<Value = Case> {
    (1_usize..24).prop_flat_map(|count| {
        let needs = vec(btree_set(0..count, 0..3), count);
        let touches = vec(vec((0_u8..6, any::<bool>()), 0..3), count);
        (needs, touches).prop_map(|(needs, touches)| Case { needs, touches })
    })
}

impl Case {
    fn order(&self) -> (Order, Vec<BTreeSet<usize>>) {
        let order = order(&self.needs, &vec![true; self.needs.len()]);
        let touch = |change: bool| if change { Touch::Change } else { Touch::Mention };
        let touches = |operation: usize| {
            self.touches[operation].iter().map(|(key, change)| (*key, touch(*change))).collect()
        };
        let after = after(&order.sequence, touches);
        (order, after)
    }

    /// Whether each can be reached from the other by references.
    fn circle(&self, a: usize, b: usize) -> bool {
        let reaches = |from: usize, to: usize| {
            let (mut open, mut seen) = (vec![from], BTreeSet::new());
            while let Some(next) = open.pop() {
                if seen.insert(next) {
                    open.extend(&self.needs[next]);
                }
            }
            seen.contains(&to)
        };
        reaches(a, b) && reaches(b, a)
    }

    fn conflict(&self, a: usize, b: usize) -> bool {
        let of = |operation: usize| self.touches[operation].iter();
        of(a).any(|(key, change)| of(b).any(|(other, also)| key == other && (*change || *also)))
    }
}

fn positions(sequence: &[usize]) -> Vec<usize> {
    let mut positions = vec![usize::MAX; sequence.len()];
    for (position, operation) in sequence.iter().enumerate() {
        positions[*operation] = position;
    }
    positions
}

proptest! {
    #[test]
    fn the_sequence_holds_every_operation_once(case in case()) {
        let mut sequence = order(&case.needs, &vec![true; case.needs.len()]).sequence;
        sequence.sort_unstable();
        prop_assert_eq!(sequence, (0..case.needs.len()).collect::<Vec<_>>());
    }

    #[test]
    fn rings_are_the_circles(case in case()) {
        let order = order(&case.needs, &vec![true; case.needs.len()]);
        for a in 0..case.needs.len() {
            for b in 0..case.needs.len() {
                prop_assert_eq!(order.ring[a] == order.ring[b], a == b || case.circle(a, b));
            }
            prop_assert!(order.rings[order.ring[a]].contains(&a));
        }
    }

    #[test]
    fn what_is_needed_comes_before_or_is_in_the_ring(case in case()) {
        let order = order(&case.needs, &vec![true; case.needs.len()]);
        let position = positions(&order.sequence);
        for (operation, needs) in case.needs.iter().enumerate() {
            for need in needs {
                prop_assert!(position[*need] < position[operation] || order.ring[*need] == order.ring[operation]);
            }
        }
        for ring in &order.rings {
            let at: BTreeSet<usize> = ring.iter().map(|member| position[*member]).collect();
            prop_assert_eq!(at.last().unwrap() - at.first().unwrap() + 1, ring.len(), "contiguous");
        }
    }

    #[test]
    fn independent_operations_stay_as_they_were_sent(count in 1_usize..50) {
        let sequence = order(&vec![BTreeSet::new(); count], &vec![true; count]).sequence;
        prop_assert_eq!(sequence, (0..count).collect::<Vec<_>>());
    }

    #[test]
    fn of_two_that_conflict_the_later_waits_for_the_earlier(case in case()) {
        let (order, after) = case.order();
        for (at, late) in order.sequence.iter().enumerate() {
            for early in order.sequence[..at].iter().filter(|early| case.conflict(**early, *late)) {
                let (mut open, mut waits) = (vec![*late], BTreeSet::new());
                while let Some(next) = open.pop() {
                    open.extend(after[next].iter().filter(|before| waits.insert(**before)));
                }
                prop_assert!(waits.contains(early), "{} after {}", late, early);
            }
        }
    }

    /// For any number of operations at a time, and any order in which they end: each begins
    /// once, after those for which it waits, and all begin at last.
    #[test]
    fn the_schedule_hands_out_all_and_none_too_early(
        case in case(), strict in any::<bool>(), width in 1_usize..5, picks in vec(any::<prop::sample::Index>(), 48),
    ) {
        let (order, after) = case.order();
        let ring = order.ring.clone();
        let sequence = order.sequence.clone();
        let mut schedule = Schedule::new(order, &case.needs, &after, strict);
        let (mut running, mut begun, mut tried, mut settled) = (Vec::new(), Vec::new(), BTreeSet::new(), BTreeSet::new());
        let mut picks = picks.into_iter();
        loop {
            while running.len() < width && let Some(next) = schedule.begin() {
                for need in case.needs[next].iter().filter(|need| ring[**need] != ring[next]) {
                    prop_assert!(settled.contains(&ring[*need]), "{} before {} is settled", next, need);
                }
                prop_assert!(after[next].iter().all(|before| tried.contains(before)));
                running.push(next);
                begun.push(next);
            }
            if running.is_empty() {
                break;
            }
            let done = running.swap_remove(picks.next().map_or(0, |pick| pick.index(running.len())));
            tried.insert(done);
            if let Some(complete) = schedule.tried(done) {
                prop_assert!(schedule.members(complete).iter().all(|member| tried.contains(member)));
                settled.insert(complete);
                schedule.settled(complete);
            }
        }
        if strict {
            prop_assert_eq!(&begun, &sequence);
        }
        begun.sort_unstable();
        prop_assert_eq!(begun, (0..case.needs.len()).collect::<Vec<_>>());
    }
}

/// `count` operations, each of which refers to the next one.
fn chain(count: usize) -> Vec<BTreeSet<usize>> {
    (0..count).map(|n| (n + 1..count).take(1).collect()).collect()
}

#[test]
fn a_circle_as_long_as_the_request() {
    let circle: Vec<BTreeSet<usize>> = (0..1000).map(|n| BTreeSet::from([(n + 1) % 1000])).collect();
    assert_eq!(order(&circle, &[true; 1000]).rings.len(), 1);
}

#[test]
fn a_chain_is_waited_for_unless_it_is_too_long() {
    let short = order(&chain(50), &[true; 50]);
    assert_eq!(short.sequence, (0..50).rev().collect::<Vec<_>>());
    assert_eq!(short.rings.len(), 50);
    let mut needs = chain(1000);
    // Two changes that refer to the first and to the last of them are no part of the ring.
    needs.extend([BTreeSet::from([0]), BTreeSet::from([999]), BTreeSet::new()]);
    let mut creates = vec![true; 1000];
    creates.extend([false, false, true]);
    let long = order(&needs, &creates);
    assert_eq!(long.rings.len(), 4);
    assert_eq!(long.sequence, (0..1003).collect::<Vec<_>>());
    assert!(long.ring[..1000].iter().all(|ring| *ring == long.ring[0]));
}
