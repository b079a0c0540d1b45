//! Queries: unknown parameters are ignored, unusual ones do no harm (RFC 7644 §3.4.2).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;

#[test]
fn entras_flag_and_other_unknown_parameters_are_ignored_everywhere() {
    let (scim, name) = (Endpoint::shared(), unique());
    for flag in ["aadOptscim062020", "AzureAdScimPatch2017", "x=1&y=&=z&&", "aadOptscim062020=true"] {
        let id = scim.post(&format!("/Users?{flag}"), &user(&unique(), &json!({}))).send().expect(201).id();
        let path = format!("/Users/{id}?{flag}");
        let answer = scim.get(&path).send();
        answer.expect(200);
        assert!(!answer.json()["meta"]["location"].as_str().unwrap().contains('?'), "{answer}");
        scim.patch(&path, &json!([{ "op": "replace", "path": "title", "value": "x" }])).send().expect(200);
        scim.put(&path, &user(&name, &json!({}))).send().expect(200);
        scim.delete(&path).send().expect(204);
        scim.get(&format!("/Users?{flag}")).filter("userName eq \"unknown\"").send().expect(200);
    }
}

#[test]
fn a_filter_is_never_ignored() {
    let scim = Endpoint::shared();
    scim.create_user(&unique(), &json!({}));
    let unknown = format!("userName eq \"{}\"", unique());
    for path in ["/Users?startIndex=1&count=100", "/Users?attributes=id", "/Users?excludedAttributes=emails"]
    {
        assert_eq!(scim.get(path).filter(&unknown).send().total(), 0, "{path}");
    }
    let id = scim.create_user(&unique(), &json!({}));
    assert_eq!(scim.users_where(&format!("id eq \"{id}\"")), [id]);
}

#[test]
fn odd_queries_do_no_harm() {
    let scim = Endpoint::shared();
    for query in [
        "?",
        "?&",
        "?&&&",
        "?=",
        "?%",
        "?%zz=1",
        "?filter",
        "?filter=%ff",
        "?count",
        "?attributes=",
        "?attributes=,,,",
        "?excludedAttributes=,",
        "?attributes=a.b.c.d",
        "?a=1#fragment",
        "?attributes=%00",
    ] {
        let answer = scim.get(&format!("/Users{query}")).send();
        assert!(matches!(answer.status, 200 | 400), "{answer}");
    }
    let long = format!("/Users?unknown={}", "x".repeat(20_000));
    let answer = scim.get(&long).send();
    assert!(matches!(answer.status, 200 | 414 | 431), "{answer}");
    scim.get("/Users?count=1").send().expect(200);
}
