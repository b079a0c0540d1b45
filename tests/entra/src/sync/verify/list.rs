//! Searches the lists of the target for resources that appear twice, are missing, or are not
//! linked.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::super::engine::Engine;
use super::super::object::id_of;
use super::Verification;
use crate::mapping::path::member;
use crate::mapping::{Kind, Objects};
use crate::wire::request::Request;

impl Engine {
    /// Pages through a list.
    pub(super) async fn verify_list(&self, kind: Kind, rows: &Objects, found: &mut Verification) {
        let linked: HashMap<String, String> = self.store.with(|state| match kind {
            Kind::User => {
                state.users.iter().map(|(source, it)| (it.target.clone(), source.clone())).collect()
            }
            Kind::Group => {
                state.groups.iter().map(|(source, it)| (it.target.clone(), source.clone())).collect()
            }
        });
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut names: HashMap<String, String> = HashMap::new();
        let name = rows.matching().first().map(|row| row.target.clone());
        let mut start = 1;
        loop {
            let mut request = Request::get(kind.endpoint());
            request = request.with("startIndex", &start.to_string()).with("count", "100");
            if kind == Kind::Group {
                request = request.with("excludedAttributes", "members");
            }
            let list = match self.call(&request, &[200]).await {
                Ok(answer) => answer.json.unwrap_or_default(),
                Err(failure) => {
                    found.differs(kind, "the list", "its page", "readable", failure.message);
                    return;
                }
            };
            let page = member(&list, "Resources").and_then(Value::as_array).cloned().unwrap_or_default();
            let total = member(&list, "totalResults").and_then(Value::as_u64).unwrap_or_default() as usize;
            for resource in &page {
                let id = id_of(resource).unwrap_or_default().to_owned();
                *seen.entry(id.clone()).or_insert(0) += 1;
                let value = name.as_ref().and_then(|path| path.read(resource)).and_then(Value::as_str);
                if let (Some(path), Some(value)) = (&name, value)
                    && let Some(other) = names.insert(value.to_lowercase(), id.clone())
                    && other != id
                {
                    found.differs(
                        kind,
                        &id,
                        path.text(),
                        "unique",
                        format!("`{value}`, that of {other}, too"),
                    );
                }
            }
            start += page.len();
            if page.is_empty() || start > total {
                if seen.len() != total {
                    found.differs(kind, "the list", "totalResults", seen.len(), total);
                }
                break;
            }
        }
        for (id, count) in &seen {
            if *count > 1 {
                found.differs(kind, id, "all pages", "seeing it once", format!("seeing it {count} times"));
            }
            if !linked.contains_key(id) && !self.options.allow_strays {
                found.differs(
                    kind,
                    id,
                    "the resource",
                    "linked",
                    "a stray; `--allow-strays` takes no notice",
                );
            }
        }
        for (target, source) in &linked {
            if !seen.contains_key(target) {
                found.differs(kind, source, "its resource", "in the list", "missing");
            }
        }
    }
}
