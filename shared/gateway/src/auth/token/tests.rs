#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::collections::HashSet;

use directory::access::credential::{Credential, NewCredential};
use directory::id::DirectoryId;
use directory::secret::Secret;
use directory::secret::deployment::DeploymentSecret;
use secrecy::{ExposeSecret, SecretString};

use super::mint::foreign;
use super::{Token, hash};

fn acme() -> DirectoryId {
    "acme-1".parse().unwrap()
}

fn deployment() -> DeploymentSecret {
    DeploymentSecret::parse(&"d".repeat(32)).unwrap()
}

fn minted() -> String {
    Token::mint(&acme(), &deployment()).unwrap().0.expose_secret().to_owned()
}

#[test]
fn a_minted_token_says_whose_it_is() {
    let (token, credential) = Token::mint(&acme(), &deployment()).unwrap();
    let token = token.expose_secret();
    let parsed = Token::parse(token).expect("a minted token is well formed");
    assert_eq!(parsed, Token { directory: acme(), credential: credential.id.clone() });
    assert_eq!(credential, NewCredential::new(credential.id.clone(), hash(token), ""));
    assert!(deployment().has_checksum(token));
    assert!(token.len() < 160, "short enough for Entra's limits: {}", token.len());
}

#[test]
fn only_the_hash_is_kept() {
    let (token, credential) = Token::mint(&acme(), &deployment()).unwrap();
    let secret = token.expose_secret().rsplit('_').next().unwrap();
    assert!(!format!("{credential:?}").contains(secret));
    let kept = Credential::of(&credential, &Secret::random().unwrap());
    assert!(!format!("{kept:?}").contains(secret) && kept.hash() != hash(token.expose_secret()));
}

#[test]
fn no_two_tokens_are_alike() {
    let tokens: HashSet<String> = (0..100).map(|_| minted()).collect();
    assert_eq!(tokens.len(), 100);
}

#[test]
fn another_form_is_not_read() {
    let token = minted();
    for end in 0..token.len() {
        assert_eq!(Token::parse(token.get(..end).unwrap()), None);
    }
    for other in [format!("{token}0"), format!(" {token}"), token.to_uppercase(), token.replace("rc_", "rd_")]
    {
        assert_eq!(Token::parse(&other), None, "{other}");
    }
    assert_eq!(Token::parse("rc_é_é_éééééééééééé"), None);
    let secret = "0a".repeat(36);
    let good = format!("rc_acme_c1_{secret}");
    assert!(Token::parse(&good).is_some());
    for signed in [
        format!("{good}_x"),
        format!("{good}_"),
        format!("{good}0"),
        format!("rc_acme_c1_{}", "0a".repeat(35)),
        "rc_acme_c1_".to_owned(),
        good.replace("0a", "0A"),
        good.replace("0a", "0g"),
        good.replace("rc_", "ra_"),
        good.replace("acme", "ACME"),
        good.replace("_c1_", "__"),
        format!("rc_acme_{secret}"),
    ] {
        assert_eq!(Token::parse(&signed), None, "{signed}");
    }
}

#[test]
fn a_foreign_token_has_an_id_of_its_own() {
    let one = foreign(&SecretString::from("secret-token")).unwrap();
    assert_eq!(one, NewCredential::new(one.id.clone(), hash("secret-token"), ""));
    let id = one.id.to_string();
    assert!(id.starts_with('x') && id.len() == 32, "{id}");
    assert_ne!(one.id, foreign(&SecretString::from("another")).unwrap().id);
    assert!(foreign(&SecretString::from(" ")).is_err());
}
