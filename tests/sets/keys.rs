//! The keys that sign, and `/.well-known/jwks.json`.

use directory::secret::deployment::DeploymentSecret;
use directory::secret::signing::{SigningKey, published};
use tests::endpoint::Endpoint;
use tests::runtime::{at_once, block_on};

use crate::receiver::keys;

#[test]
fn everyone_may_read_the_keys_and_they_are_public() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let answer = keys(&scim).expect(200).clone();
    assert_eq!(answer.header("content-type"), Some("application/jwk-set+json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let body = answer.json();
    for key in body["keys"].as_array().unwrap() {
        let mut names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    }
    assert_eq!(keys(&scim).json(), body);
}

#[test]
fn a_value_of_the_secret_has_one_key_and_a_new_value_a_new_one() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let table = scim.stack().unwrap().table();
    let secret = |text: &str| DeploymentSecret::parse(text).unwrap();
    let (old, new) = (tests::names::unique().repeat(4), tests::names::unique().repeat(4));
    let read = |of: DeploymentSecret| {
        let table = table.clone();
        async move { SigningKey::read(&table, &of).await.unwrap().public().clone() }
    };
    // Instances that begin at the same time have one key.
    let first = at_once(8, (0..8).map(|_| read(secret(&old))));
    assert!(first.iter().all(|key| *key == first[0]), "{first:?}");
    let second = block_on(read(secret(&format!("{new} {old}"))));
    assert_ne!(second, first[0]);
    let newest = tests::names::unique().repeat(4);
    for (list, is_published) in [
        (format!("{new} {old}"), true),
        // An instance that does not know the new value yet.
        (old.clone(), true),
        (format!("{newest} {new} {old}"), false),
    ] {
        let keys = block_on(published(&table, &secret(&list))).unwrap();
        assert!(keys.contains(&second));
        assert_eq!(keys.contains(&first[0]), is_published, "{list}");
    }
    assert_eq!(block_on(read(secret(&old))), first[0], "the secret was set back");
}
