//! Findings as rustc prints them.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Mark, Origin, Renderer, Snippet};

use super::place::{Located, Locator};
use super::{Diagnostic, Level};

/// All findings as text with colours, which the writer strips where they are not wanted.
pub fn human(diagnostics: &[Diagnostic], locator: &Locator<'_>) -> String {
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&[group(diagnostic, locator)]));
        text.push_str("\n\n");
    }
    text
}

fn group<'a>(diagnostic: &'a Diagnostic, locator: &Locator<'a>) -> Group<'a> {
    let mark = match diagnostic.level {
        Level::Error => Mark::ERROR,
        Level::Warning => Mark::WARNING,
    };
    let mut group = Group::with_title(mark.primary_title(diagnostic.message.as_str()).id(diagnostic.code.0));
    let primary = locator.locate(&diagnostic.at);
    let mut related: Vec<(Located<'a>, &'a str)> =
        diagnostic.related.iter().map(|(at, what)| (locator.locate(at), what.as_str())).collect();
    if let Some(range) = primary.range.clone() {
        let mut snippet =
            Snippet::source(primary.text).path(primary.file).annotation(AnnotationKind::Primary.span(range));
        related.retain(|(place, what)| match (&place.range, place.file == primary.file) {
            (Some(range), true) => {
                snippet = snippet.clone().annotation(AnnotationKind::Context.span(range.clone()).label(*what));
                false
            }
            _ => true,
        });
        group = group.element(snippet);
    } else if !primary.file.is_empty() {
        group = group.element(Origin::path(primary.file));
    }
    for (place, what) in related {
        if let Some(range) = place.range {
            let annotation = AnnotationKind::Context.span(range).label(what);
            group = group.element(Snippet::source(place.text).path(place.file).annotation(annotation));
        }
    }
    match &diagnostic.help {
        Some(help) => group.element(Mark::HELP.message(help.as_str())),
        None => group,
    }
}
