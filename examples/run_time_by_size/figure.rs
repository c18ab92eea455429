//! The figure: a panel for each platform, run time (logarithmic) by the share of a core.

use super::measured::Measured;
use std::fmt::Write;

/// A platform and what came out for it, in milliseconds.
pub struct Panel<'m> {
    pub platform: &'m Measured,
    pub quota: Vec<f64>,
    pub slow: Vec<f64>,
}

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 48.0;
/// The range of run times that is shown.
const TIMES: (f64, f64) = (10.0, 300.0);

fn x(cores: f64) -> f64 {
    LEFT + cores * (WIDTH - LEFT - 16.0)
}

fn y(ms: f64) -> f64 {
    let share = (ms / TIMES.0).ln() / (TIMES.1 / TIMES.0).ln();
    HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
}

/// The whole figure as SVG.
pub fn draw(panels: &[Panel<'_>]) -> String {
    let width = WIDTH * panels.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{width}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
    );
    for (index, panel) in panels.iter().enumerate() {
        let _ = writeln!(svg, "<g transform=\"translate({} 0)\">", index as f64 * WIDTH);
        axes(&mut svg, panel.platform.model);
        let cores = panel.platform.sizes.iter().map(|(cores, _)| *cores);
        line(&mut svg, cores.clone().zip(panel.slow.iter().copied()), "#999999", "stroke-dasharray=\"5 4\"");
        line(&mut svg, cores.zip(panel.quota.iter().copied()), "#d95f02", "");
        for (cores, ms) in panel.platform.sizes {
            let _ = writeln!(svg, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.2\" fill=\"#1f4e79\"/>", x(*cores), y(*ms));
        }
        legend(&mut svg);
        svg += "</g>\n";
    }
    svg + "</svg>\n"
}

fn axes(svg: &mut String, title: &str) {
    let (bottom, right) = (HEIGHT - BOTTOM, x(1.0));
    let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"22\" font-size=\"14\" font-weight=\"bold\">{title}</text>");
    for ms in [10.0, 20.0, 50.0, 100.0, 200.0] {
        let at = y(ms);
        let _ = writeln!(svg, "<path d=\"M{LEFT} {at:.1}H{right:.1}\" stroke=\"#e5e5e5\"/>");
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{ms} ms</text>", LEFT - 6.0, at + 4.0);
    }
    for tenths in [0, 2, 4, 6, 8, 10] {
        let (share, at) = (f64::from(tenths) / 10.0, bottom + 18.0);
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{at}\" text-anchor=\"middle\">{share}</text>", x(share));
    }
    let middle = (LEFT + right) / 2.0;
    let _ =
        writeln!(svg, "<text x=\"{middle:.1}\" y=\"{}\" text-anchor=\"middle\">share of a core</text>", bottom + 38.0);
    let _ = writeln!(svg, "<path d=\"M{LEFT} {TOP}V{bottom}H{right:.1}\" fill=\"none\" stroke=\"#555555\"/>");
}

fn line(svg: &mut String, points: impl Iterator<Item = (f64, f64)>, colour: &str, more: &str) {
    let points: Vec<String> = points.map(|(cores, ms)| format!("{:.1},{:.1}", x(cores), y(ms.min(TIMES.1)))).collect();
    let points = points.join(" ");
    let _ =
        writeln!(svg, "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\" {more}/>");
}

fn legend(svg: &mut String) {
    let at = x(0.55);
    let _ = writeln!(svg, "<circle cx=\"{:.1}\" cy=\"54\" r=\"2.2\" fill=\"#1f4e79\"/>", at + 12.0);
    let rows = [
        ("measured, mean", ""),
        ("quota", "stroke=\"#d95f02\""),
        ("slower core", "stroke=\"#999999\" stroke-dasharray=\"5 4\""),
    ];
    for (index, (words, stroke)) in rows.into_iter().enumerate() {
        let row = 54.0 + 18.0 * index as f64;
        if !stroke.is_empty() {
            let _ = writeln!(svg, "<path d=\"M{at:.1} {row}h24\" stroke-width=\"1.6\" {stroke}/>");
        }
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{}\">{words}</text>", at + 32.0, row + 4.0);
    }
}
