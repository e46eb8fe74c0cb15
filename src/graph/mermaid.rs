//! Graphs as Mermaid, which GitHub shows in Markdown.
//!
//! Source: <https://mermaid.js.org/syntax/flowchart.html>.

use std::fmt::Write as _;

use super::Graph;

/// The graphs of workflows as one flowchart; several are subgraphs.
pub fn mermaid(graphs: &[Graph]) -> String {
    let mut text = "flowchart LR\n".to_owned();
    match graphs {
        [only] => nodes(only, "", "  ", &mut text),
        several => {
            for (index, graph) in several.iter().enumerate() {
                let _ = writeln!(text, "  subgraph w{index}[\"{}\"]", escaped(&graph.file));
                nodes(graph, &format!("w{index}-"), "    ", &mut text);
                text.push_str("  end\n");
            }
        }
    }
    text
}

fn nodes(graph: &Graph, front: &str, indent: &str, text: &mut String) {
    for job in &graph.jobs {
        let _ = writeln!(text, "{indent}{front}{}[\"{}\"]", job.id, escaped(&job.name));
    }
    for job in &graph.jobs {
        for need in job.needs.iter().filter_map(|need| graph.jobs.get(*need)) {
            let _ = writeln!(text, "{indent}{front}{} --> {front}{}", need.id, job.id);
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
