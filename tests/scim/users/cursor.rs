//! GET /Users by cursor (RFC 9865).

use directory::id::CredentialId;
use directory::query::cursor::Cursors;
use directory::query::{Allowance, MAX_CANDIDATES, PageStart, Part, Query};
use directory::{Directory, Wants};
use scim::model::resource_type::ResourceType;
use serde_json::json;
use tests::answer::LIST;
use tests::deployment::seals;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::pages::{List, cursor};
use tests::runtime::block_on;

/// Eleven users; the names of the first ten begin with j.
fn eleven() -> Option<(Endpoint, Vec<String>)> {
    let scim = Endpoint::empty_directory()?;
    let ids = (0..11).map(|number| {
        let name = if number < 10 { format!("j{number}") } else { "k".to_owned() };
        let emails = json!([{ "value": format!("{name}@ex.io") }, { "value": format!("a{name}@ex.io") }]);
        scim.create_user(&name, &json!({ "title": "guide", "externalId": name, "emails": emails }))
    });
    let ids = ids.collect();
    Some((scim, ids))
}

#[test]
fn a_list_is_paged_forwards_and_backwards() {
    let Some((scim, ids)) = eleven() else { return };
    let first = scim.get("/Users?cursor&count=4").send();
    first.expect(200).holds(&json!({ "schemas": [LIST], "totalResults": 11, "itemsPerPage": 4, "previousCursor": "<absent>", "startIndex": "<absent>" }));
    assert_eq!(first.ids(), ids[..4]);
    let page = |cursor: &str| scim.get("/Users?count=4").query("cursor", cursor).send();
    let second = page(&cursor(&first, "nextCursor").unwrap());
    assert_eq!(second.ids(), ids[4..8]);
    second.holds(&json!({ "totalResults": 11, "itemsPerPage": 4, "previousCursor": "<string>", "nextCursor": "<string>" }));
    let third = page(&cursor(&second, "nextCursor").unwrap());
    assert_eq!(third.ids(), ids[8..]);
    third.holds(&json!({ "nextCursor": "<absent>", "previousCursor": "<string>" }));
    let back = page(&cursor(&third, "previousCursor").unwrap());
    assert_eq!(back.ids(), ids[4..8]);
    let begin = page(&cursor(&back, "previousCursor").unwrap());
    assert_eq!(begin.ids(), ids[..4]);
    begin.holds(&json!({ "previousCursor": "<absent>", "nextCursor": "<string>" }));
    assert_eq!(page(&cursor(&begin, "nextCursor").unwrap()).ids(), ids[4..8]);
    assert_eq!(page(&cursor(&first, "nextCursor").unwrap()).ids(), ids[4..8], "a cursor can be used again");
}

#[test]
fn a_page_that_holds_everything_has_no_cursors() {
    let Some((scim, ids)) = eleven() else { return };
    for query in ["cursor=&count=11", "cursor", "cursor&count=5000"] {
        let page = scim.get(&format!("/Users?{query}")).send();
        page.holds(&json!({ "totalResults": 11, "nextCursor": "<absent>", "previousCursor": "<absent>" }));
        assert_eq!(page.ids(), ids, "{query}");
    }
    let none = scim.get("/Users?cursor").filter("userName eq \"missing\"").send();
    none.holds(&json!({ "totalResults": 0, "itemsPerPage": 0, "Resources": [], "nextCursor": "<absent>" }));
}

#[test]
fn without_the_parameter_pages_have_numbers() {
    let Some((scim, _)) = eleven() else { return };
    let page = scim.get("/Users?count=4").send();
    page.holds(&json!({ "startIndex": 1, "nextCursor": "<absent>", "previousCursor": "<absent>" }));
}

#[test]
fn every_way_to_the_candidates_can_be_paged() {
    let Some((scim, ids)) = eleven() else { return };
    let group = scim.create_group(&unique(), &[&ids[..9], &["missing".to_owned()]].concat());
    let any = |count: usize| {
        ids[..count].iter().map(|id| format!("id eq \"{id}\"")).collect::<Vec<_>>().join(" or ")
    };
    for (filter, expected) in [
        ("userName sw \"J\"".to_owned(), &ids[..10]),
        ("username Sw \"j\" and title eq \"guide\"".to_owned(), &ids[..10]),
        ("title eq \"guide\"".to_owned(), &ids),
        (
            "title eq \"guide\" and not (userName eq \"j3\" or userName eq \"k\")".to_owned(),
            &[&ids[..3], &ids[4..10]].concat(),
        ),
        ("emails.value co \"aj\"".to_owned(), &ids[..10]),
        ("externalId ge \"j2\"".to_owned(), &ids[2..]),
        ("externalId le \"j2\"".to_owned(), &ids[..3]),
        (any(7), &ids[..7]),
        (format!("groups.value eq \"{group}\""), &ids[..9]),
        (format!("groups[value eq \"{group}\"] and userName ne \"j0\""), &ids[1..9]),
        ("meta.resourceType eq \"User\"".to_owned(), &ids),
        ("meta.resourceType eq \"Group\"".to_owned(), &[]),
    ] {
        for count in [3, 20] {
            assert_eq!(
                List::new(&scim, "/Users", count).with("filter", &filter).walked(),
                expected,
                "{filter}"
            );
        }
    }
    // Sorted by the first address inside the range.
    for count in [1, 3] {
        let mut found = List::new(&scim, "/Users", count).with("filter", "emails sw \"\"").walked();
        found.sort();
        assert_eq!(found, ids);
    }
}

#[test]
fn a_total_is_counted_where_that_is_cheap() {
    let Some((scim, _)) = eleven() else { return };
    for filter in ["userName sw \"j\"", "title eq \"guide\" and userName ne \"k\""] {
        for count in [0, 1, 10] {
            let first = scim.get(&format!("/Users?cursor&count={count}")).filter(filter).send();
            first.holds(&json!({ "totalResults": 10, "itemsPerPage": count }));
            assert_eq!(cursor(&first, "nextCursor").is_some(), count == 1, "{first}");
        }
    }
    for count in ["0", "-7"] {
        let nothing = scim.get(&format!("/Users?cursor=&count={count}")).send();
        nothing.holds(
            &json!({ "totalResults": 11, "itemsPerPage": 0, "Resources": [], "nextCursor": "<absent>" }),
        );
    }
}

#[test]
fn a_cursor_belongs_to_its_query() {
    let Some((scim, _)) = eleven() else { return };
    let first = scim.get("/Users?cursor&count=3").filter("userName sw \"j\"").send();
    let next = cursor(&first, "nextCursor").unwrap();
    let ask = |query: &str, filter: &str| {
        let call = scim.get(&format!("/Users?{query}")).query("cursor", &next);
        if filter.is_empty() { call.send() } else { call.filter(filter).send() }
    };
    // The same query, in the form of the RFC's second example.
    ask("count=3", "username sw \"j\"").expect(200);
    ask("count=3&attributes=userName&startIndex=1", "userName  SW \"j\"").expect(200);
    for filter in ["", "userName sw \"k\"", "userName sw \"j\" and active pr"] {
        ask("count=3", filter).error(400, "invalidCursor");
    }
    ask("count=3&sortBy=userName", "userName sw \"j\"").error(400, "invalidCursor");
    for query in ["count=4", "", "count=0"] {
        ask(query, "userName sw \"j\"").error(400, "invalidCount");
    }
    ask("count=x", "userName sw \"j\"").error(400, "invalidCount");
    ask("count=3&startIndex=2", "userName sw \"j\"").error(400, "invalidValue");
    scim.get("/Groups?count=3").query("cursor", &next).send().error(400, "invalidCursor");
    scim.get("?count=3").query("cursor", &next).send().error(400, "invalidCursor");
}

#[test]
fn what_was_not_handed_out_is_no_cursor() {
    let Some((scim, _)) = eleven() else { return };
    let next = cursor(&scim.get("/Users?cursor&count=3").send(), "nextCursor").unwrap();
    let flipped = format!("{}{}", if next.starts_with('A') { 'B' } else { 'A' }, &next[1..]);
    let mut details = Vec::new();
    for forged in
        ["x", "0", "VZUTiyhEQJ94IR", "..", "%00", &next[..next.len() - 1], &flipped, &next.repeat(9)]
    {
        let answer = scim.get("/Users?count=3").query("cursor", forged).send();
        answer.error(400, "invalidCursor");
        details.push(answer.json()["detail"].clone());
    }
    // A cursor of another directory, and of this one with another token.
    let Some((other, _)) = eleven() else { return };
    let foreign = other.get("/Users?count=3").query("cursor", &next).send();
    foreign.error(400, "invalidCursor");
    details.push(foreign.json()["detail"].clone());
    assert!(details.iter().all(|detail| *detail == details[0]), "the texts differ: {details:?}");
}

#[test]
fn paging_goes_on_with_another_credential_of_the_directory() {
    let Some((scim, ids)) = eleven() else { return };
    let next = cursor(&scim.get("/Users?cursor&count=3").send(), "nextCursor").unwrap();
    let Some(successor) = scim.by_another_credential(None) else { return };
    assert_eq!(successor.get("/Users?count=3").query("cursor", &next).send().ids(), ids[3..6]);
}

#[test]
fn an_expired_cursor_is_refused() {
    let Some((scim, _)) = eleven() else { return };
    let Some(stack) = scim.stack() else { return };
    let other: CredentialId = "other".parse().unwrap();
    let scope = Directory::open(&stack.table(), &scim.directory(), &other);
    let seals = seals(&stack.table(), &scim.directory());
    let page = |seconds: i64| {
        block_on(async {
            let cursors = Cursors::new(seals.clone()).lasting(seconds);
            let kind = ResourceType::user().into();
            let wants = Wants::default();
            let query = Query {
                parts: vec![Part { kind, filter: None, sort: None, wants, projection: None }],
                order: None,
                start: PageStart::Cursor { sent: String::new(), cursors },
                count: 3,
                base: String::new(),
                max_candidates: MAX_CANDIDATES,
                allowance: Allowance::Unlimited,
            };
            scope.list(&query).await.unwrap().next.unwrap()
        })
    };
    let ask = |cursor: &str| scim.get("/Users?count=3").query("cursor", cursor).send();
    ask(&page(60)).expect(200);
    ask(&page(0)).error(400, "expiredCursor");
}

#[test]
fn what_is_gone_is_no_hole() {
    let Some((scim, ids)) = eleven() else { return };
    let page = |cursor: &str| scim.get("/Users?count=4").query("cursor", cursor).send();
    let first = page("");
    let second = page(&cursor(&first, "nextCursor").unwrap());
    for id in &ids[2..5] {
        scim.delete(&format!("/Users/{id}")).send().expect(204);
    }
    // The resource at the cursor is deleted; the next page still begins after it.
    assert_eq!(page(&cursor(&first, "nextCursor").unwrap()).ids(), ids[5..9]);
    let back = page(&cursor(&second, "previousCursor").unwrap());
    assert_eq!(back.ids(), ids[..2]);
    for id in &ids[..2] {
        scim.delete(&format!("/Users/{id}")).send().expect(204);
    }
    let empty = page(&cursor(&second, "previousCursor").unwrap());
    empty.holds(&json!({ "itemsPerPage": 0, "previousCursor": "<absent>" }));
    assert_eq!(page(&cursor(&empty, "nextCursor").unwrap()).ids(), ids[5..9]);
}
