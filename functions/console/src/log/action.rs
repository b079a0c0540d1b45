//! What a filter of the log may choose: one row each.

/// What was done, or asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Action {
    /// Its name in URLs.
    pub(super) name: &'static str,
    /// What it is called on the page.
    pub(super) label: &'static str,
    /// The ends of the types of its events.
    pub(super) events: &'static [&'static str],
    /// The methods of its requests.
    pub(super) methods: &'static [&'static str],
}

impl Action {
    const fn new(
        name: &'static str,
        label: &'static str,
        events: &'static [&'static str],
        methods: &'static [&'static str],
    ) -> Self {
        Self { name, label, events, methods }
    }

    /// Whether there are such refused requests, or such changes.
    pub(super) fn is_on(&self, is_refused: bool) -> bool {
        if is_refused { !self.methods.is_empty() } else { !self.events.is_empty() }
    }
}

pub(super) static ACTIONS: [Action; 7] = [
    Action::new("created", "Create", &["created"], &["POST"]),
    Action::new(
        "changed",
        "Change",
        &["updated", "disabled", "enabled", "members_changed", "members_replaced"],
        &["PUT", "PATCH"],
    ),
    Action::new("disabled", "Disable", &["disabled"], &[]),
    Action::new("enabled", "Enable", &["enabled"], &[]),
    Action::new("members", "Change members", &["members_changed", "members_replaced"], &[]),
    Action::new("deleted", "Delete or revoke", &["deleted", "revoked"], &["DELETE"]),
    Action::new("looked-up", "Look up", &[], &["GET"]),
];

/// What it was done to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Type {
    /// Its name in URLs, and the beginning of the types of its events.
    pub(super) name: &'static str,
    /// What it is called on the page.
    pub(super) label: &'static str,
}

pub(super) static TYPES: [Type; 3] = [
    Type { name: "user", label: "People" },
    Type { name: "group", label: "Groups" },
    Type { name: "other", label: "Everything else" },
];

impl Type {
    /// Whether `kind`, a type of resources in lower case, is meant.
    pub(super) fn covers(&self, kind: &str) -> bool {
        if self.name == "other" { !matches!(kind, "user" | "group") } else { self.name == kind }
    }
}
