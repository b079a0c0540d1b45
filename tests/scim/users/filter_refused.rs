//! Filters that are refused, and the limits of valid ones (RFC 7644 §3.4.2.2).

use tests::endpoint::Endpoint;

#[test]
fn what_cannot_be_a_filter_is_invalid_filter() {
    let scim = Endpoint::shared();
    for filter in [
        "",
        " ",
        "userName",
        "userName eq",
        "eq \"x\"",
        "userName \"x\"",
        "userName eq \"x",
        "userName eq \"x\" and",
        "and userName eq \"x\"",
        "(userName eq \"x\"",
        "userName eq \"x\")",
        "not userName eq \"x\" or",
        "userName regex \"x\"",
        "userName eq \"x\" \"y\"",
        "userName eq \"\\q\"",
        "emails[type eq \"work\"",
        "emails[]",
        "emails[type eq \"work\"]]",
        "userName eq \"x\" xor title pr",
        "userName == \"x\"",
        "userName pr \"x\"",
        "\u{0}",
        "userName eq 'x'y",
        "((((",
        "[",
        "emails[emails[type eq \"x\"]]",
    ] {
        scim.get("/Users").filter(filter).send().error(400, "invalidFilter");
    }
}

#[test]
fn what_cannot_be_compared_is_invalid_filter() {
    let scim = Endpoint::shared();
    for filter in [
        "active gt true",
        "active le \"False\"",
        "active ge false",
        "active lt 1",
        "emails[primary gt true]",
        "favouriteColour eq \"blue\"",
        "emails.colour eq \"blue\"",
        "emails[colour eq \"blue\"]",
        "urn:ex:2.0:User:userName eq \"x\"",
        "x509Certificates.value gt \"QQ==\"",
        "meta.created gt \"yesterday\"",
        "userName.first eq \"x\"",
        "password eq \"x\"",
        "name gt \"x\"",
    ] {
        scim.get("/Users").filter(filter).send().error(400, "invalidFilter");
    }
}

#[test]
fn an_error_says_where_and_why() {
    let answer =
        Endpoint::shared().get("/Users").filter("userName eq \"x\" and favouriteColour eq \"blue\"").send();
    answer.error(400, "invalidFilter");
    assert!(answer.json()["detail"].as_str().unwrap().contains("favouriteColour"), "{answer}");
}

#[test]
fn the_limits_of_a_filter_hold() {
    let scim = Endpoint::shared();
    let compare = "title eq \"x\"";
    let many = |count: usize| vec![compare; count].join(" or ");
    let deep = |depth: usize| format!("{}{compare}{}", "(".repeat(depth), ")".repeat(depth));
    let long = |bytes: usize| format!("title eq \"{}\"", "x".repeat(bytes - "title eq \"\"".len()));
    scim.get("/Users").filter(&many(200)).send().expect(200);
    scim.get("/Users").filter(&many(201)).send().error(400, "invalidFilter");
    scim.get("/Users").filter(&deep(31)).send().expect(200);
    scim.get("/Users").filter(&deep(33)).send().error(400, "invalidFilter");
    scim.get("/Users").filter(&deep(2000)).send().error(400, "invalidFilter");
    scim.get("/Users").filter(&long(8 * 1024)).send().expect(200);
    scim.get("/Users").filter(&long(8 * 1024 + 1)).send().error(400, "invalidFilter");
}
