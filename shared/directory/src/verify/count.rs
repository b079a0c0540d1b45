//! A scan that counts, between two readings of the counters.

use data_encoding::HEXLOWER;
use scim::model::resource_type::ResourceType;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use table::item::{Item, optional_number, text};
use table::name::{N, SK};

use crate::error::Error;
use crate::resource::counter;
use crate::tenant::Tenant;

/// A scan that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Count {
    /// The counters when it began: sum and fingerprint.
    total: i64,
    print: String,
    /// Resources seen.
    pub(super) seen: i64,
    /// How the last scan ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<Outcome>,
    /// Scans that have ended.
    pub(super) scans: u8,
}

/// How a scan ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Outcome {
    Agrees,
    /// By how many the counters were too high.
    Differs(i64),
    /// They changed meanwhile.
    Moved,
}

impl Count {
    /// Begins to count the resources of `kind`.
    ///
    /// # Errors
    /// The table's own.
    pub(super) async fn begin(tenant: &Tenant, kind: &ResourceType) -> Result<Self, Error> {
        let (total, print) = print(&counter::read_all(tenant, kind).await?)?;
        Ok(Self { total, print, seen: 0, last: None, scans: 0 })
    }

    /// Begins again after a scan.
    ///
    /// # Errors
    /// The table's own.
    pub(super) async fn again(self, tenant: &Tenant, kind: &ResourceType) -> Result<Self, Error> {
        Ok(Self { last: self.last, scans: self.scans, ..Self::begin(tenant, kind).await? })
    }

    /// Compares at the end of a scan.
    ///
    /// # Errors
    /// The table's own.
    pub(super) async fn end(&mut self, tenant: &Tenant, kind: &ResourceType) -> Result<(), Error> {
        let (_, now) = print(&counter::read_all(tenant, kind).await?)?;
        self.last = Some(match self.total - self.seen {
            _ if now != self.print => Outcome::Moved,
            0 => Outcome::Agrees,
            excess => Outcome::Differs(excess),
        });
        self.scans += 1;
        Ok(())
    }
}

fn print(counters: &[Item]) -> Result<(i64, String), Error> {
    let (mut total, mut hash) = (0, Sha256::new());
    for counter in counters {
        let n: i64 = optional_number(counter, N).unwrap_or(0);
        total += n;
        hash.update(format!("{}={n};", text(counter, SK)?));
    }
    Ok((total, HEXLOWER.encode(&hash.finalize())))
}
