#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

use std::sync::Arc;

use scim::filter::bound::Bound;
use scim::filter::compile::compile;
use scim::model::path::AttrPath;
use scim::model::resource_type::{Index, ResourceType};
use scim::sort::{Order, sort_by};

use super::*;
use crate::query::plan::Plan;
use crate::query::{Allowance, MAX_CANDIDATES, PageStart, Part, Query};
use crate::secret::deployment::DeploymentSecret;
use crate::secret::{Secret, Secrets};
use crate::tenant::Wants;

fn query(filter: &str) -> Query {
    let kind = ResourceType::user();
    let filter = Some(compile(filter, &kind).unwrap());
    Query {
        parts: vec![part(kind, filter)],
        order: None,
        start: PageStart::Index(1),
        count: 10,
        base: String::new(),
        max_candidates: MAX_CANDIDATES,
        allowance: Allowance::Unlimited,
    }
}

fn part(kind: ResourceType, filter: Option<Bound>) -> Part {
    Part { kind: Arc::new(kind), filter, sort: None, wants: Wants::default(), projection: None }
}

fn seal(cursors: &Cursors, query: &Query, token: &Token) -> String {
    cursors.seal(&list(&acme(), query), token).unwrap()
}

fn open(cursors: &Cursors, query: &Query, sent: &str) -> Result<Token, ScimError> {
    cursors.open(&list(&acme(), query), sent)
}

fn list<'a>(directory: &'a DirectoryId, query: &Query) -> List<'a> {
    List { directory, fingerprint: fingerprint(query), count: query.count }
}

fn fingerprint(query: &Query) -> String {
    Plan::of(query).fingerprint()
}

fn acme() -> DirectoryId {
    "acme".parse().unwrap()
}

fn cursors() -> Cursors {
    Cursors::new(Seals::new(
        DeploymentSecret::parse(&"d".repeat(32)).unwrap(),
        Secrets::of(Secret::random().unwrap()),
    ))
}

fn token() -> Token {
    let position = Some(Position::new(3, "1ana\u{1}0190"));
    Token { start: Start { position, backwards: true, skip: 0 }, total: Some(7) }
}

#[track_caller]
fn refused(cursors: &Cursors, directory: &str, query: &Query, sent: &str, kind: Kind) {
    let opened = cursors.open(&list(&directory.parse().unwrap(), query), sent);
    assert_eq!(opened.unwrap_err().kind, kind, "{sent}");
}

#[test]
fn a_cursor_is_read_back_and_encrypted() {
    let (cursors, query) = (cursors(), query("title pr"));
    let sealed = seal(&cursors, &query, &token());
    assert_eq!(open(&cursors, &query, &sealed).unwrap(), token());
    assert!(sealed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{sealed}");
    let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).unwrap();
    assert!(!bytes.windows(3).any(|window| window == b"ana"));
    assert_ne!(seal(&cursors, &query, &token()), sealed, "no two are alike");
}

#[test]
fn the_longest_position_fits() {
    let (cursors, query) = (cursors(), query("title pr"));
    let mut token = token();
    token.start.position = Some(Position::new(99, "\u{2}\u{3}".repeat(490)));
    let sealed = seal(&cursors, &query, &token);
    assert!(sealed.len() <= LONGEST, "{}", sealed.len());
    assert_eq!(open(&cursors, &query, &sealed).unwrap(), token);
}

#[test]
fn no_other_text_is_a_cursor() {
    let (cursors, query) = (cursors(), query("title pr"));
    let sealed = seal(&cursors, &query, &token());
    for position in 0..sealed.len() {
        let mut forged = sealed.clone().into_bytes();
        forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
        refused(&cursors, "acme", &query, &String::from_utf8(forged).unwrap(), Kind::InvalidCursor);
    }
    for forged in
        ["x", "%", " ", "AAAA", &sealed[1..], &sealed[..40], &format!("{sealed}AA"), &"A".repeat(9999)]
    {
        refused(&cursors, "acme", &query, forged, Kind::InvalidCursor);
    }
}

#[test]
fn a_cursor_is_valid_for_its_directory_and_its_query_only() {
    let (ours, first) = (cursors(), query("title pr"));
    let sealed = seal(&ours, &first, &token());
    refused(&ours, "other", &first, &sealed, Kind::InvalidCursor);
    refused(&cursors(), "acme", &first, &sealed, Kind::InvalidCursor);
    refused(&ours, "acme", &query("active pr"), &sealed, Kind::InvalidCursor);
    let group = part(ResourceType::group(), None);
    let sorted = |order| {
        let mut query = query("title pr");
        query.parts[0].sort = Some(sort_by("title", &ResourceType::user()).unwrap());
        Query { order: Some(order), ..query }
    };
    for other in [
        Query { parts: vec![group.clone()], ..query("title pr") },
        Query { parts: vec![query("title pr").parts[0].clone(), group], ..query("title pr") },
        sorted(Order::Ascending),
        sorted(Order::Descending),
    ] {
        refused(&ours, "acme", &other, &sealed, Kind::InvalidCursor);
    }
    let mut shown = query("title pr");
    shown.parts[0].wants.groups = true;
    assert!(open(&ours, &shown, &sealed).is_ok(), "what is shown does not matter");
}

#[test]
fn a_cursor_has_a_count_and_a_lifetime() {
    let (cursors, query) = (cursors(), query("title pr"));
    let sealed = seal(&cursors, &query, &token());
    refused(&cursors, "acme", &Query { count: 11, ..query.clone() }, &sealed, Kind::InvalidCount);
    let old = seal(&cursors.clone().lasting(0), &query, &token());
    refused(&cursors, "acme", &query, &old, Kind::ExpiredCursor);
}

#[test]
fn a_cursor_is_valid_only_where_the_same_index_is_read() {
    let (cursors, standard) = (cursors(), query("title sw \"a\""));
    let indexed = |mut query: Query, attribute: &str| {
        let mut kind = ResourceType::user();
        let path = AttrPath::split(attribute);
        kind.indexes.push(Index { path, unique: false, case_exact: false, idle: false });
        query.parts[0].kind = Arc::new(kind);
        query
    };
    let titles = indexed(standard.clone(), "title");
    for (before, after) in [(&standard, &titles), (&titles, &standard)] {
        let sealed = seal(&cursors, before, &token());
        assert!(open(&cursors, before, &sealed).is_ok());
        refused(&cursors, "acme", after, &sealed, Kind::InvalidCursor);
        assert_ne!(fingerprint(before), fingerprint(after), "an anchor does not fit either");
    }
    let sealed = seal(&cursors, &standard, &token());
    let other = indexed(standard.clone(), "nickName");
    assert!(open(&cursors, &other, &sealed).is_ok(), "an index that is not read does not matter");
}
