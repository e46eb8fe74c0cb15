//! Numbers of owners and repositories, which GitHub's lockfile of actions has beside their names.
//!
//! Read from public lockfiles that `gh actions-lock` wrote, each number in at least one of them, as in
//! <https://github.com/actix/actix-web/blob/main/.github/workflows/actions.lock> and
//! <https://github.com/casey/just/blob/master/.github/workflows/actions.lock>. Those lockfiles have no action that one of
//! these uses.

/// Repositories in lower case, with the number of the owner and that of the repository.
const NUMBERS: &[(&str, u64, u64)] = &[
    ("actions/attest", 44_036_562, 760_701_061),
    ("actions/cache", 44_036_562, 215_566_462),
    ("actions/checkout", 44_036_562, 197_814_629),
    ("actions/download-artifact", 44_036_562, 192_626_254),
    ("actions/github-script", 44_036_562, 205_262_760),
    ("actions/setup-go", 44_036_562, 192_624_594),
    ("actions/setup-node", 44_036_562, 189_476_904),
    ("actions/setup-python", 44_036_562, 192_625_525),
    ("actions/upload-artifact", 44_036_562, 192_625_955),
    ("astral-sh/setup-uv", 115_962_839, 846_733_598),
    ("docker/build-push-action", 5_429_470, 241_092_383),
    ("docker/login-action", 5_429_470, 287_743_349),
    ("docker/metadata-action", 5_429_470, 306_769_011),
    ("docker/setup-buildx-action", 5_429_470, 288_485_773),
    ("docker/setup-qemu-action", 5_429_470, 288_487_894),
    ("dtolnay/rust-toolchain", 1_940_490, 260_749_683),
    ("oven-sh/setup-bun", 108_928_776, 512_644_635),
    ("pnpm/setup", 21_320_719, 1_235_693_694),
    ("swatinem/rust-cache", 580_492, 298_565_987),
    ("taiki-e/install-action", 43_724_913, 442_947_557),
];

/// The number of the owner and that of the repository, if they are known. Its name is in lower case.
pub fn numbers(repository: &str) -> Option<(u64, u64)> {
    NUMBERS.iter().find(|(name, ..)| *name == repository).map(|&(_, owner, repository)| (owner, repository))
}
