//! Graphs as SVG: text that can be selected and read aloud, in light and dark.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Graph;
use super::layout::{Item, Layout, layout};

/// Height of a job.
const HEIGHT: usize = 34;
/// Height of an edge that passes a column.
const PASS: usize = 14;
/// Space between two items of a column.
const GAP: usize = 14;
/// Space between two columns.
const BETWEEN: usize = 56;
/// Space around everything.
const MARGIN: usize = 16;
/// Height of the heading of a workflow.
const HEADING: usize = 30;

const STYLE: &str = "\
    svg { background: #ffffff; color: #1f2328; font: 14px ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif }
    text { fill: currentColor } .heading { font-weight: 600 }
    rect { fill: #f6f8fa; stroke: #59636e } path { fill: none; stroke: #59636e; stroke-width: 1.5 } marker path { fill: #59636e; stroke: none }
    @media (prefers-color-scheme: dark) { svg { background: #0d1117; color: #f0f6fc } rect { fill: #151b23; stroke: #9198a1 } path { stroke: #9198a1 } marker path { fill: #9198a1 } }
";

/// Left end, top, width and height of an item.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

/// The graphs of workflows as one picture, below each other.
pub fn svg(graphs: &[Graph]) -> String {
    let mut body = String::new();
    let (mut width, mut top) = (0, MARGIN);
    for graph in graphs {
        let (drawn, size) = drawn(graph, top);
        body.push_str(&drawn);
        width = width.max(size.width);
        top += size.height + MARGIN;
    }
    let files: Vec<&str> = graphs.iter().map(|graph| graph.file.as_str()).collect();
    let width = width + 2 * MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title desc\" width=\"{width}\" height=\"{top}\" viewBox=\"0 0 {width} {top}\">\n\
         \x20 <title id=\"title\">Jobs of {}</title>\n  <desc id=\"desc\">{}</desc>\n  <style>\n{STYLE}  </style>\n\
         \x20 <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\"/></marker></defs>\n\
         {body}</svg>\n",
        escaped(&files.join(", ")),
        escaped(&described(graphs)),
    )
}

/// The graphs in sentences, for readers who do not see them.
fn described(graphs: &[Graph]) -> String {
    let mut text = Vec::new();
    for job in graphs.iter().flat_map(|graph| graph.jobs.iter().map(move |job| (graph, job))) {
        let (graph, job) = job;
        let needs: Vec<&str> = job.needs.iter().filter_map(|need| Some(graph.jobs.get(*need)?.name.as_str())).collect();
        let needs = if needs.is_empty() { "no job".to_owned() } else { needs.join(", ") };
        text.push(format!("{} needs {needs}.", job.name));
    }
    text.join(" ")
}

/// A graph below this top, and its size.
fn drawn(graph: &Graph, top: usize) -> (String, Frame) {
    let layout = layout(graph);
    let (frames, size) = frames(graph, &layout, top + HEADING);
    let mut text = String::new();
    let _ =
        writeln!(text, "  <text class=\"heading\" x=\"{MARGIN}\" y=\"{}\">{}</text>", top + 16, escaped(&graph.file));
    for edge in &layout.edges {
        let frames: Vec<Frame> = edge.items().iter().filter_map(|item| frames.get(&key(*item)).copied()).collect();
        let _ = writeln!(text, "  <path marker-end=\"url(#arrow)\" d=\"{}\"/>", path(&frames));
    }
    for (index, job) in graph.jobs.iter().enumerate() {
        let Some(frame) = frames.get(&key(Item::Job(index))) else { continue };
        let Frame { left, top, width, height } = *frame;
        if job.is_matrix {
            let _ = writeln!(
                text,
                "  <rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>",
                left + 4,
                top + 4
            );
        }
        let _ = writeln!(text, "  <rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>");
        let _ = writeln!(
            text,
            "  <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            left + width / 2,
            top + height / 2 + 5,
            escaped(&job.name)
        );
    }
    (text, Frame { height: size.height + HEADING, ..size })
}

/// An item as a key that is sorted.
fn key(item: Item) -> (bool, usize) {
    match item {
        Item::Job(index) => (true, index),
        Item::Pass(index) => (false, index),
    }
}

/// The frames of all items, each column in the middle of the tallest one, and the size of everything.
fn frames(graph: &Graph, layout: &Layout, top: usize) -> (BTreeMap<(bool, usize), Frame>, Frame) {
    let width = |item: &Item| match item {
        Item::Job(index) => graph.jobs.get(*index).map_or(0, |job| job.name.chars().map(character).sum::<usize>() + 24),
        Item::Pass(_) => 0,
    };
    let height = |item: &Item| if matches!(item, Item::Job(_)) { HEIGHT } else { PASS };
    let tall = |column: &Vec<Item>| column.iter().map(|item| height(item) + GAP).sum::<usize>().saturating_sub(GAP);
    let tallest = layout.columns.iter().map(tall).max().unwrap_or_default();
    let mut frames = BTreeMap::new();
    let mut left = MARGIN;
    for column in &layout.columns {
        let widest = column.iter().map(width).max().unwrap_or_default();
        let mut below = top + (tallest - tall(column)) / 2;
        for item in column {
            let frame = Frame { left, top: below, width: widest, height: height(item) };
            frames.insert(key(*item), frame);
            below += frame.height + GAP;
        }
        left += widest + BETWEEN;
    }
    let width = (left - MARGIN).saturating_sub(BETWEEN);
    (frames, Frame { left: MARGIN, top, width, height: tallest })
}

/// The width of a character in the widest font of the picture, which is that of `DejaVu Sans`.
fn character(letter: char) -> usize {
    match letter {
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 14,
        'A'..='Z' => 11,
        ' '..='~' => 9,
        _ => 14,
    }
}

/// A smooth line from the right of the first frame to the left of the last one, through those between them.
fn path(frames: &[Frame]) -> String {
    let mut text = String::new();
    for (index, pair) in frames.windows(2).enumerate() {
        let [from, to] = pair else { continue };
        let (x1, y1) = (from.left + from.width, from.top + from.height / 2);
        let (x2, y2) = (to.left, to.top + to.height / 2);
        let middle = usize::midpoint(x1, x2);
        if index == 0 {
            let _ = write!(text, "M{x1} {y1}");
        } else {
            // Straight through the column that it passes.
            let _ = write!(text, " H{x1}");
        }
        let _ = write!(text, " C{middle} {y1} {middle} {y2} {x2} {y2}");
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
