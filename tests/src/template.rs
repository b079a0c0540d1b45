//! `template.yaml` and its nested templates, as far as tests use them: tables, routes, policies.

mod policy;
mod read;
mod route;

use std::collections::BTreeSet;

use serde_json::Value;

pub use policy::Policy;
pub use read::read;
pub use route::{DEFAULT, Route, Routes};

/// The deployment's main template.
#[derive(Debug)]
pub struct Template(Value);

impl Template {
    /// Reads `template.yaml`.
    #[must_use]
    pub fn main() -> Self {
        Self(read("template.yaml"))
    }

    /// Its functions: the package of each, such as `users`, and its properties.
    #[must_use]
    pub fn functions(&self) -> Vec<(String, &Value)> {
        let resources = self.0["Resources"].as_object().into_iter().flatten();
        let functions = resources.filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
        functions.map(|(_, resource)| (package(&resource["Properties"]), &resource["Properties"])).collect()
    }

    /// The properties of the function of `package`.
    #[must_use]
    pub fn function(&self, package: &str) -> &Value {
        let mut functions = self.functions().into_iter();
        let found = functions.find(|(name, _)| name == package);
        found.map(|(_, properties)| properties).unwrap_or_else(|| panic!("no function is made of {package}"))
    }

    /// Everything in the API that leads to a function.
    #[must_use]
    pub fn routes(&self) -> Routes {
        Routes::of(self)
    }

    /// The package of each function, and its logical id.
    #[must_use]
    pub fn resources(&self) -> BTreeSet<(String, String)> {
        let resources = self.0["Resources"].as_object().into_iter().flatten();
        let functions = resources.filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
        functions.map(|(id, resource)| (package(&resource["Properties"]), id.clone())).collect()
    }

    /// The parameters of the nested stack (infra/function.yaml) that defines the role of the
    /// function of `package`.
    #[must_use]
    pub fn parts(&self, package: &str) -> &Value {
        let role = self.function(package)["Role"]["Fn::GetAtt"].as_str().unwrap_or_default();
        let stack = role.strip_suffix(".Outputs.Role").unwrap_or_else(|| panic!("{package}: {role}"));
        let stack = &self.resource(stack)["Properties"];
        assert_eq!(stack["TemplateURL"], "infra/function.yaml", "{package}");
        &stack["Parameters"]
    }

    /// The DynamoDB calls that the role of the function of `package` allows.
    #[must_use]
    pub fn policy(&self, package: &str) -> Policy {
        Policy::of(self.parts(package))
    }

    /// All resources, by their logical ids.
    pub fn all(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["Resources"].as_object().into_iter().flatten()
    }

    /// A resource by its logical id.
    #[must_use]
    pub fn resource(&self, name: &str) -> &Value {
        &self.0["Resources"][name]
    }
}

/// `target/lambda/users/` contains the build of the package `users`.
fn package(properties: &Value) -> String {
    let uri = properties["CodeUri"].as_str().unwrap_or_default();
    let name = uri.strip_prefix("target/lambda/").map(|name| name.trim_end_matches('/'));
    name.unwrap_or_else(|| panic!("{uri} is not what `cargo lambda build` makes")).to_owned()
}
