//! What is in the directory: names and ids that operations choose from.

use std::cell::{Cell, RefCell};

use serde_json::{Value, json};
use tests::people::{ENTERPRISE, user};

/// The loaded directory. One thread uses it.
pub(crate) struct World {
    /// Tells this run's names from another's.
    pub(crate) run: String,
    /// Ids of the loaded users.
    pub(crate) ids: Vec<String>,
    /// Which of them are active.
    pub(crate) active: RefCell<Vec<bool>>,
    fresh: Cell<usize>,
}

impl World {
    pub(crate) fn new(run: String, ids: Vec<String>) -> Self {
        let active = RefCell::new(vec![true; ids.len()]);
        Self { run, ids, active, fresh: Cell::new(0) }
    }

    /// A number that was not given out before.
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
        format!("user{number:06}.{}@ex.io", self.run)
    }

    /// The externalId of the loaded user `number`.
    pub(crate) fn external_id(&self, number: usize) -> String {
        format!("ext-{number:06}-{}", self.run)
    }
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
