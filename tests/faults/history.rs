//! The requests of clients, their results, and the times.

use std::collections::BTreeSet;
use std::fmt;

/// Attributes that are written with unique values, each only once, so that a value shows which
/// request wrote it. The first one is the unique name.
pub(crate) const ATTRIBUTES: [&str; 4] = ["name", "title", "nickName", "locale"];
/// The index of the name among them.
pub(crate) const NAME: usize = 0;

/// A type of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    User,
    Group,
}

/// The content of one request.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// `token` is the `externalId`, which never changes.
    Create {
        token: String,
        name: String,
        members: BTreeSet<String>,
    },
    /// New values of attributes, and of members; `expected` is the version of `If-Match`.
    Change {
        id: String,
        sets: Vec<(usize, String)>,
        members: Members,
        expected: Option<(u64, u64)>,
    },
    Delete {
        id: String,
    },
    Get {
        id: String,
    },
    /// By the name, in other letter case.
    LookUp {
        name: String,
    },
    /// All whose names begin with this.
    List {
        prefix: String,
    },
    /// Whether the group has this member.
    Ask {
        id: String,
        member: String,
    },
}

/// The change of a group's members.
#[derive(Debug, Clone, Default)]
pub(crate) enum Members {
    #[default]
    Same,
    Some {
        add: BTreeSet<String>,
        remove: BTreeSet<String>,
    },
    Whole(BTreeSet<String>),
}

impl Members {
    /// The state of `member` afterwards, if the change defines it.
    pub(crate) fn of(&self, member: &str) -> Option<bool> {
        match self {
            Self::Same => None,
            Self::Some { add, .. } if add.contains(member) => Some(true),
            Self::Some { remove, .. } => remove.contains(member).then_some(false),
            Self::Whole(list) => Some(list.contains(member)),
        }
    }
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// 2xx: it was done.
    Done,
    /// 404, 409, 412 and others: it was certainly not done.
    Refused(u16),
    /// 429 and 5xx: it may have been done, or only a part of its members.
    Unknown(u16),
}

/// A resource as a response showed it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) version: (u64, u64),
    pub(crate) values: [Option<String>; ATTRIBUTES.len()],
    /// When they were answered.
    pub(crate) members: Option<BTreeSet<String>>,
}

/// One request, from the moment before it was sent to the moment after its answer.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) kind: Kind,
    pub(crate) began: u64,
    pub(crate) ended: u64,
    pub(crate) what: What,
    pub(crate) end: End,
    pub(crate) seen: Vec<Seen>,
    /// Whether the table worked without faults, so that no request may fail.
    pub(crate) calm: bool,
}

impl Event {
    /// Whether it may have changed something.
    pub(crate) fn may_have_happened(&self) -> bool {
        !matches!(self.end, End::Refused(_))
    }

    /// Whether it certainly did what the request wanted.
    pub(crate) fn is_done(&self) -> bool {
        self.end == End::Done
    }

    /// Whether all of this event is before all of `other`.
    pub(crate) fn is_before(&self, other: &Self) -> bool {
        self.ended < other.began
    }

    /// The resource that it names or created.
    pub(crate) fn id(&self) -> Option<&str> {
        match &self.what {
            What::Create { .. } => self.seen.first().map(|seen| &*seen.id),
            What::Change { id, .. } | What::Delete { id } | What::Get { id } | What::Ask { id, .. } => {
                Some(id)
            }
            What::LookUp { .. } | What::List { .. } => None,
        }
    }
}

/// Leaves out a long list of what was seen.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |nanoseconds: u64| nanoseconds as f64 / 1e9;
        write!(f, "[{:.6} to {:.6} s: ", seconds(self.began), seconds(self.ended))?;
        write!(f, "{:?} {:?} → {:?}", self.kind, self.what, self.end)?;
        match self.seen.as_slice() {
            [seen] => write!(f, ", {seen:?}]"),
            several => write!(f, ", {} seen]", several.len()),
        }
    }
}

/// The key of a name: letter case does not matter.
pub(crate) fn key(name: &str) -> String {
    name.to_lowercase()
}
