//! The table: names, items, indexes. Every name exists once, here.
//!
//! One table, keys `PK` and `SK` (strings), on-demand, TTL attribute `expires`, stream
//! with new and old images. `<d>` is a directory, `<T>` a resource type.
//!
//! | item | PK | SK | holds |
//! |---|---|---|---|
//! | directory | `D#<d>` | `directory` | name, profile, its complete indexes, secret, and how far a change of profile is |
//! | credential | `D#<d>` | `credential#<id>` | hash, label, created, expiry |
//! | OAuth client | `D#<d>` | `client#<id>` | label, scopes, secrets, redirect URIs, federation ([`oauth`](crate::oauth)) |
//! | grant | `D#<d>` | `grant#<id>` | client, scopes, generation of its refresh token |
//! | code | `D#<d>` | `code#<seal>` | client, redirect URI, challenge, scopes |
//! | resource | `D#<d>#<T>` | `<id>` | `doc`, `version`, `created`, `lastModified`, `by`, `write`; a user `userNameKey`; a group `membersVersion`, `epoch`, `size` |
//! | index entry, unique | `D#<d>#<T>#<attribute>` | [`key`] of the value | `id` |
//! | index entry, many | `D#<d>#<T>#<attribute>` | key of the value, U+0001, id | `id` |
//! | membership | `D#<d>#Group#<group>#<epoch>` | member id | `type`, `display`, `memberKey` |
//! | counter | `C#<d>` | `<T>#<shard>` | `n` |
//! | page anchor | `A#<d>#<credential>` | hash of the query, `#`, startIndex | `key`, `total`, `generation`, `expires`; the first also `walk` |
//! | pending sweep | `S#<shard>` | time due, `#`, what | `directory` and what to sweep |
//!
//! Two indexes, both KEYS_ONLY so that an ordinary update writes none:
//! `userName-index` (`PK`, `userNameKey`) answers `userName eq`; `member-index`
//! (`memberKey`, `PK`) answers a user's groups.

pub mod definition;
pub mod item;
pub mod key;
pub mod name;
