//! Any other client of SCIM 2.0.

use maud::{Markup, html};

pub(super) fn steps(tenant_url: &str, groups: bool) -> Vec<Markup> {
    vec![
        html! { "Choose " strong { "SCIM 2.0" } " as the way to provision users to this app." },
        html! {
            "As address (also called base URL, Tenant URL or SCIM endpoint) paste " code { (tenant_url) } ". If your identity "
            "provider adds " code { "/Users" } " to it, leave it as it is."
        },
        html! {
            "Choose authentication by a bearer token (also called OAuth bearer token, API token or HTTP header), and paste "
            "the secret token that you created in step 2. Do not type the word " code { "Bearer" }
            " if your identity provider adds it."
        },
        html! {
            "Match users by " code { "userName" } ". "
            @if groups { "Match groups by " code { "displayName" } "." } @else { "Only users are provisioned: leave groups out." }
        },
        html! { "Test the connection, save, and assign one person first." },
    ]
}
