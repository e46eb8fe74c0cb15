//! Permissions of a job's token, with their reasons.

/// Access of a token to one scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Read access.
    Read,
    /// Write access.
    Write,
}

impl Access {
    /// Returns `read` or `write`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// A permission of a job, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Scope, such as `contents`, `packages` or `id-token`.
    pub scope: String,
    /// Access to the scope.
    pub access: Access,
    /// Reason, written as a comment.
    pub reason: String,
}

/// Reason of a permission that the definition lists.
pub const ASKED_FOR: &str = "asked for in the definition";

impl Permission {
    /// Returns whether the definition lists the permission.
    pub fn is_asked_for(&self) -> bool {
        self.reason.split("; ").any(|reason| reason == ASKED_FOR)
    }
}

/// Adds a permission to a list sorted by scope. A scope has one entry, with the wider access and all reasons.
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
