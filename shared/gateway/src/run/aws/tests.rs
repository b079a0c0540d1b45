#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::pem::Pem;

use super::ROOTS;

/// Each certificate: what follows names of files in PEM is for people only.
fn roots() -> Vec<Pem> {
    let roots: Vec<_> = Pem::iter_from_buffer(ROOTS.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(roots.len(), 5);
    roots
}

#[test]
fn every_root_is_trusted_by_mozilla() {
    for root in roots() {
        let known = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().any(|known| **known == *root.contents);
        assert!(known, "{} is no longer on the list", root.parse_x509().unwrap().subject());
    }
}

#[test]
fn every_root_lasts_for_two_years() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let then = i64::try_from(now + 2 * 366 * 24 * 3600).unwrap();
    for root in roots() {
        let certificate = root.parse_x509().unwrap();
        let until = certificate.validity().not_after;
        assert!(until.timestamp() > then, "{} ends {until}", certificate.subject());
    }
}
