//! Managers of users: set, changed and removed.

use serde_json::{Value, json};

use super::finding::Fault;
use super::talk::{BOTH, Made, Talk};
use crate::mapping::Kind;
use crate::mapping::path::{Path, member};
use crate::wire::patch;

/// The manager's path, and three users.
async fn three(talk: &mut Talk<'_>) -> Option<(Path, [Made; 3])> {
    let path = talk.world.mapping.users.reference("manager")?.target.clone();
    let people = [talk.make(Kind::User).await?, talk.make(Kind::User).await?, talk.make(Kind::User).await?];
    Some((path, people))
}

/// As cycles send it, in both dialects.
pub(crate) async fn manager(talk: &mut Talk<'_>) -> Option<()> {
    let (path, [person, first, second]) = three(talk).await?;
    for dialect in BOTH {
        for (was_there, boss) in [(false, Some(&first)), (true, Some(&second)), (true, None)] {
            let target = boss.map(|boss| boss.id.as_str());
            talk.patch(&person, patch::manager(dialect, &path, was_there, target)).await?;
            has_manager(talk, &person, &path, target).await?;
        }
    }
    Some(())
}

/// As the harness sends it.
pub(crate) async fn manager_patch(talk: &mut Talk<'_>) -> Option<()> {
    let (path, [person, first, second]) = three(talk).await?;
    for (op, value) in [("add", Some(first.id)), ("replace", Some(second.id)), ("replace", None)] {
        let operation = json!({ "op": op, "path": path.text(), "value": value.clone().unwrap_or_default() });
        talk.patch(&person, vec![operation]).await?;
        has_manager(talk, &person, &path, value.as_deref()).await?;
    }
    Some(())
}

async fn has_manager(talk: &mut Talk<'_>, person: &Made, path: &Path, wanted: Option<&str>) -> Option<()> {
    let resource = talk.read(person).await?;
    let there = path.read(&resource);
    let id = there
        .and_then(|it| member(it, "value").or(Some(it)))
        .and_then(Value::as_str)
        .filter(|id| !id.is_empty());
    match (wanted, id) {
        (Some(wanted), Some(id)) if wanted == id => Some(()),
        (None, None) => Some(()),
        (Some(wanted), there) => {
            talk.fault(Fault::ManagerNotKept, format!("`{path}` must be `{wanted}` and is {there:?}"));
            None
        }
        (None, Some(there)) => {
            talk.fault(Fault::ManagerNotCleared, format!("`{path}` must be gone and is `{there}`"));
            None
        }
    }
}
