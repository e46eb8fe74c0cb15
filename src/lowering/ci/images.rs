//! Image builds that are not pushed, as a check.

use super::super::context::Context;
use super::super::image::{Push, grant_build};
use super::super::jobs::single;
use super::ci_job::CiJob;
use crate::resolve::Image;
use crate::workflow::{Axis, Machine, Strategy, Value, Work};

/// A build per image.
pub(super) fn jobs(context: &Context<'_>) -> Vec<CiJob> {
    let mut listed = Vec::new();
    for image in context.pipeline.images.values() {
        let name = image.name;
        let origin = crate::at!["images", name.as_str()];
        let id = image.job_id();
        let mut steps = vec![context.checkout_as(None, &origin)];
        steps.extend(context.log_in_to(image, Push::Never, &origin));
        let arch = Value::matrix("arch");
        let arch = (!image.parts.is_empty()).then_some(&arch);
        steps.extend(context.build(image, Push::Never, arch));
        let title = Value::from(format!("Build image {name}"));
        let title = if let Some(arch) = arch { title + " (" + arch + ")" } else { title };
        let mut job = context.job(&id, title, origin, steps);
        grant_build(image, Push::Never, &mut job.permissions);
        if let Work::Steps { runner, timeout, strategy, .. } = &mut job.work {
            *timeout = image.minutes;
            *runner = machine(image);
            let axis = Axis::Texts(image.parts.iter().map(|part| part.arch.to_owned()).collect());
            *strategy = arch.and_then(|_| Strategy::of(vec![("arch".to_owned(), axis)]));
        }
        listed.push(CiJob::new(job).run_only_if_changed(context, &id));
    }
    listed
}

/// The machine that builds an image: that of the architecture, where each has one.
fn machine(image: &Image<'_>) -> Machine {
    let Some((last, others)) = image.parts.split_last() else { return single(image.machine) };
    let label = others.iter().rev().fold(Value::from(&last.machine), |otherwise, part| {
        Value::matrix("arch").is(part.arch).choose(&part.machine, otherwise)
    });
    Machine::Label(label)
}
