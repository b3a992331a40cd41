//! Who acts.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeStruct as _};

use super::id::UserId;
use super::name::Name;
use super::objects::Role;

/// Who caused an entry: a user in a role, a payment channel, or the service's own timers and command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in user.
    User {
        /// Who.
        id: UserId,
        /// As what.
        role: Role,
    },
    /// A payment channel that proved itself by its signature.
    Channel(Name),
    /// The service: timers, and the command line of its operator.
    System,
}

impl Actor {
    /// The role it acts in.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::User { role, .. } => role,
            Self::Channel(_) => Role::Channel,
            Self::System => Role::System,
        }
    }

    /// The user, if it is one.
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(id),
            _ => None,
        }
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User { id, .. } => id.fmt(out),
            Self::Channel(name) => name.fmt(out),
            Self::System => out.write_str("system"),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut fields = out.serialize_struct("Actor", 2)?;
        match self {
            Self::User { id, .. } => fields.serialize_field("id", id)?,
            Self::Channel(name) => fields.serialize_field("id", name)?,
            Self::System => fields.serialize_field("id", "system")?,
        }
        fields.serialize_field("role", &self.role())?;
        fields.end()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorFields<'a> {
    id: &'a str,
    role: Role,
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let ActorFields { id, role } = ActorFields::deserialize(input)?;
        match role {
            Role::System if id == "system" => Ok(Self::System),
            Role::Channel => Name::parse(id).map(Self::Channel).ok_or_else(|| D::Error::custom("unknown channel")),
            Role::System => Err(D::Error::custom("the system's id is system")),
            role => UserId::parse(id).map(|id| Self::User { id, role }).map_err(D::Error::custom),
        }
    }
}
