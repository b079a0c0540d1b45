//! Pages (RFC 7644 §3.4.2.4).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::pages::{List, cursor};
use tests::runtime::block_on;

fn eleven() -> Option<(Endpoint, Vec<String>)> {
    let scim = Endpoint::empty_directory()?;
    let ids = (0..11).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    Some((scim, ids))
}

#[test]
fn eleven_users_come_in_pages_of_five_each_once() {
    let Some((scim, ids)) = eleven() else { return };
    let mut seen = Vec::new();
    for (start, items) in [(1, 5), (6, 5), (11, 1), (16, 0)] {
        let page = scim.get(&format!("/Users?startIndex={start}&count=5")).send();
        page.expect(200).holds(&json!({ "totalResults": 11, "startIndex": start, "itemsPerPage": items }));
        assert_eq!(page.ids().len(), items);
        seen.extend(page.ids());
    }
    assert_eq!(seen, ids, "in order of creation");
}

#[test]
fn a_page_in_the_middle_is_the_same_without_the_pages_before_it() {
    let Some((scim, ids)) = eleven() else { return };
    assert_eq!(scim.get("/Users?startIndex=7&count=3").send().ids(), ids[6..9]);
    assert_eq!(scim.get("/Users?startIndex=2&count=4").send().ids(), ids[1..5]);
    assert_eq!(scim.get("/Users?count=3").send().ids(), ids[..3]);
    assert_eq!(scim.get("/Users?startIndex=9").send().ids(), ids[8..]);
}

#[test]
fn filtered_pages_hold_the_matches_only() {
    let (scim, prefix) = (Endpoint::shared(), unique());
    let mut ids: Vec<_> =
        (0..7).map(|n| scim.create_user(&format!("{prefix}-{n}"), &json!({ "title": prefix }))).collect();
    ids.sort();
    for filter in [
        format!("userName sw \"{prefix}\""),
        format!("title eq \"{prefix}\""),
        format!("title eq \"{prefix}\" and not (userName eq \"x\")"),
    ] {
        let mut seen = Vec::new();
        for start in [1, 4, 7, 10] {
            let page = scim.get(&format!("/Users?startIndex={start}&count=3")).filter(&filter).send();
            page.expect(200).holds(&json!({ "totalResults": 7, "startIndex": start }));
            assert_eq!(page.json()["itemsPerPage"], json!(page.ids().len()));
            seen.extend(page.ids());
        }
        seen.sort();
        assert_eq!(seen, ids, "{filter}");
    }
}

/// Forty-five users whose photos together are larger than any response.
fn users_with_photos() -> Option<(Endpoint, Vec<String>)> {
    let scim = Endpoint::empty_directory()?;
    let photo = format!("data:image/png;base64,{}", "A".repeat(115_000));
    let create = |number: usize| {
        let photos = json!([{ "value": photo, "type": "photo" }]);
        scim.create_user(
            &format!("u{number:02}"),
            &json!({ "nickName": format!("n{number:02}"), "photos": photos }),
        )
    };
    let ids = (0..45).map(create).collect();
    Some((scim, ids))
}

#[test]
fn what_is_not_shown_does_not_make_a_page_shorter() {
    let Some((scim, ids)) = users_with_photos() else { return };
    for query in [
        "attributes=userName",
        "attributes=userName&cursor",
        "attributes=userName&filter=photos%20pr",
        "attributes=userName&sortBy=userName",
        "attributes=photos.type,id&sortBy=nickName",
        "excludedAttributes=photos",
    ] {
        let page = scim.get(&format!("/Users?count=100&{query}")).send();
        page.expect(200).holds(&json!({ "totalResults": 45, "itemsPerPage": 45 }));
        assert_eq!((page.ids(), cursor(&page, "nextCursor")), (ids.clone(), None), "{query}");
    }
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "attributes": ["userName"], "count": 100,
    });
    scim.post("/.search", &search).send().holds(&json!({ "itemsPerPage": 45 }));
}

#[test]
fn a_page_that_would_be_too_large_ends_early_and_says_so() {
    let Some((scim, ids)) = users_with_photos() else { return };
    let list = List::new(&scim, "/Users", 100);
    let page = block_on(list.page("startIndex", "1"));
    let (length, items) = (page.body.len(), page.ids().len());
    page.holds(&json!({ "totalResults": 45, "itemsPerPage": items }));
    assert!((4_300_000..4_600_000).contains(&length), "{items} users in {length} bytes");
    assert_eq!(list.walked(), ids, "each once");
}

#[test]
fn zero_and_negative_numbers_are_read_as_the_rfc_says() {
    let Some((scim, ids)) = eleven() else { return };
    for query in ["count=0", "count=-3", "startIndex=1&count=0"] {
        let page = scim.get(&format!("/Users?{query}")).send();
        page.expect(200).holds(&json!({ "totalResults": 11, "itemsPerPage": 0, "Resources": [] }));
    }
    for query in ["startIndex=0&count=2", "startIndex=-5&count=2"] {
        let page = scim.get(&format!("/Users?{query}")).send();
        page.expect(200).holds(&json!({ "startIndex": 1 }));
        assert_eq!(page.ids(), ids[..2], "{query}");
    }
}

#[test]
fn far_past_the_end_is_an_empty_page() {
    let Some((scim, _)) = eleven() else { return };
    for start in ["12", "101", "100000", "9007199254740993", "18446744073709551615"] {
        let page = scim.get(&format!("/Users?startIndex={start}&count=100")).send();
        page.expect(200).holds(&json!({ "totalResults": 11, "itemsPerPage": 0, "Resources": [] }));
    }
}

#[test]
fn an_invalid_number_is_refused() {
    let scim = Endpoint::shared();
    for query in ["startIndex=one", "count=many", "count=1.5", "startIndex=0x10", "startIndex=%221%22"] {
        let answer = scim.get(&format!("/Users?{query}")).send();
        answer.error(400, "invalidValue");
        let named = query.split('=').next().unwrap();
        assert!(
            answer.json()["detail"].as_str().unwrap().contains(named),
            "{answer}\nthe detail names `{named}`"
        );
    }
}

#[test]
fn without_a_count_a_page_holds_a_hundred_and_never_more_than_a_thousand() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    tests::runtime::block_on(async {
        let creates = (0..1005).map(|n| {
            let body = tests::people::user(&format!("u{n}"), &json!({}));
            let scim = scim.clone();
            async move { scim.post("/Users", &body).exchange().await.expect(201).id() }
        });
        use futures_util::StreamExt;
        futures_util::stream::iter(creates).buffer_unordered(8).for_each(|_| async {}).await;
    });
    scim.get("/Users").send().holds(&json!({ "totalResults": 1005, "itemsPerPage": 100 }));
    let page = scim.get("/Users?count=5000").send();
    page.holds(&json!({ "totalResults": 1005, "itemsPerPage": 1000 }));
    assert_eq!(page.ids().len(), 1000);
    let next = scim.get("/Users?startIndex=1001&count=5000").send();
    next.holds(&json!({ "totalResults": 1005, "itemsPerPage": 5, "startIndex": 1001 }));
    let mut all: Vec<_> = page.ids().into_iter().chain(next.ids()).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 1005);
}
