//! `check` distinguishes wrong endpoints: each fault has its own finding, and only findings that
//! follow from it are added.

use std::collections::BTreeSet;

use entra::check::report::{Outcome, Verdict, json, text};
use entra::check::{Options, run};

use crate::local::{block_on, mapping};
use crate::responder::{Fault, Responder};

fn check(fault: Fault) -> Vec<Outcome> {
    let responder = Responder::start(fault);
    let options = Options::new(&responder.endpoint.url, &responder.endpoint.token, mapping("workgrid"));
    let outcomes = block_on(run(&options)).unwrap();
    if fault == Fault::None {
        assert!(responder.server().resources.is_empty(), "something was left behind");
    }
    outcomes
}

#[test]
fn an_endpoint_without_fault_has_no_finding() {
    let outcomes = check(Fault::None);
    assert!(outcomes.iter().all(|it| it.findings.is_empty()), "{}", text(&outcomes));
    let not_applicable = outcomes.iter().filter(|it| it.verdict == Verdict::NotApplicable).count();
    assert_eq!((outcomes.len() - not_applicable, not_applicable), (40, 2));
}

/// The fault's own finding, and others that follow from it.
#[track_caller]
fn finds(fault: Fault, own: &str, others: &[&str]) {
    let outcomes = check(fault);
    let failed = outcomes.iter().filter(|it| matches!(it.verdict, Verdict::Failed | Verdict::Warning));
    let codes: BTreeSet<&str> = failed.flat_map(|it| &it.findings).map(|it| it.fault.code()).collect();
    assert!(codes.contains(own), "{codes:?}: {}", text(&outcomes));
    let expected: BTreeSet<&str> = others.iter().copied().chain([own]).collect();
    assert_eq!(codes, expected, "{}", text(&outcomes));
    assert!(outcomes.iter().any(|it| it.verdict == Verdict::Failed));
    // Findings are reported as text and as JSON, with what to change.
    let (people, machines) = (text(&outcomes), json(&outcomes));
    assert!(people.contains(own) && people.contains("change ") && people.contains("sent "), "{people}");
    assert_eq!(machines["good"], false);
}

#[test]
fn a_404_for_a_filter_without_a_match() {
    finds(Fault::MissIs404, "filter-miss-not-200", &[]);
}

#[test]
fn a_200_without_a_body() {
    finds(Fault::EmptyBody, "empty-body", &[]);
}

#[test]
fn a_manager_as_text() {
    finds(Fault::ManagerAsText, "manager-not-object", &[]);
}

#[test]
fn members_that_were_excluded() {
    finds(Fault::MembersAlways, "members-not-excluded", &[]);
}

#[test]
fn totals_as_texts() {
    finds(Fault::TotalsAsText, "totals-not-numbers", &[]);
}

#[test]
fn an_errors_status_as_a_number() {
    finds(Fault::NumericErrorStatus, "error-status-not-text", &[]);
}

#[test]
fn a_second_hit() {
    finds(Fault::SecondHit, "several-hits", &[]);
}

#[test]
fn a_match_that_looks_at_letter_case() {
    finds(Fault::CaseSensitive, "case-sensitive-match", &[]);
}

#[test]
fn a_filter_that_is_ignored() {
    finds(Fault::FilterIgnored, "filter-ignored", &[]);
}

#[test]
fn a_duplicate_that_is_accepted() {
    finds(Fault::DuplicateAccepted, "duplicate-accepted", &[]);
}

#[test]
fn inactive_users_that_are_hidden() {
    finds(Fault::InactiveHidden, "inactive-hidden", &[]);
}

#[test]
fn a_remove_that_wipes_the_group() {
    finds(Fault::RemoveWipes, "members-wiped", &[]);
}

#[test]
fn a_start_index_that_is_not_returned() {
    finds(Fault::StartIndexIgnored, "page-start", &[]);
}

#[test]
fn a_mapped_attribute_that_no_schema_has() {
    finds(Fault::SchemaIncomplete, "attribute-not-in-schemas", &[]);
}

#[test]
fn attributes_that_cannot_be_cleared() {
    finds(Fault::NullIgnored, "value-not-cleared", &["manager-not-cleared"]);
}

#[test]
fn values_that_are_changed_on_the_way() {
    finds(Fault::LowerCasesNames, "value-not-kept", &[]);
}

#[test]
fn another_media_type_is_only_noted() {
    let outcomes = check(Fault::MediaType);
    assert!(outcomes.iter().all(|it| it.verdict != Verdict::Failed), "{}", text(&outcomes));
    assert!(outcomes.iter().any(|it| it.findings.iter().any(|found| found.fault.code() == "media-type")));
}

#[test]
fn an_endpoint_that_is_not_there() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options = Options::new(&format!("http://{free}/scim"), "x", mapping("kintone"));
    let outcomes = block_on(run(&options)).unwrap();
    let failed: Vec<&Outcome> = outcomes.iter().filter(|it| it.verdict == Verdict::Failed).collect();
    let [one] = failed.as_slice() else { panic!("{}", text(&outcomes)) };
    assert_eq!((one.name, one.findings[0].fault.code()), ("Test_Connection", "no-answer"));
}

#[test]
fn a_token_that_is_refused() {
    let responder = Responder::start(Fault::None);
    let outcomes = block_on(run(&Options::new(&responder.endpoint.url, "x", mapping("kintone")))).unwrap();
    let failed: Vec<&Outcome> = outcomes.iter().filter(|it| it.verdict == Verdict::Failed).collect();
    let [one] = failed.as_slice() else { panic!("{}", text(&outcomes)) };
    assert_eq!((one.name, one.findings[0].fault.code()), ("Test_Connection", "token-refused"));
}
