//! Changes and refused requests of the last 24 hours: bars, and the same numbers in a table.

use directory::events::HOURS;
use maud::{Markup, html};

use crate::layout::table;
use crate::time::hour;

/// The size of the picture, and of an hour in it.
const HEIGHT: u64 = 120;
const STEP: u64 = 24;
const BAR: u64 = 10;

/// The chart. Both lists have the newest hour first; `now` is the newest hour, since 1970.
pub(super) fn chart(done: &[u64; HOURS], failed: &[u64; HOURS], now: i64) -> Markup {
    let most = done.iter().chain(failed).copied().max().unwrap_or(0).max(1);
    let (all_done, all_failed): (u64, u64) = (done.iter().sum(), failed.iter().sum());
    let hours: Vec<(i64, u64, u64)> = (0..)
        .zip(done.iter().zip(failed))
        .map(|(back, (done, failed))| (now - back, *done, *failed))
        .collect();
    let rows: Vec<Markup> = hours
        .iter()
        .filter(|(_, done, failed)| done + failed > 0)
        .map(|(at, done, failed)| html! { td { (hour(*at)) } td { (done) } td { (failed) } })
        .collect();
    let width = STEP * HOURS as u64;
    let label = format!("{all_done} changes and {all_failed} refused requests in the last 24 hours");
    html! {
        svg .chart viewBox=(format!("0 0 {width} {HEIGHT}")) role="img" aria-labelledby="chart-title chart-about" {
            title #chart-title { (label) }
            desc #chart-about { "One pair of bars for each hour, the newest on the right. The table below has the same numbers." }
            @for (at, (_, done, failed)) in (0..).zip(hours.iter().rev()) {
                (bar("done", at * STEP, *done, most)) (bar("failed", at * STEP + BAR, *failed, most))
            }
            line x1="0" y1=(HEIGHT) x2=(width) y2=(HEIGHT) {}
        }
        p .hint { (label) ". Blue: changes. Red: refused requests. Times are UTC." }
        @if !rows.is_empty() {
            details { summary { "Numbers by hour" } (table("Numbers by hour", &["Hour", "Changes", "Refused"], &rows)) }
        }
    }
}

fn bar(class: &str, x: u64, count: u64, most: u64) -> Markup {
    // One is seen, too.
    let height = if count == 0 { 0 } else { (count.saturating_mul(HEIGHT) / most).max(2) };
    html! {
        @if height > 0 { rect class=(class) x=(x) y=(HEIGHT - height) width=(BAR) height=(height) {} }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion_and_the_newest_is_on_the_right() {
        let (mut done, mut failed) = ([0; HOURS], [0; HOURS]);
        (done[0], done[23], failed[0]) = (50, 100, 1);
        let text = chart(&done, &failed, 500_000).into_string();
        for part in [
            r#"<rect class="done" x="552" y="60" width="10" height="60">"#,
            r#"<rect class="failed" x="562" y="118" width="10" height="2">"#,
            r#"<rect class="done" x="0" y="0" width="10" height="120">"#,
            "150 changes and 1 refused requests in the last 24 hours",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(text.matches("<rect").count(), 3);
        assert_eq!(text.matches("<tr>").count(), 3, "a head and two hours");
    }
}
