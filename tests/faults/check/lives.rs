//! Events, grouped by the resource that they are about.

use std::collections::{BTreeMap, HashMap};

use crate::history::{Event, Seen, What};

/// All events of one resource.
#[derive(Debug, Default)]
pub(super) struct Life<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) create: Option<&'a Event>,
    /// Every PUT and PATCH.
    pub(super) changes: Vec<&'a Event>,
    pub(super) deletes: Vec<&'a Event>,
    pub(super) seen: Vec<(&'a Event, &'a Seen)>,
    /// Requests that got the response that it does not exist.
    pub(super) missing: Vec<&'a Event>,
}

/// Resources by the token of their create.
pub(super) type Lives<'a> = BTreeMap<&'a str, Life<'a>>;

impl<'a> Life<'a> {
    /// The time from which on it certainly existed.
    pub(super) fn begins(&self) -> Option<u64> {
        let created = self.create.filter(|create| create.is_done()).map(|create| create.ended);
        created.into_iter().chain(self.seen.iter().map(|(event, _)| event.ended)).min()
    }

    /// The time until which it certainly existed.
    pub(super) fn ends(&self) -> u64 {
        let deletes = self.deletes.iter().filter(|delete| delete.may_have_happened());
        deletes.map(|delete| delete.began).min().unwrap_or(u64::MAX)
    }

    /// Its create and all changes that may have happened.
    pub(super) fn writes(&self) -> impl Iterator<Item = &'a Event> {
        self.create.into_iter().chain(self.changes.iter().copied()).filter(|write| write.may_have_happened())
    }
}

pub(super) fn lives<'a>(events: &[&'a Event], wrong: &mut Vec<String>) -> Lives<'a> {
    let mut lives = Lives::new();
    let mut tokens: HashMap<&str, &str> = HashMap::new();
    for &event in events {
        if let What::Create { token, .. } = &event.what {
            lives.entry(token).or_default().create = Some(event);
        }
        for seen in &event.seen {
            tokens.insert(&seen.id, &seen.token);
            let life = lives.entry(&seen.token).or_default();
            if *life.id.get_or_insert(&seen.id) != seen.id {
                wrong.push(format!("one create, two resources: {:?} and {seen:?}", life.id));
            }
            life.seen.push((event, seen));
        }
    }
    for &event in events {
        let Some(token) = event.id().and_then(|id| tokens.get(id)) else { continue };
        let life = lives.entry(token).or_default();
        match event.what {
            What::Change { .. } => life.changes.push(event),
            What::Delete { .. } => life.deletes.push(event),
            _ => {}
        }
        if event.end == crate::history::End::Refused(404) {
            life.missing.push(event);
        }
    }
    lives
}
