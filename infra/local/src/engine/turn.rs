//! Who may use a connection now.

use std::sync::Arc;

use dynoxide::Database;
use tokio::sync::Mutex;

/// Whose turn it is at the database; `None` once it is closed.
pub(super) type Turn = Arc<Mutex<Option<Database>>>;
