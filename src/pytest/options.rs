//! pytest's command line, and those of the plugins that projects use most.

use super::{Refused, Word, WordSource};

/// Number of values of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    None,
    One,
    Optional,
}

/// Options of pytest 9.2 itself: the name that they are known by here, all of their names, and what they take.
///
/// Source: `pytest --help`, and pytest 9.2, `src/_pytest/*.py`, calls of `addoption`.
const OWN: &[(&str, &[&str], Takes)] = &[
    ("-k", &["-k"], Takes::One),
    ("-m", &["-m"], Takes::One),
    ("-x", &["-x", "--exitfirst"], Takes::None),
    ("--maxfail", &["--maxfail"], Takes::One),
    ("--ignore", &["--ignore"], Takes::One),
    ("--ignore-glob", &["--ignore-glob"], Takes::One),
    ("--deselect", &["--deselect"], Takes::One),
    ("--pyargs", &["--pyargs"], Takes::None),
    ("--noconftest", &["--noconftest"], Takes::None),
    ("--confcutdir", &["--confcutdir"], Takes::One),
    ("--collect-in-virtualenv", &["--collect-in-virtualenv"], Takes::None),
    ("--collect-only", &["--collect-only", "--collectonly", "--co"], Takes::None),
    ("--setup-only", &["--setup-only", "--setuponly"], Takes::None),
    ("--setup-plan", &["--setup-plan", "--setupplan"], Takes::None),
    ("--fixtures", &["--fixtures", "--funcargs", "--fixtures-per-test"], Takes::None),
    ("--markers", &["--markers"], Takes::None),
    ("--help", &["--help", "-h"], Takes::None),
    ("--version", &["--version", "-V"], Takes::None),
    ("-c", &["-c", "--config-file"], Takes::One),
    ("-o", &["-o", "--override-ini"], Takes::One),
    ("--rootdir", &["--rootdir"], Takes::One),
    ("-p", &["-p"], Takes::One),
    ("--lf", &["--lf", "--last-failed"], Takes::None),
    ("--sw", &["--sw", "--stepwise"], Takes::None),
    ("--sw-skip", &["--sw-skip", "--stepwise-skip"], Takes::None),
    ("--doctest-modules", &["--doctest-modules"], Takes::None),
    ("--doctest-glob", &["--doctest-glob"], Takes::One),
];

/// Options of pytest itself that select nothing.
const OWN_FLAGS: &str = "--strict-config --strict-markers --strict --keepduplicates --keep-duplicates \
    --continue-on-collection-errors --disable-plugin-autoload --traceconfig --trace-config -v --verbose --no-header \
    --no-summary --no-fold-skipped --force-short-summary -q --quiet --disable-warnings --disable-pytest-warnings -l \
    --showlocals --no-showlocals --xfail-tb --fulltrace --full-trace --pdb --trace -s --runxfail \
    --doctest-ignore-import-errors --doctest-continue-on-failure --ff --failed-first --nf --new-first --cache-clear \
    --setupshow --setup-show --sw-reset --stepwise-reset";
const OWN_VALUES: &str = "-W --pythonwarnings --max-warnings --import-mode --basetemp --durations --durations-min \
    --verbosity -r --report-chars --tb --show-capture --color --code-highlight --pdbcls --capture --pastebin --assert \
    --junitxml --junit-xml --junitprefix --junit-prefix --doctest-report --lfnf --last-failed-no-failures --log-level \
    --log-format --log-date-format --log-cli-level --log-cli-format --log-cli-date-format --log-file --log-file-mode \
    --log-file-level --log-file-format --log-file-date-format --log-auto-indent --log-disable";
const OWN_OPTIONAL: &str = "--debug --cache-show";

/// Options of plugins.
///
/// Source: `pytest --help` with pytest-xdist 3.8, pytest-cov 7.1, pytest-randomly 5.1, pytest-rerunfailures 16.7; the
/// documentation of pytest-asyncio, pytest-benchmark, pytest-django, pytest-html, pytest-timeout and Hypothesis.
const PLUGINS: &[(&str, &[&str], Takes)] = &[
    ("-n", &["-n", "--numprocesses"], Takes::One),
    ("--cov", &["--cov"], Takes::Optional),
    ("--cov-fail-under", &["--cov-fail-under"], Takes::One),
    ("--cov-config", &["--cov-config"], Takes::One),
];
const PLUGIN_FLAGS: &str = "--loadscope-reorder --no-loadscope-reorder -d --cov-reset --no-cov-on-fail --no-cov \
    --cov-append --cov-branch --randomly-dont-reset-seed --randomly-dont-reorganize --fail-on-flaky \
    --rerun-show-tracebacks --benchmark-skip --benchmark-only --benchmark-disable --benchmark-enable \
    --benchmark-autosave --self-contained-html --reuse-db --create-db --nomigrations --no-migrations --migrations \
    --hypothesis-show-statistics --headed --snapshot-update";
const PLUGIN_VALUES: &str = "--maxprocesses --max-worker-restart --dist --tx --px --rsyncdir --rsyncignore --testrunuid \
    --maxschedchunk --cov-report --cov-precision --cov-context --randomly-seed --force-reruns --only-rerun --reruns \
    --reruns-delay --reruns-delay-backoff-factor --rerun-except --rerun-exclude-path --reruns-mode --max-suite-reruns \
    --timeout --timeout-method --timeout_method --session-timeout --asyncio-mode --html --css --ds --dc \
    --hypothesis-profile --hypothesis-seed --alluredir --benchmark-storage --splits --group --durations-path";

/// Knowledge about the options when a command line is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// While the configuration is looked for: pytest's own.
    Early,
    /// Afterwards: those of plugins too.
    Full,
}

/// An option on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// Name that it is known by here.
    pub(crate) name: &'static str,
    /// Value; empty for an option that takes none.
    pub(crate) value: String,
    /// Place that it comes from.
    pub(crate) origin: WordSource,
}

/// A command line that was read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    given: Vec<Given>,
    /// Paths of tests.
    pub(super) paths: Vec<Word>,
    /// Words that may be paths of tests, or values of the unknown options before them.
    pub(super) doubtful: Vec<Word>,
    /// Names of files with further arguments.
    pub(super) files: Vec<Word>,
}

impl Options {
    /// Every time that an option is given, in order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a Given> {
        self.given.iter().filter(move |given| given.name == name)
    }

    /// The option where it is given last, which is the one that counts.
    pub(crate) fn last(&self, name: &str) -> Option<&Given> {
        self.given.iter().rev().find(|given| given.name == name)
    }

    /// The option that ends a run after some failures.
    pub(crate) fn max_fail(&self) -> Option<&Given> {
        let last = self.given.iter().rev().find(|given| matches!(given.name, "-x" | "--maxfail"))?;
        (last.name == "-x" || last.value.trim() != "0").then_some(last)
    }

    /// The option that switches a plugin off, unless a later one switches it on.
    pub(crate) fn without(&self, plugin: &str) -> Option<&Given> {
        let name = |given: &Given| given.value.trim().trim_start_matches("no:").trim_start_matches("pytest_") == plugin;
        self.all("-p").rfind(|given| name(given)).filter(|given| given.value.trim().starts_with("no:"))
    }
}

/// Reads a command line.
pub(super) fn parse(words: &[Word], stage: Stage) -> Result<Options, Refused> {
    let mut reader = Reader { words, at: 0, stage, options: Options::default(), after_unknown: false };
    while let Some(word) = words.get(reader.at) {
        reader.at += 1;
        if word.text == "--" {
            reader.options.paths.extend(words.get(reader.at..).unwrap_or_default().iter().cloned());
            break;
        }
        reader.word(word)?;
    }
    Ok(reader.options)
}

struct Reader<'a> {
    words: &'a [Word],
    at: usize,
    stage: Stage,
    options: Options,
    after_unknown: bool,
}

impl Reader<'_> {
    fn word(&mut self, word: &Word) -> Result<(), Refused> {
        let text = word.text.as_str();
        if text.starts_with('@') {
            self.options.files.push(word.clone());
            return Ok(());
        }
        if !looks_like_option(text) {
            if self.after_unknown {
                self.options.doubtful.push(word.clone());
            } else {
                self.options.paths.push(word.clone());
            }
            self.after_unknown = false;
            return Ok(());
        }
        self.after_unknown = false;
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        if let Some((known, takes)) = known(name, self.stage) {
            return self.option(word, known, takes, value);
        }
        if text.starts_with("--") {
            self.after_unknown = value.is_none() && self.stage == Stage::Full;
            return Ok(());
        }
        self.cluster(word)
    }

    /// Short options behind one dash: `-xq`, `-n4`, `-knot`.
    fn cluster(&mut self, word: &Word) -> Result<(), Refused> {
        for (at, c) in word.text.char_indices().skip(1) {
            let Some((known, takes)) = known(&format!("-{c}"), self.stage) else {
                self.after_unknown = self.stage == Stage::Full && at == 1 && word.text.len() == 1 + c.len_utf8();
                return Ok(());
            };
            let rest = word.text.get(at + c.len_utf8()..).unwrap_or_default();
            if takes == Takes::None {
                self.option(word, known, takes, None)?;
            } else {
                let value = (!rest.is_empty()).then_some(rest);
                return self.option(word, known, takes, value);
            }
        }
        Ok(())
    }

    fn option(&mut self, word: &Word, name: &'static str, takes: Takes, value: Option<&str>) -> Result<(), Refused> {
        let refused = |message: String| Refused { origin: word.origin.clone(), message };
        let next = self.words.get(self.at).filter(|next| next.text != "--" && !looks_like_option(&next.text));
        let value = match (takes, value, next) {
            (Takes::None, Some(_), _) => return Err(refused(format!("`{}` takes no value", word.text))),
            (Takes::None, None, _) | (Takes::Optional, None, None) => String::new(),
            (_, Some(value), _) => value.to_owned(),
            (_, None, Some(next)) => {
                self.at += 1;
                next.text.clone()
            }
            (Takes::One, None, None) => return Err(refused(format!("`{}` expects a value", word.text))),
        };
        if name == "--maxfail" && value.trim().parse::<i64>().is_err() {
            return Err(refused(format!("`--maxfail` expects an integer, found `{value}`")));
        }
        self.options.given.push(Given { name, value, origin: word.origin.clone() });
        Ok(())
    }
}

/// Returns whether `argparse` takes a word for an option: no number, and no text with spaces.
fn looks_like_option(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('-').filter(|rest| !rest.is_empty()) else { return false };
    let is_number = rest.bytes().all(|b| b.is_ascii_digit() || b == b'.') && rest != ".";
    let name = text.split_once('=').map_or(text, |(name, _)| name);
    !is_number && (!name.contains(' ') || known(text.get(..2).unwrap_or_default(), Stage::Full).is_some())
}

fn known(name: &str, stage: Stage) -> Option<(&'static str, Takes)> {
    let table = |table: &'static [(&str, &[&str], Takes)]| {
        table.iter().find(|(_, names, _)| names.contains(&name)).map(|(known, _, takes)| (*known, *takes))
    };
    let list = |list: &'static str, takes: Takes| {
        list.split_ascii_whitespace().find(|known| *known == name).map(|known| (known, takes))
    };
    let own = || {
        table(OWN)
            .or_else(|| list(OWN_FLAGS, Takes::None))
            .or_else(|| list(OWN_VALUES, Takes::One))
            .or_else(|| list(OWN_OPTIONAL, Takes::Optional))
    };
    let plugins =
        || table(PLUGINS).or_else(|| list(PLUGIN_FLAGS, Takes::None)).or_else(|| list(PLUGIN_VALUES, Takes::One));
    own().or_else(|| plugins().filter(|_| stage == Stage::Full))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Word> {
        let split = crate::pytest::words::split(text).expect("it is closed");
        split.into_iter().enumerate().map(|(at, (text, _))| Word { text, origin: WordSource::Argument(at) }).collect()
    }

    fn shown(text: &str, stage: Stage) -> String {
        let options = parse(&words(text), stage).unwrap_or_else(|refused| panic!("{text}: {}", refused.message));
        let given = options.given.iter().map(|it| format!("{}={}", it.name, it.value));
        let texts = |words: &[Word]| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>().join(" ");
        format!("{} | {} | {}", given.collect::<Vec<_>>().join(" "), texts(&options.paths), texts(&options.doubtful))
    }

    #[test]
    fn reads_what_argparse_reads() {
        for (text, stage, result) in [
            ("-xvs tests", Stage::Full, "-x= -v= -s= | tests | "),
            ("-qkslow -m='not a' -n4", Stage::Full, "-q= -k=slow -m=not a -n=4 |  | "),
            ("--maxfail 2 --ignore=a --ignore b c", Stage::Full, "--maxfail=2 --ignore=a --ignore=b | c | "),
            ("--own value --own=value other", Stage::Full, " | other | value"),
            ("-n 4 tests", Stage::Early, " | 4 tests | "),
            ("--cov --cov src tests", Stage::Full, "--cov= --cov=src | tests | "),
            ("-- -x", Stage::Full, " | -x | "),
            ("-k '-a or b'", Stage::Full, "-k=-a or b |  | "),
        ] {
            assert_eq!(shown(text, stage), result, "{text}");
        }
        for text in ["-k", "--maxfail=x", "--ignore --co", "-x=1"] {
            assert!(parse(&words(text), Stage::Full).is_err(), "{text}");
        }
    }

    #[test]
    fn the_last_of_a_kind_counts() {
        let options = |text: &str| parse(&words(text), Stage::Full).expect("it is fine");
        assert!(options("-x --maxfail=0").max_fail().is_none());
        assert_eq!(options("--maxfail=0 -x").max_fail().map(|it| it.name), Some("-x"));
        assert!(options("-p no:python").without("python").is_some());
        assert!(options("-p no:python -p python").without("python").is_none());
    }
}
