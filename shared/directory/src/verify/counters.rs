//! The counters of a type against the number of its resources. Both change while they are
//! read: they are compared when the counters are the same before and after a walk, and told
//! of when two walks in a row come to the same difference.

use data_encoding::HEXLOWER;
use scim::model::resource_type::ResourceType;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Step;
use super::finding::{Finding, What};
use super::place::Place;
use super::repair;
use crate::error::Error;
use crate::keys::{self, Item, Key, optional_number, text};
use crate::resource::counter;
use crate::tenant::Tenant;
use table::name;

/// Walks that are tried while the counters change.
const WALKS: u8 = 4;

/// A walk that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Count {
    /// The counters as they were when it began: sum and fingerprint.
    total: i64,
    print: String,
    /// Resources seen.
    pub(super) seen: i64,
    /// How the last walk ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Outcome>,
    walks: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Outcome {
    Agrees,
    /// By how many the counters were too high.
    Differs(i64),
    /// They changed meanwhile.
    Moved,
}

impl Count {
    pub(super) async fn begin(scope: &Tenant, kind: &ResourceType) -> Result<Self, Error> {
        let (total, print) = print(&counter::read_all(scope, kind).await?)?;
        Ok(Self { total, print, seen: 0, last: None, walks: 0 })
    }

    /// Compares at the end of a walk.
    pub(super) async fn end(&mut self, scope: &Tenant, kind: &ResourceType) -> Result<(), Error> {
        let (_, now) = print(&counter::read_all(scope, kind).await?)?;
        self.last = Some(match self.total - self.seen {
            _ if now != self.print => Outcome::Moved,
            0 => Outcome::Agrees,
            excess => Outcome::Differs(excess),
        });
        self.walks += 1;
        Ok(())
    }
}

impl Step<'_> {
    /// One page of a walk that only counts, when the one before did not agree. Returns whether
    /// it has ended.
    pub(super) async fn counter(&mut self, kind: &ResourceType, place: &mut Place) -> Result<bool, Error> {
        let scope = self.scope.clone();
        let Some(mut count) = place.count.take() else { return Ok(true) };
        let before = match (&place.after, count.last.clone()) {
            (None, Some(Outcome::Agrees)) => return Ok(true),
            (None, before) => {
                let begun = Count::begin(&scope, kind).await?;
                count = Count { last: before.clone(), walks: count.walks, ..begun };
                before
            }
            (Some(_), before) => before,
        };
        let pk = keys::resources(&scope.directory, &kind.name);
        let mut pages = scope.store.range(&pk, None);
        if let Some(after) = &place.after {
            pages = pages.after(&Key::new(pk, &**after));
        }
        let page = pages.next(None).await?.unwrap_or_default();
        count.seen += page.len() as i64;
        if let (Some(last), true) = (page.last(), pages.has_more()) {
            place.after = Some(text(last, name::SK)?.to_owned());
            place.count = Some(count);
            return Ok(false);
        }
        count.end(&scope, kind).await?;
        place.after = None;
        match &count.last {
            Some(Outcome::Agrees) => return Ok(true),
            Some(Outcome::Differs(excess)) if before == count.last => {
                let repaired = self.options.repair && repair::correct_counter(&scope, kind, *excess).await?;
                let finding = Finding { excess: Some(*excess), ..Finding::new(What::Counter, &kind.name) };
                self.findings.push(finding.repaired(repaired));
                return Ok(true);
            }
            _ if count.walks >= WALKS => {
                self.uncounted.push(kind.name.clone());
                return Ok(true);
            }
            _ => {}
        }
        place.count = Some(count);
        Ok(false)
    }
}

fn print(counters: &[Item]) -> Result<(i64, String), Error> {
    let (mut total, mut hash) = (0, Sha256::new());
    for counter in counters {
        let n: i64 = optional_number(counter, name::N).unwrap_or(0);
        total += n;
        hash.update(format!("{}={n};", text(counter, name::SK)?));
    }
    Ok((total, HEXLOWER.encode(&hash.finalize())))
}
