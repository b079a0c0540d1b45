//! What follows from the results of a batch. Pure.

use std::collections::BTreeMap;

use super::batch::Batch;
use super::dead_letter::DeadLetter;
use super::record::{LastError, Open, Subscription, shortened};

/// How long nothing is sent after the endpoint could not be used, in seconds; the last one repeats.
const PAUSES: [i64; 7] = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];
/// After how long an event that was refused is sent again, in seconds. Then it is a dead letter.
const REFUSALS: [i64; 4] = [5, 30, 120, 300];
/// A subscription whose endpoint cannot be used for this long is paused, in seconds: five days.
const LONGEST: i64 = 5 * 24 * 3600;
/// Events that are given up at once: each is an item, and all are written in one transaction.
const MOST_GIVEN_UP: usize = 50;
/// The longest pause that an endpoint may ask for, in seconds.
const MOST_ASKED: i64 = 24 * 3600;

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint took it.
    Delivered,
    /// The endpoint refused this event.
    Refused {
        /// The status.
        status: Option<u16>,
        /// Why.
        reason: String,
    },
    /// The receiver wants this event never again.
    Rejected {
        /// Why.
        reason: String,
    },
    /// The endpoint cannot be used now, for any event.
    Unusable {
        /// Why.
        reason: String,
        /// After how many seconds it asks to be called again.
        after: Option<i64>,
    },
    /// The endpoint wants no more events.
    Gone,
}

impl Outcome {
    /// Why the event `sequence` was not delivered, without what the receiver says of it; `None` if it was.
    fn error(&self, sequence: u64) -> Option<String> {
        match self {
            Self::Delivered => None,
            Self::Refused { status: Some(status), .. } => {
                Some(format!("the endpoint answered {status} to event {sequence}"))
            }
            Self::Refused { .. } | Self::Rejected { .. } => {
                Some(format!("the receiver refused event {sequence}"))
            }
            Self::Unusable { reason, .. } => Some(shortened(reason)),
            Self::Gone => Some("the endpoint answered 410".to_owned()),
        }
    }
}

impl Subscription {
    /// Notes what became of the events of `batch`, by sequence number, at `now`, in seconds since 1970.
    /// Events without an outcome stay open. Returns those that are given up; with very many at once, the rest
    /// stays open and is given up next time.
    pub fn advance(&mut self, batch: &Batch, outcomes: &BTreeMap<u64, Outcome>, now: i64) -> Vec<DeadLetter> {
        let mut dead = Vec::new();
        let error = outcomes.iter().filter_map(|(sequence, outcome)| outcome.error(*sequence)).next_back();
        self.last_error = error.map(|reason| LastError { at: now, reason }).or(self.last_error.take());
        for (first, last) in &batch.lost {
            // What is after the cursor must be noted: it is not read again.
            if dead.len() >= MOST_GIVEN_UP && *first <= self.cursor {
                continue;
            }
            self.open.remove(first);
            dead.push(DeadLetter::lost(*first, *last));
        }
        let is_settled = |outcome: &Outcome| {
            matches!(outcome, Outcome::Delivered | Outcome::Refused { .. } | Outcome::Rejected { .. })
        };
        if outcomes.values().any(is_settled) {
            // The endpoint answers.
            (self.attempt, self.failing_since) = (0, None);
        }
        let stopped = outcomes.values().find(|outcome| !is_settled(outcome));
        let cursor = match stopped {
            None => batch.through,
            // What was not sent is not listed as open one by one, as far as possible.
            Some(_) => {
                let tried = |sequence: &u64| outcomes.get(sequence).is_some_and(is_settled);
                let new = || batch.events.iter().map(|event| event.sequence).filter(|n| *n > self.cursor);
                let last = new().filter(&tried).max().unwrap_or(self.cursor);
                new().find(|n| !tried(n)).map_or(batch.through, |first| last.max(first.saturating_sub(1)))
            }
        };
        let new = Open { since: Some(now), ..Open::default() };
        for event in batch.events.iter().filter(|event| event.sequence <= cursor) {
            match outcomes.get(&event.sequence) {
                Some(Outcome::Delivered) => {
                    self.open.remove(&event.sequence);
                }
                Some(Outcome::Refused { status, reason }) => {
                    let open = self.open.entry(event.sequence).or_insert(new);
                    match REFUSALS.get(open.refused as usize) {
                        Some(pause) => {
                            *open = Open { refused: open.refused + 1, after: now + pause, ..*open }
                        }
                        None if dead.len() >= MOST_GIVEN_UP => {}
                        None => {
                            self.open.remove(&event.sequence);
                            dead.push(DeadLetter::refused(event.sequence, *status, reason));
                        }
                    }
                }
                Some(Outcome::Rejected { reason }) if dead.len() < MOST_GIVEN_UP => {
                    self.open.remove(&event.sequence);
                    dead.push(DeadLetter::refused(event.sequence, None, reason));
                }
                Some(Outcome::Rejected { .. } | Outcome::Unusable { .. } | Outcome::Gone) | None => {
                    self.open.entry(event.sequence).or_insert(new);
                }
            }
        }
        self.cursor = cursor;
        // An event that was never refused waits for one before it, or for the end of the failure.
        let again = self.open.values().filter(|open| open.refused > 0).map(|open| open.after).min();
        self.due = again.or((!self.open.is_empty()).then_some(now));
        match stopped {
            Some(Outcome::Gone) => self.pause("the endpoint answered 410: it wants no more events", now),
            Some(Outcome::Unusable { reason, after }) => self.fail(reason, *after, now),
            _ => {}
        }
        dead
    }

    fn fail(&mut self, reason: &str, asked: Option<i64>, now: i64) {
        let since = *self.failing_since.get_or_insert(now);
        if now - since >= LONGEST {
            self.pause(&format!("the endpoint could not be used for five days: {reason}"), now);
            return;
        }
        let usual = PAUSES.get(self.attempt as usize).or(PAUSES.last()).copied().unwrap_or_default();
        self.attempt += 1;
        // Not all subscriptions to a server that failed call it at the same moment.
        let pause = asked.map_or(usual + fastrand::i64(0..=usual / 10), |asked| asked.clamp(1, MOST_ASKED));
        self.due = Some(now + pause);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::super::batch::Pending;
    use super::super::record::{Channel, State};
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn subscription(cursor: u64) -> Subscription {
        Subscription::new("x", Channel::Webhook { url: "https://ex.io/".to_owned() }, cursor)
    }

    /// A batch of these events; the second number says what each is about.
    fn batch(events: &[(u64, u64)], through: u64) -> Batch {
        let pending = |(sequence, about): &(u64, u64)| Pending {
            sequence: *sequence,
            about: about.to_string(),
            after: 0,
            event: json!({}),
        };
        Batch { events: events.iter().map(pending).collect(), through, ..Batch::default() }
    }

    fn refused() -> Outcome {
        Outcome::Refused { status: Some(400), reason: "400".to_owned() }
    }

    fn unusable(after: Option<i64>) -> Outcome {
        Outcome::Unusable { reason: "503".to_owned(), after }
    }

    /// The endpoint answers, but one event always fails: it must be noticed.
    #[test]
    fn an_event_that_stays_open_says_since_when() {
        let mut of = subscription(0);
        let outcomes = BTreeMap::from([(1, unusable(None)), (2, Outcome::Delivered)]);
        for later in [0, 600] {
            of.advance(&batch(&[(1, 1), (2, 2)], 2), &outcomes, NOW + later);
            assert_eq!((of.behind_since(), of.attempt), (Some(NOW), 1));
        }
        of.advance(&batch(&[(1, 1)], 2), &BTreeMap::from([(1, Outcome::Delivered)]), NOW + 700);
        assert_eq!(of.behind_since(), None);
    }

    #[test]
    fn the_last_error_stays_with_its_time_and_without_the_words_of_the_receiver() {
        let mut of = subscription(0);
        let refused = Outcome::Refused { status: Some(400), reason: "ann@example.com is unknown".to_owned() };
        let error = |of: &Subscription| of.last_error.clone().map(|error| (error.at, error.reason));
        of.advance(&batch(&[(1, 1)], 1), &BTreeMap::from([(1, refused)]), NOW);
        assert_eq!(error(&of), Some((NOW, "the endpoint answered 400 to event 1".to_owned())));
        of.advance(&batch(&[(2, 2)], 2), &BTreeMap::from([(2, unusable(None))]), NOW + 9);
        of.advance(&batch(&[(2, 2)], 2), &BTreeMap::from([(2, Outcome::Delivered)]), NOW + 10);
        assert_eq!(error(&of), Some((NOW + 9, "503".to_owned())));
    }

    #[test]
    fn what_is_delivered_moves_the_cursor() {
        let mut of = subscription(0);
        let outcomes = BTreeMap::from([(1, Outcome::Delivered), (3, Outcome::Delivered)]);
        assert!(of.advance(&batch(&[(1, 1), (3, 1)], 4), &outcomes, NOW).is_empty());
        assert_eq!((of.cursor, of.open.len(), of.due), (4, 0, None));
    }

    #[test]
    fn five_refusals_make_a_dead_letter_and_others_go_on() {
        let mut of = subscription(0);
        let mut outcomes = BTreeMap::from([(1, refused()), (2, Outcome::Delivered)]);
        let mut now = NOW;
        assert!(of.advance(&batch(&[(1, 1), (2, 2), (3, 1)], 3), &outcomes, now).is_empty());
        assert_eq!(of.cursor, 3);
        assert_eq!(of.open.keys().copied().collect::<Vec<_>>(), [1, 3], "3 waits for 1");
        outcomes.remove(&2);
        for refusal in 2..=5 {
            now = of.due.unwrap();
            assert!(now > NOW && of.attempt == 0);
            let dead = of.advance(&batch(&[(1, 1), (3, 1)], 3), &outcomes, now);
            assert_eq!(dead.len(), usize::from(refusal == 5), "{refusal}");
        }
        assert_eq!(of.open.keys().copied().collect::<Vec<_>>(), [3]);
        assert_eq!(of.due, Some(now), "3 is next");
        of.advance(&batch(&[(3, 1)], 3), &BTreeMap::from([(3, Outcome::Delivered)]), now);
        assert_eq!((of.cursor, of.open.len(), of.due), (3, 0, None));
    }

    /// They are written in one transaction, which has room for 100 items.
    #[test]
    fn of_very_many_that_are_given_up_some_wait_for_the_next_time() {
        let all: Vec<(u64, u64)> = (1..=150).map(|n| (n, n)).collect();
        for outcome in [refused(), Outcome::Rejected { reason: "no".to_owned() }] {
            let mut of = subscription(150);
            of.open = (1..=150).map(|n| (n, Open { refused: 4, after: NOW, since: None })).collect();
            let (mut dead, mut times) = (BTreeSet::new(), 0);
            while !of.open.is_empty() {
                let left: Vec<_> = all.iter().copied().filter(|(n, _)| of.open.contains_key(n)).collect();
                let outcomes = left.iter().map(|(n, _)| (*n, outcome.clone())).collect();
                assert!(of.may_send(NOW) && of.due.is_none_or(|due| due <= NOW), "at once");
                let letters = of.advance(&batch(&left, 150), &outcomes, NOW);
                assert!((1..=50).contains(&letters.len()), "{}", letters.len());
                dead.extend(letters.into_iter().map(|letter| letter.sequence));
                times += 1;
            }
            assert_eq!((dead.len(), times, of.cursor), (150, 3, 150));
        }
        let mut of = subscription(200);
        of.open = (1..=120).map(|n| (n, Open::default())).collect();
        let lost = (1..=120).map(|n| (n, n)).chain([(201, 300)]).collect();
        let batch = Batch { lost, through: 300, ..Batch::default() };
        let letters = of.advance(&batch, &BTreeMap::new(), NOW);
        assert_eq!((letters.len(), of.open.len(), of.cursor), (51, 70, 300));
        assert_eq!(letters.last().and_then(|letter| letter.through), Some(300));
    }

    #[test]
    fn what_is_rejected_is_given_up_at_once() {
        let mut of = subscription(0);
        let outcomes = BTreeMap::from([(2, Outcome::Rejected { reason: "no".to_owned() })]);
        let dead = of.advance(&batch(&[(1, 1), (2, 2)], 2), &outcomes, NOW);
        assert_eq!(dead.iter().map(|letter| letter.sequence).collect::<Vec<_>>(), [2]);
        assert_eq!((of.cursor, of.open.keys().copied().collect::<Vec<_>>()), (2, vec![1]));
    }

    #[test]
    fn an_endpoint_that_fails_loses_nothing_and_is_left_alone_longer_and_longer() {
        let mut of = subscription(10);
        let all = [(11, 1), (12, 2), (13, 3), (14, 4)];
        let outcomes = BTreeMap::from([(11, unusable(None)), (12, Outcome::Delivered)]);
        of.advance(&batch(&all, 14), &outcomes, NOW);
        assert_eq!(of.cursor, 12);
        assert_eq!(of.open.keys().copied().collect::<Vec<_>>(), [11]);
        let mut now = NOW;
        let mut pauses = Vec::new();
        while of.state == State::Active {
            let due = of.due.unwrap();
            assert!(!of.may_send(due - 1) && of.may_send(due));
            pauses.push(due - now);
            now = due;
            of.advance(&batch(&[(11, 1), (13, 3)], 13), &BTreeMap::from([(11, unusable(None))]), now);
            assert_eq!(of.cursor, 12);
        }
        assert!((LONGEST..LONGEST + 50_000).contains(&(now - NOW)), "{}", now - NOW);
        assert!(pauses.is_sorted_by(|a, b| *a <= b + b / 5) && pauses[0] <= 6, "{pauses:?}");
        assert!(!of.may_send(now + LONGEST));
        of.resume(now);
        assert!(of.may_send(now));
    }

    #[test]
    fn an_endpoint_may_ask_for_a_pause() {
        let mut of = subscription(0);
        of.advance(&batch(&[(1, 1)], 1), &BTreeMap::from([(1, unusable(Some(90)))]), NOW);
        assert_eq!((of.cursor, of.due), (0, Some(NOW + 90)));
    }

    #[test]
    fn an_endpoint_that_is_gone_pauses_the_subscription() {
        let mut of = subscription(0);
        of.advance(&batch(&[(1, 1)], 1), &BTreeMap::from([(1, Outcome::Gone)]), NOW);
        assert!(matches!(of.state, State::Paused { since: NOW, .. }));
        assert_eq!((of.cursor, of.due), (0, None));
    }

    #[test]
    fn an_event_that_waits_holds_back_those_about_the_same() {
        let mut waiting = batch(&[(1, 1), (2, 2), (3, 1), (4, 2)], 4);
        waiting.events[0].after = NOW + 1;
        let numbers = |now| -> Vec<Vec<u64>> {
            waiting.lanes(now).iter().map(|lane| lane.iter().map(|event| event.sequence).collect()).collect()
        };
        assert_eq!(numbers(NOW), [vec![2, 4]]);
        assert_eq!(numbers(NOW + 1), [vec![1, 3], vec![2, 4]]);
    }

    #[test]
    fn what_is_not_kept_any_more_is_given_up() {
        let mut of = subscription(3);
        of.open.insert(2, Open::default());
        let lost = Batch { lost: vec![(2, 2), (4, 8)], through: 8, ..Batch::default() };
        let dead = of.advance(&lost, &BTreeMap::new(), NOW);
        assert_eq!(
            dead.iter().map(|letter| (letter.sequence, letter.through)).collect::<Vec<_>>(),
            [(2, None), (4, Some(8))]
        );
        assert_eq!((of.cursor, of.open.len(), of.due), (8, 0, None));
    }
}
