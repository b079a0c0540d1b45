//! The core user (RFC 7643 §4.1, §8.7.1).

use super::attribute::{Attribute, Mutability, Returned};
use super::schema::{Schema, USER};

/// The rows of `urn:ietf:params:scim:schemas:core:2.0:User`.
///
/// `canonicalValues` are suggestions only. `roles.type` has none, because Microsoft Entra's
/// schema discovery then maps `roles[primary eq "True"]`.
#[must_use]
pub fn schema() -> Schema {
    let string = Attribute::string;
    Schema {
        id: USER.to_owned(),
        name: "User".to_owned(),
        description: "User Account".to_owned(),
        attributes: vec![
            string("userName", "The name with which the user signs in").required().unique().sign_in_name(),
            Attribute::complex("name", "The parts of the user's name", name_parts()),
            string("displayName", "The user's name, for display"),
            string("nickName", "The informal name of the user"),
            // RFC 7643 defines it as a reference. Entra's schema discovery ignores references,
            // so a mapped profileUrl would count as missing, and clients send any text.
            string("profileUrl", "The URL of the user's online profile").exact(),
            string("title", "The user's title, such as `Vice President`"),
            string("userType", "The relationship between the organisation and the user"),
            string("preferredLanguage", "The user's preferred languages, as in Accept-Language"),
            string("locale", "The user's default location, for formats of currency and dates"),
            string("timezone", "The user's time zone, as in the IANA database"),
            Attribute::boolean("active", "Whether the user may sign in"),
            string("password", "The user's password: accepted, but neither stored nor returned")
                .exact()
                .mutability(Mutability::WriteOnly)
                .returned(Returned::Never),
            plural(
                "emails",
                "e-mail address",
                string("value", "The e-mail address"),
                &["work", "home", "other"],
            ),
            plural(
                "phoneNumbers",
                "phone number",
                string("value", "The phone number"),
                &["work", "home", "mobile", "fax", "pager", "other"],
            ),
            plural(
                "ims",
                "instant messaging address",
                string("value", "The instant messaging address"),
                &["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"],
            ),
            plural(
                "photos",
                "photo",
                Attribute::reference("value", &["external"], "The URL of the photo"),
                &["photo", "thumbnail"],
            ),
            Attribute::complex("addresses", "The user's postal addresses", address_parts()).many(),
            groups(),
            plural("entitlements", "entitlement", string("value", "The entitlement"), &[]),
            plural("roles", "role", string("value", "The role"), &[]),
            plural(
                "x509Certificates",
                "certificate",
                Attribute::new(
                    super::attribute::Type::Binary,
                    "value",
                    "The DER of the certificate in base64",
                )
                .exact(),
                &[],
            ),
        ],
    }
}

/// A multi-valued attribute with the default parts of RFC 7643 §2.4.
fn plural(name: &str, what: &str, value: Attribute, types: &[&str]) -> Attribute {
    let ending = if what.ends_with('s') { "es" } else { "s" };
    Attribute::complex(
        name,
        &format!("The user's {what}{ending}"),
        vec![
            value,
            Attribute::string("display", &format!("The {what}, for display")),
            Attribute::string("type", &format!("What the {what} is for")).canonical(types),
            primary(what),
        ],
    )
    .many()
}

fn primary(what: &str) -> Attribute {
    Attribute::boolean("primary", &format!("Whether this is the preferred {what}"))
}

fn name_parts() -> Vec<Attribute> {
    [
        ("formatted", "The full name, for display"),
        ("familyName", "The family name"),
        ("givenName", "The given name"),
        ("middleName", "The middle names"),
        ("honorificPrefix", "The prefix, such as `Ms.`"),
        ("honorificSuffix", "The suffix, such as `III`"),
    ]
    .map(|(part, description)| Attribute::string(part, description))
    .into()
}

fn address_parts() -> Vec<Attribute> {
    let mut parts: Vec<_> = [
        ("formatted", "The whole address, for display"),
        ("streetAddress", "Street, house and post office box"),
        ("locality", "The city"),
        ("region", "The state or region"),
        ("postalCode", "The postal code"),
        ("country", "The country, as in ISO 3166-1 alpha 2"),
    ]
    .map(|(part, description)| Attribute::string(part, description))
    .into();
    parts.push(Attribute::string("type", "What the address is for").canonical(&["work", "home", "other"]));
    parts.push(primary("address"));
    parts
}

/// Read-only: a client changes memberships at the group. A profile may return them only on
/// request, so that a page of 100 users does not cost 100 additional queries.
fn groups() -> Attribute {
    let fact = |row: Attribute| row.mutability(Mutability::ReadOnly);
    fact(Attribute::complex(
        "groups",
        "The groups that the user belongs to",
        vec![
            fact(Attribute::string("value", "The id of the group").exact()),
            fact(Attribute::reference("$ref", &["Group"], "The URI of the group")),
            fact(Attribute::string("display", "The name of the group")),
            fact(
                Attribute::string("type", "How the membership came about").canonical(&["direct", "indirect"]),
            ),
        ],
    ))
    .many()
}
