//! Microsoft Entra ID.

use maud::{Markup, html};

pub(super) fn steps(tenant_url: &str, groups: bool) -> Vec<Markup> {
    vec![
        html! {
            "In the " strong { "Microsoft Entra admin center" } " open " strong { "Enterprise applications" }
            " and the app. If the app is not there, press " strong { "New application" } ", "
            strong { "Create your own application" } ", and choose "
            strong { "Integrate any other application you don't find in the gallery" } "."
        },
        html! { "Open " strong { "Provisioning" } " and press " strong { "New configuration" } "." },
        html! { "As " strong { "Tenant URL" } " paste " code { (tenant_url) } "." },
        html! { "As " strong { "Secret token" } " paste the secret token that you created in step 2." },
        html! { "Press " strong { "Test connection" } ". When it succeeds, press " strong { "Create" } "." },
        html! {
            "Under " strong { "Attribute mapping" } " open the users. Keep " code { "userName" } " as the matching attribute."
            @if !groups { " Switch the mapping of groups off: only users are provisioned." }
        },
        html! {
            "Under " strong { "Users and groups" } " assign who is to have an account. Try one person with "
            strong { "Provision on demand" } "."
        },
        html! {
            "Press " strong { "Start provisioning" } ". The first cycle takes a while; then Entra looks for changes about \
             every 40 minutes."
        },
    ]
}
