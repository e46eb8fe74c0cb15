//! What a job's token may do, and why.

/// What a token may do with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Look.
    Read,
    /// Change.
    Write,
}

impl Access {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// One permission of a job, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// What it is about: `contents`, `packages`, `id-token`.
    pub scope: String,
    /// What may be done.
    pub access: Access,
    /// What for; written behind it.
    pub reason: String,
}

/// The reason of a permission that the definition asks for by its name.
pub const ASKED_FOR: &str = "asked for in the definition";

impl Permission {
    /// Returns whether the definition asks for it by its name.
    pub fn is_asked_for(&self) -> bool {
        self.reason.split("; ").any(|reason| reason == ASKED_FOR)
    }
}

/// Adds a permission to a list, which stays sorted by scope; one scope stands once, with the wider access and every
/// reason.
pub fn grant(permissions: &mut Vec<Permission>, scope: &str, access: Access, reason: &str) {
    match permissions.binary_search_by(|permission| permission.scope.as_str().cmp(scope)) {
        Ok(index) => {
            if let Some(permission) = permissions.get_mut(index) {
                permission.access = permission.access.max(access);
                if !permission.reason.split("; ").any(|known| known == reason) {
                    permission.reason = format!("{}; {reason}", permission.reason);
                }
            }
        }
        Err(index) => {
            permissions.insert(index, Permission { scope: scope.to_owned(), access, reason: reason.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_wider_access_and_every_reason() {
        let mut permissions = Vec::new();
        grant(&mut permissions, "packages", Access::Write, "push the image");
        grant(&mut permissions, "contents", Access::Read, "check the code out");
        grant(&mut permissions, "packages", Access::Read, "pull the cache");
        grant(&mut permissions, "packages", Access::Read, "pull the cache");
        let shown: Vec<_> = permissions.iter().map(|p| (p.scope.as_str(), p.access, p.reason.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("contents", Access::Read, "check the code out"),
                ("packages", Access::Write, "push the image; pull the cache"),
            ]
        );
    }
}
