//! Every item of the table, and its key.
//!
//! One table, keys `PK` and `SK` (strings), on-demand, TTL attribute `expires`, stream
//! with new and old images. `<d>` is a directory, `<T>` a resource type.
//!
//! | item | PK | SK | holds |
//! |---|---|---|---|
//! | directory | `D#<d>` | `directory` | name, profile, its complete indexes, secrets, how far a change of profile is, and the lease of a runner |
//! | credential | `D#<d>` | `credential#<id>` | hash, label, created, expiry |
//! | OAuth client | `D#<d>` | `client#<id>` | label, scopes, secrets, redirect URIs, federation ([`oauth`](crate::access::oauth)) |
//! | grant | `D#<d>` | `grant#<id>` | client, scopes, generation of its refresh token |
//! | code | `D#<d>` | `code#<seal>` | client, redirect URI, challenge, scopes |
//! | resource | `D#<d>#<T>` | `<id>` | `doc`, `version`, `created`, `lastModified`, `by`, `write`; a user `userNameKey`; a group `membersVersion`, the version of its member list, `replacements`, `size` |
//! | index entry, unique | `D#<d>#<T>#<attribute>` | [key](crate::value_key) of the value | `id` |
//! | index entry, many | `D#<d>#<T>#<attribute>` | key of the value, U+0001, id | `id` |
//! | membership | `D#<d>#Group#<group>#<version of the list>` | member id | `type`, `display`, `memberKey` |
//! | counter | `C#<d>` | `<T>#<shard>` | `n` |
//! | page anchor | `A#<d>#<credential>` | hash of the query, `#`, startIndex | `key`, `total`, `generation`, `expires`; the first also `walk` |
//! | rate | `U#<d>` | `rate` | how many requests instances received and admitted, by second ([`usage`](crate::access::usage)) |
//! | slots | `U#<d>` | `slots` | until when queries that read much have taken them |
//! | last use of a credential | `U#<d>` | `used#<id>` | `lastUsed`, `expires` |
//! | tombstone | `T#<d>` | `<T>#<id>` | who deleted the resource: `by`, `expires` |
//! | head of the event log | `E#<d>` | `head` | `sequence`, `revision`, `retention`, `keptUntil`, `recent`: changes by hour |
//! | event | `E#<d>` | sequence number, 16 digits | `event`, `eventType`, `expires` |
//! | guard | `E#<d>` | `guard` | `held`: what it counts ([`events`](crate::events)) |
//! | held change | `E#<d>` | `held#<T>#<id>` | `held`: what is not in the log yet |
//! | mark of a resource | `M#<d>` | `<T>#<id>` | what the log says of it ([`events`](crate::events)) |
//! | mark of a membership | `M#<d>#<group>#<version of the list>` | member id | what the log says of it |
//! | set-up link | `D#<d>` | `setup-link#<id>` | hash, who made it, end, when it was opened or revoked |
//! | progress of the set-up | `D#<d>` | `setup` | `accepted` conditions, `finished`, the newest `link` |
//! | session of the console | `D#<d>` of a customer, `K#console` of the team | `session#<hash>` | `by`, `rules`, `start`, `seen`, `expires` |
//! | link to sign in to the console | `K#console` | `link#<hash>` | `by`, `end`, `expires` |
//! | ended sign-in with OpenID Connect | `K#console` | `ended#<hash>` | `expires` |
//! | attempts to sign in to the console | `K#console` | `attempts#<origin>#<period>` | `n` |
//! | subscription | `W#<d>` | `sub_…` | where events are sent and how far that has come ([`subscription`](crate::subscription)) |
//! | dead letter | `W#<d>` | `dead#`, subscription, `#`, sequence number | why the event was given up |
//! | entry of a subscription | `R#subscriptions` | `sub_…` | `directory`; `state` and `since` while it is paused or failing; `due` |
//! | key pair that signs | `K#signing` | name of a value of the deployment's secret | `publicKey`, `privateKey` (encrypted), `expires` ([`signing`](crate::secret::signing)) |
//! | refused requests | `U#<d>` | `refused#<hour>-<kind>-<slot>` | `refusal`, `at`, `n` ([`refusal`](crate::access::refusal)) |
//! | form that a session of the console sent | `D#<d>`; `K#console` of the team, without a directory | `audit#<milliseconds>.<random>` | `by`, `what`, `target`, `choice`, `status`, `expires` ([`audit`](crate::access::audit)) |
//! | job | `S#urgent`, `S#held`, `S#<shard>` | directory, `#`, time due, `#`, work | `directory` and `work` |
//!
//! Two indexes, both KEYS_ONLY so that an ordinary update writes none:
//! `userName-index` (`PK`, `userNameKey`) answers `userName eq`; `member-index`
//! (`memberKey`, `PK`) answers a user's groups.

use table::item::Key;

use crate::id::{CredentialId, DirectoryId, SetupLinkId};

/// Shards of a counter: this number of creates may commit at once.
pub(crate) const COUNTER_SHARDS: u8 = 32;

/// The partition of the receipts of erasures.
pub(crate) const RECEIPTS: &str = "R#receipts";

pub(crate) fn directory(directory: &DirectoryId) -> Key {
    Key::new(format!("D#{directory}"), "directory")
}

/// The partition of what requests note about themselves. The functions that serve them may write it, and not
/// the partition with the directory's record and credentials.
pub(crate) fn usage(directory: &DirectoryId) -> String {
    format!("U#{directory}")
}

/// The requests of a directory.
pub(crate) fn rate(directory: &DirectoryId) -> Key {
    Key::new(usage(directory), "rate")
}

/// The slots of a directory's queries that read much.
pub(crate) fn slots(directory: &DirectoryId) -> Key {
    Key::new(usage(directory), "slots")
}

/// What the keys of the last uses of credentials begin with. They follow those of refused requests.
pub(crate) const USES: &str = "used#";

/// When a credential was last used.
pub(crate) fn last_use(directory: &DirectoryId, credential: &CredentialId) -> Key {
    Key::new(usage(directory), format!("{USES}{credential}"))
}

/// The list of all directories.
pub(crate) const DIRECTORIES: &str = "R#directories";

/// The entry of a directory in the list of all.
pub(crate) fn registration(directory: &DirectoryId) -> Key {
    Key::new(DIRECTORIES.to_owned(), directory.to_string())
}

/// What the keys of a directory's credentials begin with.
pub(crate) const CREDENTIALS: &str = "credential#";

pub(crate) fn credential(directory: &DirectoryId, credential: &CredentialId) -> Key {
    Key::new(format!("D#{directory}"), format!("credential#{credential}"))
}

/// What the keys of a directory's set-up links begin with.
pub(crate) const SETUP_LINKS: &str = "setup-link#";

pub(crate) fn setup_link(directory: &DirectoryId, id: &SetupLinkId) -> Key {
    Key::new(format!("D#{directory}"), format!("{SETUP_LINKS}{id}"))
}

/// How far the set-up of a directory is.
pub(crate) fn setup(directory: &DirectoryId) -> Key {
    Key::new(format!("D#{directory}"), "setup")
}

/// What the keys of a directory's refused requests begin with.
pub(crate) const REFUSALS: &str = "refused#";

/// Requests of `hour`, since 1970, that were refused because of `kind`.
pub(crate) fn refusal(directory: &DirectoryId, hour: i64, kind: &str, slot: u64) -> Key {
    Key::new(usage(directory), format!("{REFUSALS}{hour:07}-{kind}-{slot}"))
}

/// The partition of what the console stores of a directory, or else of the team.
pub(crate) fn console(directory: Option<&DirectoryId>) -> String {
    directory.map_or_else(|| CONSOLE.to_owned(), |directory| format!("D#{directory}"))
}

/// What the keys of forms that sessions of the console sent begin with.
pub(crate) const AUDIT: &str = "audit#";

/// The form `name`.
pub(crate) fn audit(directory: Option<&DirectoryId>, name: &str) -> Key {
    Key::new(console(directory), format!("{AUDIT}{name}"))
}

/// The session of the console with this hash: of a customer in `directory`, or else of the team.
pub(crate) fn session(directory: Option<&DirectoryId>, hash: &str) -> Key {
    Key::new(console(directory), format!("session#{hash}"))
}

/// The partition of the team's part of the console.
const CONSOLE: &str = "K#console";

/// The attempts from `origin` to sign in to the console within a period.
pub(crate) fn attempts(origin: &str, period: i64) -> Key {
    Key::new(CONSOLE, format!("attempts#{origin}#{period}"))
}

/// The link with this hash, with which the team signs in to the console.
pub(crate) fn sign_in_link(hash: &str) -> Key {
    Key::new(CONSOLE, format!("link#{hash}"))
}

/// The sign-in with OpenID Connect with this hash, which has begun a session.
pub(crate) fn ended_sign_in(hash: &str) -> Key {
    Key::new(CONSOLE, format!("ended#{hash}"))
}

/// The partition of all resources of a type.
pub(crate) fn resources(directory: &DirectoryId, kind: &str) -> String {
    format!("D#{directory}#{kind}")
}

/// The partition of an attribute's index entries.
pub(crate) fn index(directory: &DirectoryId, kind: &str, attribute: &str) -> String {
    format!("D#{directory}#{kind}#{attribute}")
}

/// The partition of a group's members.
pub(crate) fn members(directory: &DirectoryId, group: &str, list: &str) -> String {
    format!("D#{directory}#Group#{group}#{list}")
}

/// Sorts after the partitions of all members of `group`, and before those of any later group.
pub(crate) fn after_members(directory: &DirectoryId, group: &str) -> String {
    // `$` follows `#`.
    format!("D#{directory}#Group#{group}$")
}

/// The group and the version of the list whose members the partition `pk` holds; `None` for any
/// other partition.
pub(crate) fn group_of<'a>(directory: &DirectoryId, pk: &'a str) -> Option<(&'a str, &'a str)> {
    pk.strip_prefix(&format!("D#{directory}#Group#"))?.split_once('#')
}

/// The value of `memberKey`.
pub(crate) fn member_key(directory: &DirectoryId, member: &str) -> String {
    format!("D#{directory}#member#{member}")
}

pub(crate) fn counters(directory: &DirectoryId) -> String {
    format!("C#{directory}")
}

pub(crate) fn anchors(directory: &DirectoryId, credential: &CredentialId) -> String {
    format!("A#{directory}#{credential}")
}

/// The partition of the tombstones of a directory's resources.
pub(crate) fn tombstones(directory: &DirectoryId) -> String {
    format!("T#{directory}")
}

/// The tombstone of a resource of the type `kind`.
pub(crate) fn tombstone(directory: &DirectoryId, kind: &str, id: &str) -> Key {
    Key::new(tombstones(directory), format!("{kind}#{id}"))
}

/// The partition of a directory's event log.
pub(crate) fn log(directory: &DirectoryId) -> String {
    format!("E#{directory}")
}

/// The head of a directory's event log.
pub(crate) fn log_head(directory: &DirectoryId) -> Key {
    Key::new(log(directory), "head")
}

/// The event `sequence`.
pub(crate) fn event(directory: &DirectoryId, sequence: u64) -> Key {
    Key::new(log(directory), format!("{sequence:016}"))
}

/// What the guard of a directory's event log counts.
pub(crate) fn guard(directory: &DirectoryId) -> Key {
    Key::new(log(directory), "guard")
}

/// What the sort keys of held changes begin with, in the partition of the log.
pub(crate) const HELD: &str = "held#";

/// The held change of a resource of the type `kind`.
pub(crate) fn held(directory: &DirectoryId, kind: &str, id: &str) -> Key {
    Key::new(log(directory), format!("{HELD}{kind}#{id}"))
}

/// The partition of the marks of a directory's resources.
pub(crate) fn marks(directory: &DirectoryId) -> String {
    format!("M#{directory}")
}

/// The mark of a resource of the type `kind`.
pub(crate) fn mark(directory: &DirectoryId, kind: &str, id: &str) -> Key {
    Key::new(marks(directory), format!("{kind}#{id}"))
}

/// The partition of the marks of the members in a list of a group.
pub(crate) fn member_marks(directory: &DirectoryId, group: &str, list: &str) -> String {
    format!("M#{directory}#{group}#{list}")
}

/// The partition of a directory's subscriptions and their dead letters.
pub(crate) fn subscriptions(directory: &DirectoryId) -> String {
    format!("W#{directory}")
}

/// What the ids of subscriptions begin with.
pub(crate) const SUBSCRIPTION: &str = "sub_";

/// The subscription `id`.
pub(crate) fn subscription(directory: &DirectoryId, id: impl std::fmt::Display) -> Key {
    Key::new(subscriptions(directory), id.to_string())
}

/// The list of the subscriptions of all directories.
pub(crate) const SUBSCRIPTIONS: &str = "R#subscriptions";

/// The entry of the subscription `id` in the list of all.
pub(crate) fn subscription_entry(id: impl std::fmt::Display) -> Key {
    Key::new(SUBSCRIPTIONS, id.to_string())
}

/// What the keys of a subscription's dead letters begin with.
pub(crate) fn dead_letters(subscription: impl std::fmt::Display) -> String {
    format!("dead#{subscription}#")
}

/// The dead letter of the event `sequence`.
pub(crate) fn dead_letter(
    directory: &DirectoryId,
    subscription: impl std::fmt::Display,
    sequence: u64,
) -> Key {
    Key::new(subscriptions(directory), format!("{}{sequence:016}", dead_letters(subscription)))
}

/// The partition of the key pairs that sign.
pub(crate) const SIGNING_KEYS: &str = "K#signing";

/// The key pair `name`.
pub(crate) fn signing_key(name: &str) -> Key {
    Key::new(SIGNING_KEYS, name)
}

/// A partition of the job queue.
pub(crate) fn jobs(part: impl std::fmt::Display) -> String {
    format!("S#{part}")
}
