//! Every link leads to a page, and to a heading of it.

use super::{markdown, pages, repository, text};

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        let own = text(&page);
        for link in markdown::links(&own) {
            if link.starts_with("https://") {
                continue;
            }
            seen += 1;
            let (file, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(file, anchor)| (file, Some(anchor)));
            let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
            let target = if file.is_empty() { Some(page.clone()) } else { pipewright::sources::join(folder, file) };
            let Some(target) = target.filter(|target| repository().join(target).exists()) else {
                wrong.push(format!("{page}: {link} leads nowhere"));
                continue;
            };
            if anchor.is_some_and(|anchor| !markdown::anchors(&text(&target)).contains(&anchor.to_owned())) {
                wrong.push(format!("{page}: {target} has no heading for {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 50, "only {seen} links were found");
}

/// Nobody finds a page that no other page leads to.
#[test]
fn every_page_is_in_the_index() {
    let index = text("docs/README.md");
    let links = markdown::links(&index);
    for page in pages().iter().filter_map(|page| page.strip_prefix("docs/")).filter(|page| *page != "README.md") {
        assert!(links.iter().any(|link| link == page), "docs/README.md does not lead to {page}");
    }
}
