//! The figures of `docs/cost.py` that follow from the templates.

use rollcall::functions::FUNCTIONS;
use serde_json::Value;
use tests::template::{Template, read};

/// How many metrics the alarms of a template look at: AWS charges for each.
fn alarmed<'a>(resources: impl Iterator<Item = &'a Value>) -> usize {
    let alarms = resources.filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm");
    let metrics = |alarm: &Value| match alarm["Properties"]["Metrics"].as_array() {
        Some(metrics) => metrics.iter().filter(|metric| !metric["MetricStat"].is_null()).count(),
        None => 1,
    };
    alarms.map(metrics).sum()
}

#[test]
fn the_calculator_knows_how_many_metrics_have_an_alarm() {
    let template = Template::main();
    let resources = |path: &str| read(path)["Resources"].as_object().unwrap().clone();
    let own = resources("infra/function.yaml");
    let of_function = |name: &str| {
        let gradual = template.parts(name)["Gradual"] != "off";
        alarmed(own.values().filter(|one| gradual || one["Condition"] != "IsGradual"))
    };
    // The examples have the parts that are there by default.
    let default = FUNCTIONS.iter().filter(|function| function.name != "console");
    let functions: usize = default.map(|function| of_function(function.name)).sum();
    let all = functions + alarmed(resources("infra/alarms.yaml").values());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cost.py");
    let line = std::fs::read_to_string(file).unwrap();
    let line = line.lines().find_map(|line| line.strip_prefix("ALARMED = ")).unwrap().to_owned();
    assert_eq!(line.split_whitespace().next().unwrap(), all.to_string());
}
