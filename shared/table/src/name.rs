//! Names of attributes and indexes.

/// The partition key.
pub const PK: &str = "PK";
/// The sort key.
pub const SK: &str = "SK";
/// Seconds since 1970 after which DynamoDB deletes an item (TTL).
pub const EXPIRES: &str = "expires";
/// A resource as JSON text, without what is derived when it is answered.
pub const DOC: &str = "doc";
/// Counts changes of a resource's own attributes.
pub const VERSION: &str = "version";
/// Counts changes of a group's members.
pub const MEMBERS_VERSION: &str = "membersVersion";
/// About how many members a group has: a hint, which may be wrong.
pub const SIZE: &str = "size";
/// The version of the member list that a group uses now.
pub const MEMBER_LIST: &str = "epoch";
/// Counts how often the list of a group was replaced by changing it in place.
pub const REPLACEMENTS: &str = "replacements";
/// When a resource was created.
pub const CREATED: &str = "created";
/// When a resource last changed.
pub const LAST_MODIFIED: &str = "lastModified";
/// The credential that made the last change.
pub const BY: &str = "by";
/// The id of the last write.
pub const WRITE: &str = "write";
/// The key of a user's name; range key of [`USER_NAME_INDEX`].
pub const USER_NAME_KEY: &str = "userNameKey";
/// When a user was imported who was not created by an identity provider.
pub const IMPORTED: &str = "imported";
/// When an identity provider took over an imported user.
pub const LINKED: &str = "linked";
/// When an imported user got an e-mail address that is not verified.
pub const UNVERIFIED: &str = "emailUnverified";
/// A member's name within its directory; hash key of [`MEMBER_INDEX`].
pub const MEMBER_KEY: &str = "memberKey";
/// The resource that an index entry belongs to.
pub const ID: &str = "id";
/// A member's type, as sent.
pub const TYPE: &str = "type";
/// A member's display name, as sent.
pub const DISPLAY: &str = "display";
/// A counter's value.
pub const N: &str = "n";
/// A page anchor's key to continue after.
pub const KEY: &str = "key";
/// A page anchor's counted total.
pub const TOTAL: &str = "total";
/// The generation of the readers that rely on a page anchor.
pub const GENERATION: &str = "generation";
/// Of the page anchor after a first page: which readers rely on it and on those that follow.
pub const WALK: &str = "walk";
/// The directory of a job.
pub const DIRECTORY: &str = "directory";
/// What a job does.
pub const WORK: &str = "work";
/// A directory's name, as people read it.
pub const NAME: &str = "name";
/// The profile that a directory's resources follow.
pub const PROFILE: &str = "profile";
/// The indexes of a directory's profile that are complete.
pub const INDEXED: &str = "indexed";
/// The state of a directory: enabled, disabled, paused or erasing.
pub const STATE: &str = "state";
/// The region that a directory is labelled with.
pub const REGION_LABEL: &str = "regionLabel";
/// The stage that a directory is labelled with.
pub const STAGE_LABEL: &str = "stageLabel";
/// The settings of a directory, as JSON text.
pub const SETTINGS: &str = "settings";
/// The secret of a directory, in hexadecimal: the key of hashes, and of seals until it is rotated.
pub const SECRET: &str = "secret";
/// The secret of a directory's seals, once it was rotated.
pub const SEALS: &str = "seals";
/// The secret of a directory's seals before the last rotation.
pub const PREVIOUS_SEALS: &str = "previousSeals";
/// Until when that previous secret is valid, in seconds since 1970.
pub const PREVIOUS_UNTIL: &str = "previousUntil";
/// What people call a credential or an OAuth client.
pub const LABEL: &str = "label";
/// What a credential, an OAuth client, a grant or a code allows.
pub const SCOPES: &str = "scopes";
/// When a credential, a grant or a code ends. It is not `expires`, because DynamoDB would delete it.
pub const END: &str = "end";
/// When a credential or an OAuth client was last used.
pub const LAST_USED: &str = "lastUsed";
/// When a credential, an OAuth client or a grant was revoked.
pub const REVOKED: &str = "revoked";
/// All access tokens of a client or grant that were issued until then are revoked.
pub const REVOKED_BEFORE: &str = "revokedBefore";
/// What the attributes begin with that hold the id of a revoked access token.
pub const REVOKED_TOKEN: &str = "revoked#";
/// How long the access tokens of an OAuth client are valid.
pub const LIFETIME: &str = "lifetime";
/// The redirect URIs of an OAuth client.
pub const REDIRECTS: &str = "redirects";
/// Whether an OAuth client must use PKCE.
pub const PKCE: &str = "pkce";
/// The issuer that vouches for an OAuth client.
pub const FEDERATION: &str = "federation";
/// What the attributes begin with that hold a secret of an OAuth client.
pub const CLIENT_SECRET: &str = "secret#";
/// When a grant's refresh token was last replaced.
pub const ROTATED: &str = "rotated";
/// The grant that an authorization code was exchanged for.
pub const GRANT: &str = "grant";
/// What the attributes begin with that count a second's requests.
pub const ASKED: &str = "asked-";
/// What the attributes begin with that count a second's admitted requests.
pub const ADMITTED: &str = "admitted-";
/// The slots of queries that read much: each holds until when it is taken.
pub const SLOTS: [&str; 2] = ["slot-0", "slot-1"];
/// The other profile of a directory that changes its profile.
pub const OTHER_PROFILE: &str = "otherProfile";
/// The stage of a change of profile.
pub const STAGE: &str = "stage";
/// When the stage of a change of profile began.
pub const SINCE: &str = "since";
/// How far a change of profile has come; of a refused request: when it came.
pub const AT: &str = "at";
/// Values that stop a change of profile, because they are not unique.
pub const DUPLICATES: &str = "duplicates";
/// Indexes that a directory had before. When their profile is not known any more, their entries
/// stay until the directory is erased.
pub const PAST: &str = "past";
/// The runner that has the lease of a directory.
pub const RUNNER: &str = "runner";
/// Until when the lease of a directory is good, in seconds since 1970.
pub const UNTIL: &str = "until";
/// Since when a directory is being erased, in seconds since 1970.
pub const ERASING_SINCE: &str = "erasingSince";
/// The receipt of a directory's erasure.
pub const RECEIPT: &str = "receipt";
/// When an erasure was done.
pub const DONE: &str = "done";
/// The sequence number of the last event of a log.
pub const SEQUENCE: &str = "sequence";
/// How long the next events of a log are kept, in seconds.
pub const RETENTION: &str = "retention";
/// When the last event of a log expires, in seconds since 1970.
pub const KEPT_UNTIL: &str = "keptUntil";
/// How often a log and its marks were written.
pub const REVISION: &str = "revision";
/// How many events were appended in the last hours, as JSON text.
pub const RECENT: &str = "recent";
/// The last member up to which the log has compared a group's new list with the one before.
pub const COMPARED: &str = "compared";
/// An event, as JSON text.
pub const EVENT: &str = "event";
/// The type of an event.
pub const EVENT_TYPE: &str = "eventType";
/// A subscription, as JSON text.
pub const SUBSCRIPTION: &str = "subscription";
/// An event that was given up, as JSON text.
pub const DEAD_LETTER: &str = "deadLetter";
/// When a subscription has something to do even without a new event, in seconds since 1970.
pub const DUE: &str = "due";
/// A public key, in base64url.
pub const PUBLIC_KEY: &str = "publicKey";
/// A private key, encrypted, in base64url.
pub const PRIVATE_KEY: &str = "privateKey";
/// How many subscriptions of a directory get security event tokens.
pub const TOKEN_SUBSCRIPTIONS: &str = "tokenSubscriptions";
/// A change that is not in a log yet, or what the guard of a log counts, as JSON text.
pub const HELD: &str = "held";
/// A refused request, as JSON text.
pub const REFUSAL: &str = "refusal";
/// When a set-up link was opened.
pub const USED: &str = "used";
/// When a session of the console was last used, in seconds since 1970.
pub const SEEN: &str = "seen";
/// The conditions that a customer's administrator accepted, as JSON text.
pub const ACCEPTED: &str = "accepted";
/// When the set-up of a directory was finished.
pub const FINISHED: &str = "finished";
/// The newest set-up link of a directory: the only one that can be opened.
pub const LINK: &str = "link";

/// Finds users by name.
pub const USER_NAME_INDEX: &str = "userName-index";
/// Finds the groups of a member.
pub const MEMBER_INDEX: &str = "member-index";
