//! The indexes: a copy that follows the table after a lag.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::{Map, Value, json};

use table::name::{MEMBER_KEY, USER_NAME_KEY};

use super::call::Key;
use super::mutant::with_names;

/// The effect of an applied write on one item.
#[derive(Debug, Clone)]
pub(super) enum Fed {
    /// The new item.
    Item {
        user_name: Option<String>,
        member: Option<String>,
    },
    /// The item has this new `userNameKey`; the rest is unchanged.
    UserName(String),
    Gone,
}

/// An index, and a hash key in it.
type At = (&'static str, String);
/// Range key, PK, SK.
type Place = (String, String, String);

#[derive(Debug)]
pub(super) struct Indexes {
    lag: Duration,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    rng: Rng,
    /// Changes that the indexes have not seen yet, by the time at which they will.
    pending: BTreeMap<(Instant, u64), (Key, Fed)>,
    number: u64,
    /// When the last change of an item reaches the indexes: its later changes do not arrive
    /// earlier.
    last: HashMap<Key, Instant>,
    items: HashMap<Key, Entry>,
    /// By index and hash key: range key, PK, SK.
    found: HashMap<At, BTreeSet<Place>>,
}

#[derive(Debug, Clone, Default)]
struct Entry {
    user_name: Option<String>,
    member: Option<String>,
}

/// Each index, as the table defines it: name, hash key, range key.
const INDEXES: [(&str, &str, &str); 2] = directory::definition::INDEXES;

impl Entry {
    /// The hash and range keys of `key`, by index.
    fn places(&self, key: &Key) -> Vec<(At, Place)> {
        let place = |(index, hash, range): (&'static str, &str, &str)| {
            let text = |attribute: &str| match attribute {
                "PK" => Some(key.0.clone()),
                USER_NAME_KEY => self.user_name.clone(),
                MEMBER_KEY => self.member.clone(),
                other => panic!("no index has `{other}`"),
            };
            Some(((index, text(hash)?), (text(range)?, key.0.clone(), key.1.clone())))
        };
        INDEXES.into_iter().filter_map(place).collect()
    }
}

impl Indexes {
    pub(super) fn new(seed: u64, lag: Duration) -> Self {
        let inner = Inner {
            rng: Rng::with_seed(seed ^ 0x1a9),
            pending: BTreeMap::new(),
            number: 0,
            last: HashMap::new(),
            items: HashMap::new(),
            found: HashMap::new(),
        };
        Self { lag, inner: Mutex::new(inner) }
    }

    /// Applies the writes, while their keys are held.
    pub(super) fn feed(&self, changes: Vec<(Key, Fed)>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        for (key, change) in changes {
            let lag = self.lag.mul_f64(inner.rng.f64());
            let after = inner.last.get(&key).copied().unwrap_or(now);
            let due = (now + lag).max(after);
            inner.last.insert(key.clone(), due);
            inner.number += 1;
            let number = inner.number;
            inner.pending.insert((due, number), (key, change));
        }
    }

    /// The response to a query of an index.
    pub(super) fn answer(&self, query: &Value) -> Value {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.catch_up();
        let index = query["IndexName"].as_str().expect("an index");
        let (index, hash, range) = INDEXES.into_iter().find(|(name, ..)| *name == index).expect("an index");
        let condition = query["KeyConditionExpression"].as_str().expect("a condition");
        let condition = with_names(condition, query["ExpressionAttributeNames"].as_object());
        let equals = |attribute: &str| {
            let parts =
                condition.split(" AND ").map(|part| part.split_once(" = ").expect("only `=` is asked"));
            let value = parts.into_iter().find_map(|(name, value)| (name == attribute).then_some(value))?;
            Some(query["ExpressionAttributeValues"][value]["S"].as_str().expect("a text").to_owned())
        };
        let sort = equals(range);
        let at = (index, equals(hash).expect("a hash key"));
        let start = &query["ExclusiveStartKey"];
        let text = |item: &Value, name: &str| item[name]["S"].as_str().map(str::to_owned);
        let after = text(start, range).zip(text(start, "PK").zip(text(start, "SK")));
        let after = after.map(|(range, (pk, sk))| (range, pk, sk));
        let limit = query["Limit"].as_u64().map_or(usize::MAX, |limit| limit as usize);
        let mut hits = inner
            .found
            .get(&at)
            .into_iter()
            .flatten()
            .filter(|(range, ..)| sort.as_ref().is_none_or(|sort| sort == range));
        let item = |(sort, pk, sk): &Place| {
            let pairs = [("PK", pk), ("SK", sk), (hash, &at.1), (range, sort)];
            Value::Object(Map::from_iter(pairs.map(|(name, text)| (name.to_owned(), json!({ "S": text })))))
        };
        let page: Vec<Value> = hits
            .by_ref()
            .filter(|hit| after.as_ref().is_none_or(|after| *hit > after))
            .take(limit)
            .map(item)
            .collect();
        let mut answer = json!({
            "Count": page.len(), "ScannedCount": page.len(),
            "ConsumedCapacity": { "TableName": query["TableName"], "CapacityUnits": 0.5 },
        });
        if page.len() == limit && hits.next().is_some() {
            answer["LastEvaluatedKey"] = page.last().cloned().expect("a page of one at least");
        }
        answer["Items"] = Value::Array(page);
        answer
    }
}

impl Inner {
    fn catch_up(&mut self) {
        let now = Instant::now();
        while let Some(next) = self.pending.first_entry() {
            if next.key().0 > now {
                return;
            }
            let ((due, _), (key, change)) = next.remove_entry();
            if self.last.get(&key) == Some(&due) {
                self.last.remove(&key);
            }
            self.apply(key, change);
        }
    }

    fn apply(&mut self, key: Key, change: Fed) {
        let before = self.items.remove(&key).unwrap_or_default();
        for (at, place) in before.places(&key) {
            if let Some(places) = self.found.get_mut(&at) {
                places.remove(&place);
            }
        }
        let after = match change {
            Fed::Gone => return,
            Fed::Item { user_name, member } => Entry { user_name, member },
            Fed::UserName(name) => Entry { user_name: Some(name), ..before },
        };
        let places = after.places(&key);
        if !places.is_empty() {
            self.items.insert(key, after);
        }
        for (at, place) in places {
            self.found.entry(at).or_default().insert(place);
        }
    }
}
