//! What an error of the database means for whoever could try again.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

use super::Error;

/// How long an error is likely to last, and what helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Others were in the way, or nobody knows: the same again, a little later, may go well.
    Momentary,
    /// The connection is gone, or leads to a server that takes no writes: a new one is needed.
    Unreachable,
    /// There is no space left for what is to be written; what is there can be read.
    Full,
    /// The same again would fail the same way.
    Lasting,
}

impl Trouble {
    /// Its name in measurements.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Momentary => "momentary",
            Self::Unreachable => "unreachable",
            Self::Full => "full",
            Self::Lasting => "lasting",
        }
    }
}

impl Error {
    /// What this error means for whoever could try again.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Database(error) => of_query(error),
            Self::Connection(_) => Trouble::Unreachable,
            Self::Migration(_) | Self::Corrupt { .. } | Self::Url => Trouble::Lasting,
        }
    }
}

fn of_query(error: &Diesel) -> Trouble {
    match error {
        Diesel::DatabaseError(kind, information) => of_kind(kind, information.message()),
        // Whatever the rollback said afterwards, this is why there was one.
        Diesel::RollbackErrorOnCommit { commit_error, .. } => of_query(commit_error),
        Diesel::BrokenTransactionManager | Diesel::AlreadyInTransaction | Diesel::NotInTransaction => {
            Trouble::Unreachable
        }
        _ => Trouble::Lasting,
    }
}

fn of_kind(kind: &DatabaseErrorKind, message: &str) -> Trouble {
    match kind {
        // A server that became a standby refuses to write; who leads now is found by connecting again.
        DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::ReadOnlyTransaction => Trouble::Unreachable,
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::RestrictViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::ExclusionViolation => Trouble::Lasting,
        // diesel does not tell the code of what it has no name for: a deadlock, a lock that was not had in time, a
        // busy file and a full disk all come here. The texts of the last are the engines' own, in English.
        _ if is_about_space(message) => Trouble::Full,
        _ => Trouble::Momentary,
    }
}

fn is_about_space(message: &str) -> bool {
    ["database or disk is full", "No space left on device", "Disk quota exceeded"]
        .into_iter()
        .any(|text| message.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_tried_again_only_where_that_can_help() {
        let told = |kind, message: &str| Error::from(Diesel::DatabaseError(kind, Box::new(message.to_owned())));
        let unknown = |message| told(DatabaseErrorKind::Unknown, message);
        let commit_error = Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(String::new()));
        let on_commit = Diesel::RollbackErrorOnCommit {
            rollback_error: Box::new(Diesel::NotInTransaction),
            commit_error: Box::new(commit_error),
        };
        let cases = [
            (told(DatabaseErrorKind::SerializationFailure, ""), Trouble::Momentary),
            (unknown("deadlock detected"), Trouble::Momentary),
            (unknown("canceling statement due to lock timeout"), Trouble::Momentary),
            (unknown("database is locked"), Trouble::Momentary),
            (unknown("database or disk is full"), Trouble::Full),
            (unknown("could not extend file \"base/1/2\": No space left on device"), Trouble::Full),
            (told(DatabaseErrorKind::ClosedConnection, ""), Trouble::Unreachable),
            (told(DatabaseErrorKind::ReadOnlyTransaction, ""), Trouble::Unreachable),
            (on_commit.into(), Trouble::Unreachable),
            (diesel::ConnectionError::BadConnection(String::new()).into(), Trouble::Unreachable),
            (told(DatabaseErrorKind::UniqueViolation, ""), Trouble::Lasting),
            (told(DatabaseErrorKind::CheckViolation, ""), Trouble::Lasting),
            (Error::corrupt("head", "changning"), Trouble::Lasting),
        ];
        for (error, trouble) in cases {
            assert_eq!(error.trouble(), trouble, "{error:?}");
        }
    }
}
