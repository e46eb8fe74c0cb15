//! Positions of jobs: a layer is a column, and a job is in the layer behind the last job that it needs.

use super::Graph;

/// An item of a column: a job, or a point at which an edge passes the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Job(usize),
    Pass(usize),
}

/// An edge from a job to one that needs it, with the points at which it passes columns between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) passes: Vec<usize>,
}

/// Columns from left to right, each from top to bottom.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) columns: Vec<Vec<Item>>,
    pub(super) edges: Vec<Edge>,
}

/// Rounds in which columns are sorted by their neighbours.
const ROUNDS: usize = 6;

/// Returns the layout of a graph: the same for the same graph.
pub(super) fn layout(graph: &Graph) -> Layout {
    let layers = layers(graph);
    let mut layout =
        Layout { columns: vec![Vec::new(); layers.iter().max().map_or(0, |last| last + 1)], edges: Vec::new() };
    for (job, layer) in layers.iter().enumerate() {
        layout.place(*layer, Item::Job(job));
    }
    let mut passes = 0;
    for (to, job) in graph.jobs.iter().enumerate() {
        for from in job.needs.iter().copied() {
            let between = layers.get(from).map_or(0, |layer| layer + 1)..layers.get(to).copied().unwrap_or_default();
            let mut edge = Edge { from, to, passes: Vec::new() };
            for layer in between {
                layout.place(layer, Item::Pass(passes));
                edge.passes.push(passes);
                passes += 1;
            }
            layout.edges.push(edge);
        }
    }
    for _ in 0..ROUNDS {
        layout.sort(true);
        layout.sort(false);
    }
    layout
}

/// The layer of each job. A job in a cycle, which is an error elsewhere, is in the first one.
fn layers(graph: &Graph) -> Vec<usize> {
    let mut layers = vec![0; graph.jobs.len()];
    for _ in 0..graph.jobs.len() {
        let before = layers.clone();
        for (index, job) in graph.jobs.iter().enumerate() {
            let above = job.needs.iter().filter_map(|need| before.get(*need)).max();
            if let (Some(layer), Some(above)) = (layers.get_mut(index), above) {
                *layer = (above + 1).min(graph.jobs.len());
            }
        }
        if before == layers {
            break;
        }
    }
    layers
}

impl Layout {
    fn place(&mut self, layer: usize, item: Item) {
        if let Some(column) = self.columns.get_mut(layer) {
            column.push(item);
        }
    }

    /// Sorts each column by the middle of its items' neighbours in the column before it, from left to right, or behind it,
    /// from right to left. Items without a neighbour keep their place.
    fn sort(&mut self, forwards: bool) {
        let count = self.columns.len();
        for step in 1..count {
            let (column, other) = if forwards { (step, step - 1) } else { (count - 1 - step, count - step) };
            let place = |item: Item| self.columns.get(other)?.iter().position(|it| *it == item);
            let middle = |item: Item, own: usize| -> f64 {
                let places: Vec<usize> = self.neighbours(item).into_iter().filter_map(place).collect();
                if places.is_empty() { as_f64(own) } else { as_f64(places.iter().sum()) / as_f64(places.len()) }
            };
            let Some(items) = self.columns.get(column) else { continue };
            let mut sorted: Vec<(f64, Item)> =
                items.iter().enumerate().map(|(own, item)| (middle(*item, own), *item)).collect();
            sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
            let sorted = sorted.into_iter().map(|(_, item)| item).collect();
            if let Some(items) = self.columns.get_mut(column) {
                *items = sorted;
            }
        }
    }

    /// The items beside an item, on its edges.
    fn neighbours(&self, item: Item) -> Vec<Item> {
        let mut found = Vec::new();
        for edge in &self.edges {
            let items = edge.items();
            if let Some(index) = items.iter().position(|it| *it == item) {
                found.extend(index.checked_sub(1).and_then(|before| items.get(before)));
                found.extend(items.get(index + 1));
            }
        }
        found
    }
}

impl Edge {
    /// The items of the edge, from left to right.
    pub(super) fn items(&self) -> Vec<Item> {
        let passes = self.passes.iter().map(|pass| Item::Pass(*pass));
        std::iter::once(Item::Job(self.from)).chain(passes).chain([Item::Job(self.to)]).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a column has far fewer items")]
fn as_f64(number: usize) -> f64 {
    number as f64
}
