//! The possible faults of an endpoint, each with a stable name and what to change.

use serde_json::{Value, json};

/// One fault that was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The kind of fault.
    pub fault: Fault,
    /// What was observed.
    pub what: String,
}

impl Finding {
    /// The finding as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({ "code": self.fault.code(), "what": self.what, "change": self.fault.change() })
    }
}

macro_rules! faults {
    ($($name:ident $code:literal $change:literal)*) => {
        /// The kinds of faults.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Fault {
            $(#[doc = $change] $name,)*
        }

        impl Fault {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// A stable name.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What to change.
            #[must_use]
            pub fn change(self) -> &'static str {
                match self { $(Self::$name => $change),* }
            }
        }
    };
}

faults! {
    NoAnswer "no-answer"
        "See that the Tenant URL is right, that the endpoint runs and that it answers in time."
    TokenRefused "token-refused"
        "Accept the token: after a 401 or 403 Entra puts the whole job into quarantine at once."
    Status "unexpected-status"
        "Answer with the status that the request asks for; the error's `detail` is what administrators see in Entra."
    MissNotEmpty "filter-miss-not-200"
        "Answer a filter without a match with 200 and an empty ListResponse (`totalResults` 0). A 404 or 400 puts Entra into quarantine."
    FilterIgnored "filter-ignored"
        "Return only what the filter selects; otherwise Entra changes the wrong people."
    SeveralHits "several-hits"
        "Return exactly one resource for a matching attribute, and let no two resources have the same value: Entra stops with DuplicateTargetEntries."
    MatchMissed "match-missed"
        "Find a resource by its matching attribute right after it was written; otherwise Entra makes a second one."
    CaseSensitive "case-sensitive-match"
        "Compare userName and displayName without regard to letter case, in filters and for uniqueness."
    InactiveHidden "inactive-hidden"
        "Return users with `active` false by id and by filter; otherwise Entra makes them again and meets a conflict."
    EmptyBody "empty-body"
        "Answer 204 when there is no body; with 200 or 201 return the resource."
    NotJson "not-json"
        "Send JSON in every answer that has a body."
    MediaType "media-type"
        "Answer with the media type `application/scim+json`."
    ErrorShape "error-not-scim"
        "Send errors as SCIM: `schemas` with urn:ietf:params:scim:api:messages:2.0:Error, `status` and a readable `detail`."
    ErrorStatus "error-status-not-text"
        "Write the `status` in an error's body as text, \"404\", equal to the HTTP status (RFC 7644 §3.12)."
    ListShape "list-shape"
        "Answer lists with `schemas`, `totalResults` and, unless it is empty, `Resources` (RFC 7644 §3.4.2)."
    TotalsNotNumbers "totals-not-numbers"
        "Write `totalResults`, `startIndex` and `itemsPerPage` as whole numbers, not as texts."
    PageStart "page-start"
        "Return the `startIndex` that was asked for; it counts from 1."
    PageSize "page-size"
        "Return at most `count` resources and their number as `itemsPerPage`, 0 past the end."
    PageTotal "page-total"
        "Return the number of all resources as `totalResults`, whatever the page."
    PageOverlap "page-overlap"
        "Keep the order of lists stable, so that no resource is on two pages or missing."
    NoId "id-missing"
        "Return the `id` that the endpoint chose in every resource."
    IdChanged "id-changed"
        "Keep a resource's `id` for ever: Entra stores it and uses nothing else afterwards."
    ValueNotKept "value-not-kept"
        "Store and return values exactly as they were sent, or refuse them; otherwise Entra sends them again in every cycle."
    NotCleared "value-not-cleared"
        "Take an attribute away when it is replaced by an empty text or null."
    NotDisabled "not-disabled"
        "Set `active` to false for `false`, `\"False\"` and `\"false\"`, with `op` in any letter case."
    NotRestored "not-restored"
        "Set `active` to true again for `true` and `\"True\"`, and keep everything else of the user."
    MembershipsLost "memberships-lost"
        "Keep the group memberships of users who are disabled: Entra does not send them again."
    ManagerShape "manager-not-object"
        "Return `manager` as an object, `{\"value\": \"<id>\"}`, in the enterprise extension; Entra cannot read users with a text there."
    ManagerNotKept "manager-not-kept"
        "Store the manager that was sent as a plain text and return it; otherwise Entra sends it again in every cycle."
    ManagerNotCleared "manager-not-cleared"
        "Take the manager away when it is replaced by an empty text."
    MembersNotExcluded "members-not-excluded"
        "Leave `members` out when `excludedAttributes=members` is asked for."
    MemberNotAdded "member-not-added"
        "Add every member that an `Add` of `members` lists; a present member is not an error."
    MemberNotRemoved "member-not-removed"
        "Remove the members that a `Remove` names, by a list in `value` or by a filter in `path`."
    MembersWiped "members-wiped"
        "Remove only the members that the `value` of a `Remove` lists; Entra's default dialect has no filter in the path."
    DuplicateAccepted "duplicate-accepted"
        "Refuse a second resource of the same userName or displayName with 409 and `scimType` uniqueness."
    DuplicateStatus "duplicate-not-409"
        "Answer 409 with `scimType` uniqueness when a resource is there already."
    StillThere "still-there"
        "After a DELETE answer the id with 404 and filters with an empty list."
    UnknownNot404 "unknown-not-404"
        "Answer 404 with a SCIM error for an id that is not there, also to a second DELETE."
    SchemasMissing "schemas-not-offered"
        "Offer `GET /Schemas` as a ListResponse with the schemas of users and groups; Microsoft's gallery requires it."
    GroupSchemaMissing "group-schema-missing"
        "List urn:ietf:params:scim:schemas:core:2.0:Group in /Schemas, or do not map groups: the validator fails all group cases without it."
    AttributeMissing "attribute-not-in-schemas"
        "List every mapped attribute in /Schemas, multi-valued ones with the `canonicalValues` of their `type` (and `roles` without them)."
    TokenNotIssued "token-not-issued"
        "Answer the token request with 200 and `access_token`, `token_type` and `expires_in`; ignore form fields that are not known."
    TokenLife "token-life"
        "Let access tokens live for at least 60 minutes and at most 6 hours (`expires_in` 3600 to 21600)."
    WrongTokenAccepted "wrong-token-accepted"
        "Answer 401 to a token that is not valid."
}

impl Fault {
    /// Worth a warning, but no failure: Entra copes with it.
    #[must_use]
    pub fn is_note(self) -> bool {
        matches!(self, Self::MediaType)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
