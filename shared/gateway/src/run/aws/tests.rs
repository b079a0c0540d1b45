#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use yasna::{ASN1Result, BERReader, Tag, parse_der};

use super::ROOTS;

/// Each certificate as DER, after the line that names it.
fn roots() -> Vec<(&'static str, Vec<u8>)> {
    let roots: Vec<_> = ROOTS
        .split("-----BEGIN CERTIFICATE-----")
        .zip(ROOTS.split("-----BEGIN CERTIFICATE-----").skip(1))
        .map(|(before, after)| {
            let name = before.trim_end().lines().next_back().unwrap_or_default();
            let base64 = after.split("-----END").next().unwrap().split_whitespace().collect::<String>();
            (name, STANDARD.decode(base64).unwrap())
        })
        .collect();
    assert_eq!(roots.len(), 5);
    roots
}

/// The end of a certificate's validity: RFC 5280 §4.1.
fn end(certificate: &[u8]) -> SystemTime {
    let signed = |reader: BERReader<'_, '_>| {
        reader.read_sequence(|fields| {
            fields.next().read_tagged(Tag::context(0), |version| version.read_der())?;
            for _serial_algorithm_issuer in 0..3 {
                fields.next().read_der()?;
            }
            let end = fields.next().read_sequence(|validity| {
                validity.next().read_der()?;
                // Until 2049.
                validity.next().read_utctime()
            })?;
            rest(fields)?;
            Ok(*end.datetime())
        })
    };
    let end = parse_der(certificate, |reader| {
        reader.read_sequence(|parts| {
            let end = signed(parts.next())?;
            rest(parts)?;
            Ok(end)
        })
    });
    end.unwrap().into()
}

fn rest(fields: &mut yasna::BERReaderSeq<'_, '_>) -> ASN1Result<()> {
    while fields.read_optional(|field| field.read_der())?.is_some() {}
    Ok(())
}

#[test]
fn every_root_is_trusted_by_mozilla() {
    for (name, root) in roots() {
        let known = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().any(|known| **known == *root);
        assert!(known, "{name} is no longer on the list");
    }
}

#[test]
fn every_root_lasts_for_two_years() {
    let then = SystemTime::now() + Duration::from_secs(2 * 366 * 24 * 3600);
    for (name, root) in roots() {
        let end = end(&root);
        assert!(end > then, "{name} ends {end:?}");
    }
}
