//! The content of the directory: names and ids that operations choose from.

use std::cell::{Cell, RefCell};

use serde_json::{Value, json};
use tests::people::{ENTERPRISE, user};

/// Users on a page.
pub(crate) const PAGE: usize = 100;

/// The loaded directory, used by one thread.
#[derive(Default)]
pub(crate) struct World {
    /// Distinguishes the names of this run from those of other runs.
    pub(crate) run: String,
    /// Ids of the loaded users.
    pub(crate) ids: Vec<String>,
    /// Which of them are active.
    pub(crate) active: RefCell<Vec<bool>>,
    /// The group of ten.
    pub(crate) small: String,
    /// The large group.
    pub(crate) large: String,
    /// Members of the large group when it was loaded.
    pub(crate) members: usize,
    /// The number of groups of each user who was created to be deleted.
    pub(crate) groups: usize,
    /// Whether changes of a group leave out which attributes to return.
    pub(crate) plain: bool,
    /// What an operation uses up: ids of users, groups or members.
    pub(crate) stock: RefCell<Vec<String>>,
    /// The number of the first user on the last page, once all pages were scanned.
    pub(crate) last_page: Cell<usize>,
    /// The cursor of the second page.
    pub(crate) cursor: RefCell<String>,
    fresh: Cell<usize>,
}

impl World {
    pub(crate) fn new(run: String, ids: Vec<String>) -> Self {
        let active = RefCell::new(vec![true; ids.len()]);
        // Other worlds of the same run have used other numbers.
        let fresh = Cell::new(fastrand::usize(..1 << 40));
        Self { run, ids, active, fresh, ..Self::default() }
    }

    /// A number that was not used before.
    pub(crate) fn fresh(&self) -> usize {
        self.fresh.set(self.fresh.get() + 1);
        self.fresh.get()
    }

    /// Any of the loaded users.
    pub(crate) fn any(&self) -> usize {
        fastrand::usize(..self.ids.len())
    }

    /// The userName of the loaded user `number`.
    pub(crate) fn name(&self, number: usize) -> String {
        name(&self.run, number)
    }

    /// The externalId of the loaded user `number`.
    pub(crate) fn external_id(&self, number: usize) -> String {
        external_id(&self.run, number)
    }
}

/// The userName of the loaded user `number` of `run`.
pub(crate) fn name(run: &str, number: usize) -> String {
    format!("user{number:06}.{run}@ex.io")
}

/// The externalId of the loaded user `number` of `run`.
pub(crate) fn external_id(run: &str, number: usize) -> String {
    format!("ext-{number:06}-{run}")
}

/// The id of a member that does not exist as a user: a group stores it as sent.
pub(crate) fn member(number: usize) -> String {
    format!("01950000-0000-7000-8000-{number:012}")
}

/// A user as Entra composes one.
pub(crate) fn body(name: &str, external_id: &str) -> Value {
    user(
        name,
        &json!({
            "externalId": external_id,
            "active": true,
            "displayName": "Ana Ito",
            "name": { "formatted": "Ana Ito", "givenName": "Ana", "familyName": "Ito" },
            "title": "Guide",
            "emails": [{ "value": name, "type": "work", "primary": true }],
            ENTERPRISE: { "department": "R&D", "employeeNumber": "701984" },
        }),
    )
}
