#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::*;

fn new(digest: &str) -> NewCredential {
    NewCredential::new("c1".parse().unwrap(), digest.to_owned(), "label")
}

#[test]
fn what_is_kept_is_read_back() {
    let secret = Secret::random().unwrap();
    for scopes in ["", "read", "users", "consent"] {
        let mut made = new("aa");
        made.scopes = scopes.parse().unwrap();
        (made.expires, made.subject) = (Some(1000), Some("u1".to_owned()));
        let kept = Credential::of(&made, &secret);
        assert_eq!(Credential::read(&made.id, &kept.item()).unwrap(), kept, "{scopes}");
    }
}

#[test]
fn scopes_that_nobody_knows_are_not_taken_for_all() {
    let kept = Credential::of(&new("aa"), &Secret::random().unwrap());
    let mut item = kept.item();
    item.insert(SCOPES.to_owned(), s("read everything"));
    assert!(Credential::read(&kept.id, &item).is_err());
    item.remove(HASH);
    assert!(Credential::read(&kept.id, &item).is_err());
}

#[test]
fn only_the_same_token_is_kept_already() {
    let (secret, other) = (Secret::random().unwrap(), Secret::random().unwrap());
    let kept = Credential::of(&new("aa"), &secret);
    assert!(new("aa").is_kept_as(&kept, &secret));
    assert!(!new("ab").is_kept_as(&kept, &secret));
    assert!(!new("aa").is_kept_as(&kept, &other));
}
