//! Who may let a client in: who has the administration key, or a credential of the directory
//! with the scope `consent`.

use gateway::app::App;

use crate::answer::Refusal;
use crate::caller::Caller;

/// Whom `key` shows to be there; `None` when it is nobody who may.
pub(super) async fn by(_app: &App, _caller: &Caller, _key: &str) -> Result<Option<String>, Refusal> {
    Ok(None)
}
