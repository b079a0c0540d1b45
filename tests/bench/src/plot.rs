//! Draws how times grow: two charts side by side, sizes by powers of ten.

use plotters::prelude::*;
use serde_json::Value;

use crate::options::Plot;

/// A line of a chart: its label, and size and milliseconds of each point.
type Line = (String, Vec<(f64, f64)>);

const COLOURS: [RGBColor; 5] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 39, 40),
    RGBColor(44, 160, 44),
    RGBColor(148, 103, 189),
    RGBColor(255, 127, 14),
];

pub(crate) fn run(options: &Plot) {
    let text = std::fs::read_to_string(&options.figures)
        .unwrap_or_else(|error| panic!("{}: {error}", options.figures.display()));
    let figures: Value = serde_json::from_str(&text).expect("figures of `bench growth`");
    let picture = SVGBackend::new(&options.picture, (1100, 460)).into_drawing_area();
    picture.fill(&WHITE).expect("a picture");
    let (left, right) = picture.split_horizontally(550);
    chart(&left, "Median time by users in the directory", "users", &lines(&figures["users"]));
    chart(&right, "Median time by members of the group", "members", &lines(&figures["members"]));
    picture.present().unwrap_or_else(|error| panic!("{}: {error}", options.picture.display()));
}

/// One line for each operation.
fn lines(sizes: &Value) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for size in sizes.as_array().into_iter().flatten() {
        let at = size["size"].as_f64().expect("a size");
        for row in size["operations"].as_array().into_iter().flatten() {
            let (Some(name), Some(millis)) = (row["operation"].as_str(), row["p50Millis"].as_f64()) else {
                continue;
            };
            match lines.iter_mut().find(|(line, _)| line == name) {
                Some((_, points)) => points.push((at, millis)),
                None => lines.push((name.to_owned(), vec![(at, millis)])),
            }
        }
    }
    lines
}

fn chart(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    title: &str,
    sizes: &str,
    lines: &[Line],
) {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let (first, last) =
        points().fold((f64::INFINITY, 1.0_f64), |(low, high), (x, _)| (low.min(*x), high.max(*x)));
    let highest = points().map(|(_, y)| *y).fold(0.1, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        // Room for the last number, right of the end of its line.
        .margin_right(32)
        .x_label_area_size(44)
        .y_label_area_size(54)
        // Room for the labels above the lines.
        .build_cartesian_2d((first..last * 1.2).log_scale(), 0.0..highest * 1.8)
        .expect("axes");
    chart
        .configure_mesh()
        .x_desc(sizes)
        .y_desc("milliseconds")
        .x_label_formatter(&|size| grouped(*size as u64))
        .y_label_formatter(&|millis| format!("{millis:.1}"))
        .light_line_style(WHITE)
        .draw()
        .expect("axes");
    for ((name, points), colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(3);
        let drawn = chart.draw_series(line).expect("a line");
        drawn
            .label(name)
            .legend(|(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.2))
        .draw()
        .expect("labels");
}

/// `1,000,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
