//! What a request for events asks for.

use std::time::Duration;

use directory::clock::parsed;
use scim::error::{Error, Kind};

/// Events of a page, if the request names no other number, and the most.
const USUAL: u16 = 100;
const MOST: u16 = 1000;
/// The longest that a request may wait, in seconds.
const LONGEST: u64 = 25;
/// What the positions in a snapshot begin with, for the client.
pub(super) const SNAPSHOT: &str = "snapshot-";

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// After the event with this sequence number.
    After(u64),
    /// At the first event that is kept.
    Oldest,
    /// After the last event.
    Latest,
    /// With the events of changes at this time or later, in milliseconds since 1970.
    Time(u64),
    /// In a snapshot: after this position, or at its beginning.
    Snapshot(Option<String>),
}

/// The parameters of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) start: Start,
    /// How many events are evaluated at most.
    pub(super) limit: u16,
    /// The types that are wanted; empty for all.
    types: Vec<String>,
    pub(super) wait: Duration,
}

impl Parameters {
    /// Reads what follows the `?`.
    ///
    /// # Errors
    /// `invalidValue`, also for a parameter that does not exist: it may be a misspelt one, and without
    /// it the client would get other events than it wants.
    pub(super) fn read(query: Option<&str>) -> Result<Self, Error> {
        let (mut start, mut limit, mut types, mut wait) = (None, USUAL, Vec::new(), Duration::ZERO);
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "after" | "start" if start.is_some() => {
                    return Err(invalid("`after` and `start` say the same: send one of them".to_owned()));
                }
                "after" => start = Some(after(&name, &value)?),
                "start" => start = Some(named(&value)?),
                "limit" => {
                    let number = number(&name, &value, 1, u64::from(MOST))?;
                    limit = u16::try_from(number).unwrap_or(MOST);
                }
                "types" => types = list(&value)?,
                "wait" => wait = Duration::from_secs(number(&name, &value, 0, LONGEST)?),
                "" => {}
                _ => {
                    let detail = "the parameters are `after` or `start`, `limit`, `types` and `wait`";
                    return Err(invalid(detail.to_owned()));
                }
            }
        }
        let start = start.ok_or_else(|| {
            invalid("send `after`, the `next` of the previous answer, or `start=oldest`".to_owned())
        })?;
        Ok(Self { start, limit, types, wait })
    }

    /// Whether events of the type `kind` are wanted.
    pub(super) fn wants(&self, kind: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|wanted| wanted == kind)
    }
}

fn after(name: &str, value: &str) -> Result<Start, Error> {
    match value.strip_prefix(SNAPSHOT) {
        Some(position) => Ok(Start::Snapshot(Some(position.to_owned()))),
        None => number(name, value, 0, u64::MAX).map(Start::After),
    }
}

fn number(name: &str, value: &str, least: u64, most: u64) -> Result<u64, Error> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|number| digits && (least..=most).contains(number));
    number.ok_or_else(|| match most {
        u64::MAX => invalid(format!(
            "`{name}` must be the `next` of a response, the sequence number of an event, or 0"
        )),
        _ => invalid(format!("`{name}` must be a whole number from {least} to {most}")),
    })
}

fn named(value: &str) -> Result<Start, Error> {
    match value {
        "oldest" => Ok(Start::Oldest),
        "latest" => Ok(Start::Latest),
        "snapshot" => Ok(Start::Snapshot(None)),
        time => parsed(time).map(Start::Time).ok_or_else(|| {
            invalid(
                "`start` must be `oldest`, `latest`, `snapshot` or a time such as `2027-01-31T00:00:00Z`"
                    .to_owned(),
            )
        }),
    }
}

fn list(value: &str) -> Result<Vec<String>, Error> {
    let types: Vec<_> = value.split(',').map(|kind| kind.trim().to_owned()).collect();
    if types.iter().all(|kind| kind.contains('.')) {
        Ok(types)
    } else {
        Err(invalid(
            "`types` must be types of events, separated by commas: `user.created,user.deleted`".to_owned(),
        ))
    }
}

fn invalid(detail: String) -> Error {
    Error::new(Kind::InvalidValue, detail)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read() {
        let read = |query| Parameters::read(Some(query)).unwrap();
        let all = read("after=7&limit=1000&types=user.created,group.deleted&wait=25");
        assert_eq!((&all.start, all.limit, all.wait.as_secs()), (&Start::After(7), 1000, 25));
        assert!(all.wants("group.deleted") && !all.wants("user.updated"));
        let few = read("start=latest&");
        assert_eq!((&few.start, few.limit, few.wait.as_secs()), (&Start::Latest, 100, 0));
        assert!(few.wants("device.created"));
        assert_eq!(read("start=oldest").start, Start::Oldest);
        assert_eq!(read("start=1970-01-01T01:00:02.5%2B01:00").start, Start::Time(2500));
        assert_eq!(read("start=snapshot").start, Start::Snapshot(None));
        assert_eq!(read("after=snapshot-e30").start, Start::Snapshot(Some("e30".to_owned())));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for query in [
            "",
            "after=",
            "after=-1",
            "after=+1",
            "after=x",
            "after=18446744073709551616",
            "after=1.5",
            "start=now",
            "after=1&start=oldest",
            "after=1&after=2",
            "after=0&limit=0",
            "after=0&limit=1001",
            "after=0&wait=26",
            "after=0&wait=-1",
            "after=0&types=",
            "after=0&types=users",
            "after=0&types=user.created,",
            "after=0&type=user.created",
            "After=0",
        ] {
            let error = Parameters::read(Some(query)).unwrap_err();
            assert_eq!(error.kind, Kind::InvalidValue, "{query}");
        }
    }
}
