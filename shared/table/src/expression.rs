//! Placeholders: DynamoDB's expressions name attributes and values indirectly. They are made here
//! alone, so that no other code depends on how they are written.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::Value;

/// Placeholders, each with the attribute name that it stands for.
type Names = HashMap<String, String>;
/// Placeholders, each with the value that it stands for.
type Values = HashMap<String, AttributeValue>;

/// The placeholders of one call.
#[derive(Debug, Default)]
pub(crate) struct Placeholders {
    names: Names,
    values: Values,
}

impl Placeholders {
    /// The placeholder of `attribute`: one for each name.
    pub(crate) fn name(&mut self, attribute: &str) -> String {
        let known = self.names.iter().find(|(_, name)| *name == attribute);
        if let Some((placeholder, _)) = known {
            return placeholder.clone();
        }
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    /// A placeholder for `value`.
    pub(crate) fn value(&mut self, value: &Value) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value.0.clone());
        placeholder
    }

    /// Names and values as a call takes them: `None` where there are none.
    pub(crate) fn finish(self) -> (Option<Names>, Option<Values>) {
        let Self { names, values } = self;
        ((!names.is_empty()).then_some(names), (!values.is_empty()).then_some(values))
    }
}
