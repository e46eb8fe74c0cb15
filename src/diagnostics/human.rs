//! Findings as rustc prints them.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level as Mark, Origin, Renderer, Snippet};

use super::place::{Location, Locator, Span};
use super::{Diagnostic, Level};

/// Most findings of a definition that are shown: a person fixes these, and then looks again.
const MOST: usize = 100;

/// Findings as text with colours, which the writer strips if colours are off.
pub fn human(diagnostics: &[Diagnostic], locator: &Locator<'_>) -> String {
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(MOST) {
        text.push_str(&renderer.render(&[group(diagnostic, locator)]));
        text.push_str("\n\n");
    }
    if let Some(more) = diagnostics.len().checked_sub(MOST).filter(|more| *more > 0) {
        text.push_str(&format!("… and {more} more; `--format json` prints them all\n\n"));
    }
    text
}

/// A statement about a place, with helps.
pub fn note(title: &str, at: &Location, helps: &[String], locator: &Locator<'_>) -> String {
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    let mut group = Group::with_title(Mark::NOTE.primary_title(title));
    let place = locator.locate(at);
    if place.range.is_some() {
        group = group.element(snippet(&place, &[], locator));
    }
    for help in helps {
        group = group.element(Mark::NOTE.message(help.as_str()));
    }
    renderer.render(&[group]) + "\n"
}

fn group<'a>(diagnostic: &'a Diagnostic, locator: &Locator<'a>) -> Group<'a> {
    let mark = match diagnostic.level {
        Level::Error => Mark::ERROR,
        Level::Warning => Mark::WARNING,
    };
    let mut group = Group::with_title(mark.primary_title(diagnostic.message.as_str()).id(diagnostic.code.0));
    let primary = locator.locate(&diagnostic.at);
    let related: Vec<(Span<'a>, &'a str)> =
        diagnostic.related.iter().map(|(at, what)| (locator.locate(at), what.as_str())).collect();
    let (beside, elsewhere): (Vec<_>, Vec<_>) = related
        .into_iter()
        .partition(|(place, _)| primary.range.is_some() && place.range.is_some() && place.file == primary.file);
    if primary.range.is_some() {
        group = group.element(snippet(&primary, &beside, locator));
    } else if !primary.file.is_empty() {
        group = group.element(Origin::path(primary.file));
    }
    for (place, what) in elsewhere {
        if place.range.is_some() {
            group = group.element(excerpt(&place, &[(&place, AnnotationKind::Context, Some(what))], locator));
        }
    }
    match &diagnostic.help {
        Some(help) => group.element(Mark::HELP.message(help.as_str())),
        None => group,
    }
}

/// A place with others of the same file.
fn snippet<'a>(
    primary: &Span<'a>,
    beside: &[(Span<'a>, &'a str)],
    locator: &Locator<'a>,
) -> Snippet<'a, Annotation<'a>> {
    let mut marked = vec![(primary, AnnotationKind::Primary, None)];
    marked.extend(beside.iter().map(|(place, what)| (place, AnnotationKind::Context, Some(*what))));
    excerpt(primary, &marked, locator)
}

/// The lines of a file that these places are in: the renderer reads all that it is given, for each finding.
fn excerpt<'a>(
    file: &Span<'a>,
    marked: &[(&Span<'a>, AnnotationKind, Option<&'a str>)],
    locator: &Locator<'a>,
) -> Snippet<'a, Annotation<'a>> {
    let ranges = || marked.iter().filter_map(|(place, _, _)| place.range.clone());
    let start = ranges().map(|range| range.start).min().unwrap_or_default();
    let end = ranges().map(|range| range.end).max().unwrap_or_default();
    let (bytes, line) = locator.around(file, &(start..end));
    let text = file.text.get(bytes.clone()).unwrap_or_default();
    let mut snippet = Snippet::source(text).line_start(line).path(file.file);
    for (place, kind, what) in marked {
        let Some(range) = &place.range else { continue };
        let inside = range.start - bytes.start..range.end - bytes.start;
        snippet = snippet.annotation(kind.span(inside).label(*what));
    }
    snippet
}
