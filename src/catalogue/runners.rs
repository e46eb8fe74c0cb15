//! The labels of the runners that GitHub hosts, as of November 2026.
//!
//! Source: <https://github.com/actions/runner-images>, its list of images and
//! its announcements. Larger runners have labels that their owner chooses and
//! are not listed.

/// A runner that GitHub hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunnerImage {
    /// Value of `runs-on`.
    pub label: &'static str,
    /// Its operating system: only Linux runs services and container actions.
    pub os: Os,
    /// Its processor.
    pub arch: Arch,
    /// `true` if it is a good choice.
    pub status: Status,
}

/// The operating system of a runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Ubuntu.
    Linux,
    /// macOS.
    MacOs,
    /// Windows, or Windows Server.
    Windows,
}

impl Os {
    /// Returns the label of a current runner of this system, on x86 where there is one.
    pub fn current(self) -> &'static str {
        match self {
            Self::Linux => "ubuntu-24.04",
            Self::MacOs => "macos-15",
            Self::Windows => "windows-2025",
        }
    }
}

/// The processor of a runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arch {
    /// 64-bit x86.
    X64,
    /// 64-bit Arm.
    Arm64,
}

/// `true` if a runner is a good choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The label names one image, and the image is maintained.
    Current,
    /// The label moves to a newer image: another system without a commit.
    Moving,
    /// The image goes away on this day.
    Ending {
        /// The day, as year, month and day.
        on: &'static str,
    },
    /// The image is gone since this day: a job that asks for it never starts.
    Gone {
        /// The day, as year, month and day.
        since: &'static str,
    },
}

/// The labels that every self-hosted runner may have without anyone's choice.
///
/// Source: <https://docs.github.com/actions/how-tos/manage-runners/self-hosted-runners/apply-labels>.
pub const SELF_HOSTED: &[&str] = &["self-hosted", "linux", "macOS", "windows", "x64", "ARM", "ARM64"];

/// Every label that GitHub gives, or gave, to a hosted runner.
pub const RUNNERS: &[RunnerImage] = &[
    current("ubuntu-26.04", Os::Linux, Arch::X64),
    current("ubuntu-26.04-arm", Os::Linux, Arch::Arm64),
    current("ubuntu-24.04", Os::Linux, Arch::X64),
    current("ubuntu-24.04-arm", Os::Linux, Arch::Arm64),
    ending("ubuntu-22.04", Os::Linux, Arch::X64, "2027-04-17"),
    ending("ubuntu-22.04-arm", Os::Linux, Arch::Arm64, "2027-04-17"),
    current("ubuntu-slim", Os::Linux, Arch::X64),
    moving("ubuntu-latest", Os::Linux, Arch::X64),
    current("windows-2025", Os::Windows, Arch::X64),
    current("windows-2025-vs2026", Os::Windows, Arch::X64),
    current("windows-2022", Os::Windows, Arch::X64),
    current("windows-11-arm", Os::Windows, Arch::Arm64),
    moving("windows-latest", Os::Windows, Arch::X64),
    current("macos-26", Os::MacOs, Arch::Arm64),
    current("macos-26-xlarge", Os::MacOs, Arch::Arm64),
    current("macos-26-intel", Os::MacOs, Arch::X64),
    current("macos-26-large", Os::MacOs, Arch::X64),
    current("macos-15", Os::MacOs, Arch::Arm64),
    current("macos-15-xlarge", Os::MacOs, Arch::Arm64),
    current("macos-15-intel", Os::MacOs, Arch::X64),
    current("macos-15-large", Os::MacOs, Arch::X64),
    moving("macos-latest", Os::MacOs, Arch::Arm64),
    moving("macos-latest-xlarge", Os::MacOs, Arch::Arm64),
    moving("macos-latest-large", Os::MacOs, Arch::X64),
    gone("macos-14", Os::MacOs, Arch::Arm64, "2026-11-02"),
    gone("macos-14-xlarge", Os::MacOs, Arch::Arm64, "2026-11-02"),
    gone("macos-14-large", Os::MacOs, Arch::X64, "2026-11-02"),
    gone("macos-13", Os::MacOs, Arch::X64, "2025-12-08"),
    gone("macos-13-xlarge", Os::MacOs, Arch::Arm64, "2025-12-08"),
    gone("macos-13-large", Os::MacOs, Arch::X64, "2025-12-08"),
    gone("macos-12", Os::MacOs, Arch::X64, "2024-12-03"),
    gone("ubuntu-20.04", Os::Linux, Arch::X64, "2025-04-15"),
    gone("windows-2019", Os::Windows, Arch::X64, "2025-06-30"),
];

/// The runner that this label names, without regard to case.
///
/// `None` for the labels of self-hosted and larger runners, which their owners
/// choose.
#[must_use]
pub fn runner(label: &str) -> Option<&'static RunnerImage> {
    RUNNERS.iter().find(|runner| runner.label.eq_ignore_ascii_case(label))
}

const fn current(label: &'static str, os: Os, arch: Arch) -> RunnerImage {
    RunnerImage { label, os, arch, status: Status::Current }
}

const fn moving(label: &'static str, os: Os, arch: Arch) -> RunnerImage {
    RunnerImage { status: Status::Moving, ..current(label, os, arch) }
}

const fn ending(label: &'static str, os: Os, arch: Arch, on: &'static str) -> RunnerImage {
    RunnerImage { status: Status::Ending { on }, ..current(label, os, arch) }
}

const fn gone(label: &'static str, os: Os, arch: Arch, since: &'static str) -> RunnerImage {
    RunnerImage { status: Status::Gone { since }, ..current(label, os, arch) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_unique() {
        for (index, runner) in RUNNERS.iter().enumerate() {
            let same = RUNNERS.iter().skip(index + 1).find(|other| other.label == runner.label);
            assert_eq!(same, None);
        }
    }

    #[test]
    fn only_the_latest_labels_move() {
        for runner in RUNNERS {
            assert_eq!(runner.status == Status::Moving, runner.label.contains("-latest"), "{}", runner.label);
        }
    }

    #[test]
    fn the_label_tells_the_processor_of_linux_and_windows() {
        for runner in RUNNERS.iter().filter(|runner| runner.os != Os::MacOs) {
            assert_eq!(runner.arch == Arch::Arm64, runner.label.ends_with("-arm"), "{}", runner.label);
        }
    }

    #[test]
    fn labels_compare_without_regard_to_case() {
        assert_eq!(runner("Ubuntu-24.04").map(|runner| runner.status), Some(Status::Current));
        assert_eq!(runner("macos-14").map(|runner| runner.status), Some(Status::Gone { since: "2026-11-02" }));
        assert_eq!(runner("gpu-large"), None);
        assert_eq!(runner("self-hosted"), None);
    }
}
