//! One member more, one member less, in a small and a large group: one at a time, in turns,
//! so that what disturbs the machine disturbs both.

use std::time::Instant;

use serde_json::{Value, json};

use crate::client::{Ask, Connection, Target};
use crate::measure::Figures;

/// Adds and removes a fresh member in each group, again and again. Four rows: add and
/// remove, for each group.
pub(crate) async fn measure(target: &Target, groups: &[(usize, String)], rounds: usize) -> Vec<Figures> {
    let mut connection = Connection::open(target).await;
    let mut rows: Vec<(Figures, Figures)> = groups
        .iter()
        .map(|(size, _)| {
            (Figures::new(&format!("add 1 member to {size}")), Figures::new(&format!("remove 1 of {size}")))
        })
        .collect();
    for round in 0..rounds {
        for ((_, id), (adds, removes)) in groups.iter().zip(&mut rows) {
            let member = format!("fresh-{round}");
            let add = json!({ "op": "Add", "path": "members", "value": [{ "value": member }] });
            change(&mut connection, id, &add, adds).await;
            let remove = json!({ "op": "Remove", "path": "members", "value": [{ "value": member }] });
            change(&mut connection, id, &remove, removes).await;
        }
    }
    let (adds, removes): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    adds.into_iter().chain(removes).collect()
}

async fn change(connection: &mut Connection, group: &str, operation: &Value, figures: &mut Figures) {
    // Entra takes a 204; the members of a small group shall not make its answer dearer.
    let path = format!("/Groups/{group}?excludedAttributes=members");
    let ask = Ask::patch(path, &json!([operation]));
    let asked = Instant::now();
    let told = connection.ask(&ask).await;
    figures.count(asked.elapsed(), &told, &[200, 204]);
    figures.took(asked.elapsed());
}
