//! The chart: throughput and latency over the number of connections, for both engines, as SVG.

use std::fmt::Write as _;

use serde_json::Value;

use super::figures::Figures;
use super::table::grouped;

/// Each panel, in pixels: its width and height, and the room around what is drawn.
const PANEL: (f64, f64) = (440.0, 300.0);
const MARGIN: f64 = 56.0;
/// The engines and their colours, which people tell apart who see few.
const ENGINES: [(&str, &str); 2] = [("SQLite", "#0072b2"), ("PostgreSQL", "#d55e00")];

/// One line: its colour, its dashes, and points (connections, figure) in order.
struct Series {
    colour: &'static str,
    dashes: &'static str,
    name: String,
    points: Vec<(f64, f64)>,
}

/// A scale from figures to pixels; both are logarithmic where `is_log`.
struct Scale {
    least: f64,
    most: f64,
    is_log: bool,
    pixels: (f64, f64),
}

impl Scale {
    fn at(&self, figure: f64) -> f64 {
        let of = |figure: f64| if self.is_log { figure.max(1e-9).ln() } else { figure };
        let part = (of(figure) - of(self.least)) / (of(self.most) - of(self.least)).max(1e-9);
        self.pixels.0 + part * (self.pixels.1 - self.pixels.0)
    }
}

/// Draws what a run has measured at different numbers of connections.
pub fn svg(figures: &Figures) -> Result<String, String> {
    let points = figures.list("connections");
    if points.is_empty() {
        return Err("a chart needs the figures at several numbers of connections".to_owned());
    }
    let (width, height) = (2.0 * PANEL.0, PANEL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<title>Throughput and latency over connections</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let throughput = ENGINES.map(|(engine, colour)| series(points, (engine, colour, "none"), "per_s", ""));
    panel(&mut out, 0.0, "deliveries a second", &throughput, false)?;
    let latency = ENGINES.map(|(engine, colour)| {
        [
            series(points, (engine, colour, "none"), "median_ms", ", median"),
            series(points, (engine, colour, "5 4"), "p99_ms", ", p99"),
        ]
    });
    panel(&mut out, PANEL.0, "milliseconds to the answer", latency.as_flattened(), true)?;
    out.push_str("</svg>\n");
    Ok(out)
}

fn series(
    points: &[Value],
    (engine, colour, dashes): (&'static str, &'static str, &'static str),
    key: &str,
    what: &str,
) -> Series {
    let point = |point: &Value| {
        let is_mine = point.get("engine").and_then(Value::as_str) == Some(engine);
        is_mine.then_some((point.get("connections")?.as_f64()?, point.get(key)?.as_f64()?))
    };
    Series { colour, dashes, name: format!("{engine}{what}"), points: points.iter().filter_map(point).collect() }
}

fn panel(out: &mut String, left: f64, title: &str, all: &[Series], is_log: bool) -> Result<(), String> {
    let figures = || all.iter().flat_map(|series| &series.points);
    let connections = Scale {
        least: figures().map(|point| point.0).fold(f64::INFINITY, f64::min),
        most: figures().map(|point| point.0).fold(1.0, f64::max),
        is_log: true,
        pixels: (left + MARGIN, left + PANEL.0 - 16.0),
    };
    let ticks = ticks(figures().map(|point| point.1), is_log);
    let (least, most) = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
    let vertical = Scale { least, most, is_log, pixels: (PANEL.1 - 40.0, 64.0) };
    let mut draw = || -> std::fmt::Result {
        let (from, to) = connections.pixels;
        writeln!(out, "<text x=\"{from:.0}\" y=\"20\" font-weight=\"bold\">{title}</text>")?;
        for tick in &ticks {
            let y = vertical.at(*tick);
            let name = if *tick < 1.0 { tick.to_string() } else { grouped(*tick) };
            writeln!(out, "<path d=\"M{from:.1} {y:.1}H{to:.1}\" stroke=\"#dddddd\"/>")?;
            writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text>", from - 6.0, y + 4.0)?;
        }
        let mut at: Vec<f64> = figures().map(|point| point.0).collect();
        at.sort_by(f64::total_cmp);
        at.dedup();
        for count in at {
            let (x, y) = (connections.at(count), PANEL.1 - 22.0);
            writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{count}</text>")?;
        }
        let (x, y) = (f64::midpoint(from, to), PANEL.1 - 6.0);
        writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">connections</text>")?;
        for (number, series) in (0_u32..).zip(all.iter().filter(|series| !series.points.is_empty())) {
            line(out, series, (&connections, &vertical))?;
            let (x, y) = (from + f64::from(number / 2) * 180.0, 36.0 + f64::from(number % 2) * 15.0);
            let Series { colour, dashes, name, .. } = series;
            writeln!(
                out,
                "<path d=\"M{x:.1} {y:.1}h24\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>"
            )?;
            writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\">{name}</text>", x + 30.0, y + 4.0)?;
        }
        Ok(())
    };
    draw().map_err(|error| error.to_string())
}

fn line(out: &mut String, series: &Series, (across, up): (&Scale, &Scale)) -> std::fmt::Result {
    let Series { colour, dashes, points, .. } = series;
    let mut path = String::new();
    for (number, (connections, figure)) in points.iter().enumerate() {
        let step = if number == 0 { 'M' } else { 'L' };
        let (x, y) = (across.at(*connections), up.at(*figure));
        write!(path, "{step}{x:.1} {y:.1}")?;
        writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>")?;
    }
    writeln!(
        out,
        "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>"
    )
}

/// Round figures that all of some lie between: powers of ten, or steps from zero on.
fn ticks(figures: impl Iterator<Item = f64>, is_log: bool) -> Vec<f64> {
    let (least, most) =
        figures.fold((f64::INFINITY, 0.0_f64), |(least, most), figure| (least.min(figure), most.max(figure)));
    if is_log {
        let mut tick = 10.0_f64.powf(least.clamp(0.001, 1e6).log10().floor());
        let mut ticks = vec![tick];
        while tick < most && ticks.len() < 12 {
            tick *= 10.0;
            // A power of ten below one is told without what the machine adds to it.
            ticks.push((tick * 1000.0).round() / 1000.0);
        }
        return ticks;
    }
    let power = 10.0_f64.powf(most.max(1.0).log10().floor());
    let step = [0.2, 0.5, 1.0, 2.0].into_iter().map(|part| part * power).find(|step| most / step <= 6.0);
    let step = step.unwrap_or(power);
    let count = (most / step).ceil().max(1.0);
    let mut ticks = vec![0.0];
    while ticks.last().is_some_and(|last| *last < count * step - step / 2.0) && ticks.len() < 12 {
        ticks.push(ticks.last().copied().unwrap_or(0.0) + step);
    }
    ticks
}
