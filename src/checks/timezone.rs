//! A time zone is a name of the IANA database.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::Nightly;
use crate::diagnostics::{Code, Diagnostic, closest};

pub(crate) struct Timezone;

const CODE: Code = Code("timezone");

impl Check for Timezone {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/timezone.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut schedule = |at: &Trail<'_>, schedule: Option<&Nightly>| {
            if let Some(zone) = schedule.and_then(|schedule| schedule.timezone.as_deref())
                && !is_zone(zone)
            {
                let message = format!("`{zone}` is not the IANA name of a time zone");
                let report = if has_form(zone) { Diagnostic::warning } else { Diagnostic::error };
                found.push(report(CODE, at.key("timezone").at(), message).help(help(zone)));
            }
        };
        schedule(&ROOT.key("project").key("nightly"), definition.project.nightly.as_ref());
        entries(&ROOT, "smoke", &definition.smoke, &mut |at, _, it| {
            schedule(&at.key("schedule"), it.schedule.as_ref());
        });
        entries(&ROOT, "workflows", &definition.workflows, &mut |at, _, it| {
            let at = at.key("on");
            let here = at.key("schedule");
            for (index, one) in it.on.schedule.all.iter().enumerate() {
                schedule(&if it.on.schedule.list { here.index(index) } else { here }, Some(one));
            }
        });
    }
}

/// Names of the time zone database, sorted, one on each line. Source: <https://www.iana.org/time-zones>, 2025b.
const ZONES: &str = include_str!("../catalogue/timezones.txt");

fn is_zone(zone: &str) -> bool {
    ZONES.lines().any(|known| known == zone)
}

/// The first part of a name. Source: the time zone database, <https://www.iana.org/time-zones>.
const AREAS: [&str; 13] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
    "Etc",
    "US",
    "Canada",
];

/// Returns whether a name has the form of those: a later database may have it.
fn has_form(zone: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_uppercase())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'))
    };
    match zone.split_once('/') {
        None => matches!(zone, "UTC" | "GMT"),
        Some((area, place)) => AREAS.contains(&area) && place.split('/').count() <= 2 && place.split('/').all(part),
    }
}

fn help(zone: &str) -> String {
    // Names without an area are abbreviations, kept for old systems.
    match closest(zone, ZONES.lines().filter(|known| known.contains('/'))) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write an area and a city, as in `\"Europe/Berlin\"`, or `\"UTC\"`".to_owned(),
    }
}
