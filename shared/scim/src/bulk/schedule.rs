//! Hands out operations as soon as those before them are done.

use std::collections::BTreeSet;

use super::order::Order;

/// The operations of a request in progress.
///
/// The caller gets an operation from [`begin`](Self::begin) and reports it to
/// [`tried`](Self::tried), whether it succeeded or not. If that completes the ring, the
/// caller reports the ring to [`settled`](Self::settled) once its consequences are done.
#[derive(Debug)]
pub struct Schedule {
    order: Order,
    /// By operation: its position in the sequence.
    position: Vec<usize>,
    /// By operation: the number of things for which it waits.
    open: Vec<usize>,
    /// By operation: those that wait until it is tried.
    then: Vec<Vec<usize>>,
    /// By ring: those that wait until it is settled.
    upon: Vec<Vec<usize>>,
    /// By ring: how many of its members are not tried yet.
    untried: Vec<usize>,
    /// By ring: whether it is settled.
    settled: Vec<bool>,
    /// The operations that may begin, by their position in the sequence.
    ready: BTreeSet<usize>,
    /// Whether operations begin in the order of the sequence only.
    strict: bool,
    /// How many have begun.
    begun: usize,
}

impl Schedule {
    /// A schedule of the operations in `order`. Each waits until those that it `needs` are
    /// settled, unless they are in its own ring, and until those in its `after` are tried.
    /// With `strict`, operations begin in the order of the sequence only.
    #[must_use]
    pub fn new(order: Order, needs: &[BTreeSet<usize>], after: &[BTreeSet<usize>], strict: bool) -> Self {
        let count = order.sequence.len();
        let mut position = vec![0; count];
        for (at, operation) in order.sequence.iter().enumerate() {
            if let Some(position) = position.get_mut(*operation) {
                *position = at;
            }
        }
        let of = |operation: usize| order.ring.get(operation).copied().unwrap_or_default();
        let (mut open, mut then) = (vec![0; count], vec![Vec::new(); count]);
        let mut upon = vec![Vec::new(); order.rings.len()];
        for operation in 0..count {
            let rings: BTreeSet<usize> =
                needs.get(operation).into_iter().flatten().map(|need| of(*need)).collect();
            let mut waits = 0;
            for ring in rings.into_iter().filter(|ring| *ring != of(operation)) {
                if let Some(upon) = upon.get_mut(ring) {
                    upon.push(operation);
                    waits += 1;
                }
            }
            for before in after.get(operation).into_iter().flatten() {
                if let Some(then) = then.get_mut(*before) {
                    then.push(operation);
                    waits += 1;
                }
            }
            if let Some(open) = open.get_mut(operation) {
                *open = waits;
            }
        }
        let free = open.iter().zip(&position).filter(|(open, _)| **open == 0);
        let ready = free.map(|(_, position)| *position).collect();
        let untried = order.rings.iter().map(Vec::len).collect();
        Self {
            settled: vec![false; order.rings.len()],
            order,
            position,
            open,
            then,
            upon,
            untried,
            ready,
            strict,
            begun: 0,
        }
    }

    /// Begins the next operation that may begin, and returns it.
    pub fn begin(&mut self) -> Option<usize> {
        let at = *self.ready.first()?;
        if self.strict && at != self.begun {
            return None;
        }
        self.ready.remove(&at);
        self.begun += 1;
        self.order.sequence.get(at).copied()
    }

    /// Reports that `operation` was tried. Returns its ring if it was the last of the ring.
    pub fn tried(&mut self, operation: usize) -> Option<usize> {
        for next in self.then.get_mut(operation).map(std::mem::take).unwrap_or_default() {
            self.free(next);
        }
        let ring = *self.order.ring.get(operation)?;
        let untried = self.untried.get_mut(ring)?;
        *untried = untried.saturating_sub(1);
        (*untried == 0).then_some(ring)
    }

    /// Reports that the consequences of `ring` are done.
    pub fn settled(&mut self, ring: usize) {
        if let Some(settled) = self.settled.get_mut(ring) {
            *settled = true;
        }
        for next in self.upon.get_mut(ring).map(std::mem::take).unwrap_or_default() {
            self.free(next);
        }
    }

    /// The rings of which some members are tried and others are not.
    #[must_use]
    pub fn torn(&self) -> Vec<usize> {
        let rings = self.untried.iter().zip(&self.settled).enumerate();
        let torn = rings.filter(|(ring, (untried, settled))| {
            !**settled && **untried > 0 && **untried < self.members(*ring).len()
        });
        torn.map(|(ring, _)| ring).collect()
    }

    /// The members of `ring`.
    #[must_use]
    pub fn members(&self, ring: usize) -> &[usize] {
        self.order.rings.get(ring).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the ring of `operation` is settled.
    #[must_use]
    pub fn is_settled(&self, operation: usize) -> bool {
        let ring = self.order.ring.get(operation).and_then(|ring| self.settled.get(*ring));
        ring.copied().unwrap_or_default()
    }

    fn free(&mut self, operation: usize) {
        let (Some(open), Some(position)) = (self.open.get_mut(operation), self.position.get(operation))
        else {
            return;
        };
        *open = open.saturating_sub(1);
        if *open == 0 {
            self.ready.insert(*position);
        }
    }
}
