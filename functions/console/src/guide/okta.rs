//! Okta.

use maud::{Markup, html};

pub(super) fn steps(tenant_url: &str, groups: bool) -> Vec<Markup> {
    let mut steps = vec![
        html! {
            "In the " strong { "Admin Console" } " open " strong { "Applications" } " and the app. On the tab "
            strong { "General" } " edit " strong { "App Settings" } " and choose " strong { "SCIM" } " for "
            strong { "Provisioning" } "."
        },
        html! { "Open the tab " strong { "Provisioning" } ", " strong { "Integration" } ", and press " strong { "Edit" } "." },
        html! { "As " strong { "SCIM connector base URL" } " paste " code { (tenant_url) } "." },
        html! { "As " strong { "Unique identifier field for users" } " type " code { "userName" } "." },
        html! {
            "Under " strong { "Supported provisioning actions" } " tick " strong { "Push New Users" } " and "
            strong { "Push Profile Updates" } @if groups { ", and " strong { "Push Groups" } } "."
        },
        html! {
            "As " strong { "Authentication Mode" } " choose " strong { "HTTP Header" }
            " and paste the secret token that you created in step 2 after " code { "Bearer" } "."
        },
        html! { "Press " strong { "Test Connector Configuration" } ". When it succeeds, press " strong { "Save" } "." },
        html! {
            "Open " strong { "To App" } ", press " strong { "Edit" } ", and enable " strong { "Create Users" } ", "
            strong { "Update User Attributes" } " and " strong { "Deactivate Users" } "."
        },
        html! { "On the tab " strong { "Assignments" } " assign who is to have an account." },
    ];
    if groups {
        steps.push(html! { "On the tab " strong { "Push Groups" } " choose the groups." });
    }
    steps
}
