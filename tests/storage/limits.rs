//! The limit of resources that one request for a list may read, and what happens beyond it; here
//! with a smaller limit than in production.

use directory::error::Error;
use directory::id::CredentialId;
use directory::query::cursor::Cursors;
use directory::query::{Allowance, Page, PageStart, Part, Query};
use directory::{Directory, Wants};
use scim::filter::bound::Bound;
use scim::filter::compile::compile;
use scim::model::resource_type::ResourceType;
use scim::sort::{Order, sort_by};
use serde_json::json;
use tests::deployment::seals;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

/// Creates sixty users, of whom every twentieth has a title; returns the directory and their ids.
fn sixty() -> Option<(Endpoint, Directory, Vec<String>)> {
    let scim = Endpoint::empty_directory()?;
    let stack = scim.stack()?;
    let create = |number: usize| {
        let title = if number.is_multiple_of(20) { "rare" } else { "" };
        scim.create_user(&format!("u{number:02}"), &json!({ "title": title }))
    };
    let ids = (0..60).map(create).collect();
    let other: CredentialId = "other".parse().unwrap();
    let scope = Directory::open(&stack.table(), &scim.directory(), &other);
    Some((scim, scope, ids))
}

fn query(filter: &str, sort: Option<&str>, start: PageStart, count: u64, max_candidates: usize) -> Query {
    let kind = ResourceType::user();
    let sort = sort.map(|path| sort_by(path, &kind).unwrap());
    let (order, filter) = (sort.as_ref().map(|_| Order::Ascending), compile(filter, &kind).unwrap());
    let part = Part { sort, ..part(kind, filter) };
    let (base, allowance) = (String::new(), Allowance::Unlimited);
    Query { parts: vec![part], order, start, count, base, max_candidates, allowance }
}

fn part(kind: ResourceType, filter: Bound) -> Part {
    Part { kind: kind.into(), filter: Some(filter), sort: None, wants: Wants::default(), projection: None }
}

fn ids(page: &Page) -> Vec<String> {
    page.resources.iter().map(|(_, resource)| resource.id.clone()).collect()
}

#[test]
fn a_page_by_cursor_is_short_rather_than_refused() {
    let Some((scim, scope, all)) = sixty() else { return };
    let cursors = Cursors::new(seals(&scim.stack().unwrap().table(), &scim.directory()));
    let filter = "userName sw \"u\" and title eq \"rare\"";
    let page = |sent: &str| {
        let start = PageStart::Cursor { sent: sent.to_owned(), cursors: cursors.clone() };
        block_on(scope.list(&query(filter, None, start, 10, 7))).unwrap()
    };
    let onwards = |sent: &str| {
        let mut pages = vec![page(sent)];
        while let Some(next) = pages.last().unwrap().next.clone() {
            assert!(pages.len() < 60, "a list without an end");
            pages.push(page(&next));
        }
        pages
    };
    let mut pages = onwards("");
    assert_eq!(pages.len(), 9, "each looks at seven");
    assert_eq!(pages[0].total, None, "not counted");
    let seen: Vec<_> = pages.iter().flat_map(ids).collect();
    assert_eq!(seen, [&all[0], &all[20], &all[40]].map(String::clone));
    // And backwards. An empty page in between has its neighbours, too.
    let (mut back, mut last) = (Vec::<Vec<String>>::new(), pages.swap_remove(7));
    assert_eq!(ids(&last).len(), 0);
    while let Some(previous) = last.previous {
        assert!(back.len() < 60, "a list without an end");
        last = page(&previous);
        let behind: Vec<_> = onwards(last.next.as_ref().unwrap()).iter().flat_map(ids).collect();
        let passed: Vec<_> = back.concat().into_iter().rev().collect();
        assert_eq!(behind, passed, "after a page come the resources that were passed before it");
        back.push(ids(&last));
    }
    assert_eq!(back.concat(), [&all[40], &all[20], &all[0]].map(String::clone));
}

#[test]
fn a_page_that_ends_with_a_type_does_not_end_the_list() {
    let Some((scim, scope, all)) = sixty() else { return };
    let cursors = Cursors::new(seals(&scim.stack().unwrap().table(), &scim.directory()));
    let group = scim.create_group("g", &[]);
    let expected = [all[3].clone(), all[7].clone(), group];
    let filter = expected.each_ref().map(|id| format!("id eq \"{id}\"")).join(" or ");
    // The first page may read only two users.
    let page = |sent: String| {
        let start = PageStart::Cursor { sent, cursors: cursors.clone() };
        let mut query = query(&filter, None, start, 10, 2);
        let kind = ResourceType::group();
        let filter = compile(&filter, &kind).unwrap();
        query.parts.push(part(kind, filter));
        block_on(scope.list(&query)).unwrap()
    };
    let first = page(String::new());
    assert_eq!(ids(&first), expected[..2]);
    let second = page(first.next.unwrap());
    assert_eq!((ids(&second), second.next), (expected[2..].to_vec(), None));
    assert_eq!(ids(&page(second.previous.unwrap())), expected[..2]);
}

#[test]
fn a_page_by_index_is_refused_with_what_is_possible() {
    let Some((_, scope, all)) = sixty() else { return };
    let list = |filter: &str, sort: Option<&str>, most: usize| {
        block_on(scope.list(&query(filter, sort, PageStart::Index(1), 10, most)))
    };
    let filter = "userName sw \"u\" and title eq \"rare\"";
    for (sort, named) in
        [(None, "`cursor`"), (Some("title"), "`userName`"), (Some("title"), "`groups.value`")]
    {
        // The first batch is read whatever the limit is.
        let filter = if sort.is_some() { "userName ge \"\" and title pr" } else { filter };
        match list(filter, sort, 0) {
            Err(Error::TooMany(detail)) => assert!(detail.contains(named), "{detail}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(list(filter, sort, 100).unwrap().total, Some(3));
    }
    assert_eq!(
        ids(&list("title pr", Some("userName"), 100).unwrap()),
        [&all[0], &all[20], &all[40]].map(String::clone)
    );
}

#[test]
fn a_page_by_index_is_short_where_its_total_is_known() {
    let Some((_, scope, all)) = sixty() else { return };
    let mut seen = Vec::new();
    while seen.len() < all.len() {
        let mut query = query("id pr", None, PageStart::Index(seen.len() as u64 + 1), 10, 7);
        query.parts[0].filter = None;
        let page = block_on(scope.list(&query)).unwrap();
        assert_eq!((page.total, page.resources.len()), (Some(60), 7.min(60 - seen.len())));
        seen.extend(ids(&page));
    }
    assert_eq!(seen, all);
}
