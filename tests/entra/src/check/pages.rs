//! Lists, page by page.

use std::collections::BTreeSet;

use serde_json::Value;

use super::finding::Fault;
use super::talk::Talk;
use crate::mapping::Kind;
use crate::mapping::path::member;
use crate::sync::id_of;
use crate::wire::request::Request;

/// The page size, and the minimum number of resources.
const COUNT: u64 = 5;
const ENOUGH: u64 = 11;
/// In a large directory the first pages are enough.
const PAGES: u64 = 5;

/// Reads the first pages.
pub(crate) async fn walk(talk: &mut Talk<'_>, kind: Kind) -> Option<()> {
    let first = page(talk, kind, 1).await?;
    for _ in first.total..ENOUGH {
        talk.make(kind).await?;
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut start = 1;
    for _ in 0..PAGES {
        let page = page(talk, kind, start).await?;
        let wanted = COUNT.min((page.total + 1).saturating_sub(start));
        if page.ids.len() as u64 > COUNT {
            talk.fault(Fault::PageSize, format!("a page of {COUNT} has {} resources", page.ids.len()));
        }
        for id in &page.ids {
            if !seen.insert(id.clone()) {
                talk.fault(Fault::PageOverlap, format!("`{id}` is on two pages"));
            }
        }
        if page.total < ENOUGH {
            let what = format!("there are at least {ENOUGH} resources, and `totalResults` is {}", page.total);
            talk.fault(Fault::PageTotal, what);
            return None;
        }
        if (page.ids.len() as u64) < wanted {
            let what =
                format!("the page from {start} has {} resources and must have {wanted}", page.ids.len());
            talk.fault(Fault::PageSize, what);
        }
        start += COUNT;
        if start > page.total {
            break;
        }
    }
    let past = page(talk, kind, 1_000_000_000).await?;
    if !past.ids.is_empty() {
        talk.fault(Fault::PageSize, "a page after the end has resources");
    }
    Some(())
}

struct Page {
    total: u64,
    ids: Vec<String>,
}

async fn page(talk: &mut Talk<'_>, kind: Kind, start: u64) -> Option<Page> {
    let request = Request::get(kind.endpoint())
        .with("startIndex", &start.to_string())
        .with("count", &COUNT.to_string());
    let answer = talk.expect(&request, &[200], Fault::Status).await?;
    let body = answer.json?;
    let number = |name: &str| member(&body, name).and_then(Value::as_u64);
    let list = member(&body, "Resources").and_then(Value::as_array).cloned().unwrap_or_default();
    let ids: Vec<String> = list.iter().filter_map(|it| id_of(it).map(str::to_owned)).collect();
    let line = request.line();
    match member(&body, "startIndex") {
        Some(value) if value.as_u64() == Some(start) => {}
        Some(value) => talk.fault(Fault::PageStart, format!("{line}: `startIndex` is {value}")),
        None => talk.fault(Fault::PageStart, format!("{line}: there is no `startIndex`")),
    }
    if number("itemsPerPage").is_some_and(|items| items != list.len() as u64) {
        let what = format!(
            "{line}: `itemsPerPage` is {:?}, and {} resources are there",
            number("itemsPerPage"),
            list.len()
        );
        talk.fault(Fault::PageSize, what);
    }
    Some(Page { total: number("totalResults")?, ids })
}
