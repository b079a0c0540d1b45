//! The consent page, as browsers get it.

use serde_json::json;

use crate::app::{App, BACK, question, send};

#[test]
fn the_page_says_who_asks_for_what_and_runs_nothing() {
    let Some(app) = App::new() else { return };
    let client = app.client(
        json!({"label": "<b>\"Chat\" & work</b>", "redirectUris": [BACK], "scopes": ["read", "events"]}),
    );
    let page = app.page(&question(&client));
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains("&lt;b&gt;&quot;Chat&quot; &amp; work&lt;/b&gt;"), "{}", page.text);
    assert!(!page.text.contains("<b>") && !page.text.contains("<script"), "{}", page.text);
    for word in [
        "see its users",
        "see what changes",
        "client.example.com",
        "lang=\"en\"",
        "<label for=\"key\"",
        "type=\"password\"",
        &app.directory,
    ] {
        assert!(page.text.contains(word), "{word}: {}", page.text);
    }
    assert!(!page.text.contains("create, change and delete"), "it may only read");
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self' https://client.example.com",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("set-cookie"), "");
}

#[test]
fn an_unknown_client_gets_a_page_without_a_redirect() {
    let Some(app) = App::new() else { return };
    let mut client = app.authorized_client();
    assert_eq!(app.administer("DELETE", &format!("/clients/{}", client.id), None).status, 204);
    let page = app.page(&question(&client));
    assert_eq!((page.status, page.header("location")), (400, ""));
    for id in [format!("{}.unknown", app.directory), "unknown".to_owned(), "<script>".to_owned()] {
        client.client_id = id;
        let page = app.page(&question(&client));
        assert_eq!((page.status, page.header("location")), (400, ""));
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(!page.text.contains("<script"), "{}", page.text);
    }
}

#[test]
fn the_metadata_leads_to_every_endpoint() {
    let Some(app) = App::new() else { return };
    let url = format!("{}/.well-known/oauth-authorization-server", app.origin());
    let reply = send(app.endpoint.http().get(url));
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let body = reply.json();
    assert_eq!(body["issuer"], app.origin());
    for (name, status) in
        [("token_endpoint", 401), ("revocation_endpoint", 401), ("authorization_endpoint", 400)]
    {
        let url = body[name].as_str().unwrap();
        let path = url.strip_prefix(app.origin()).unwrap();
        let fields = [("grant_type", "client_credentials"), ("token", "x")];
        assert_eq!(app.post(path, &fields).status, status, "{name}");
    }
    assert_eq!(body["code_challenge_methods_supported"], json!(["S256"]));
}
