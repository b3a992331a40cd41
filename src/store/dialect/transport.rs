//! How a server is reached: whether anybody in between could take its place.

use std::net::IpAddr;

use super::Engine;

/// The host of a server elsewhere whose certificate is not asked for (libpq's `sslmode` below `verify-ca`): whoever is
/// in between could answer in its place, and read what is personal. None where the server is on this machine, where its
/// certificate must lead to a root that the URL names, or where there is no server.
#[must_use]
pub fn unverified_host(url: &str) -> Option<&str> {
    let Ok(Engine::Postgres(url)) = Engine::of(url) else { return None };
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    let parameter = |name: &str| {
        let mut given = query.split('&').filter_map(|pair| pair.split_once('='));
        given.rfind(|(found, _)| *found == name).map(|(_, value)| value)
    };
    if matches!(parameter("sslmode"), Some("verify-ca" | "verify-full")) {
        return None;
    }
    let places = authority.rsplit_once('@').map_or(authority, |(_, places)| places);
    let named = places.split(',').map(host).chain(parameter("host").unwrap_or_default().split(','));
    let mut all = named.chain(parameter("hostaddr").unwrap_or_default().split(','));
    all.find(|host| !is_here(host))
}

/// The host of `host`, `host:port` or `[address]:port`.
fn host(place: &str) -> &str {
    match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => place.split(':').next().unwrap_or_default(),
    }
}

/// True for a socket's folder, loopback, and no host at all, which is one of both.
fn is_here(host: &str) -> bool {
    let is_socket = host.is_empty() || host.starts_with('/') || host.to_ascii_lowercase().starts_with("%2f");
    is_socket || host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_whose_certificate_is_not_asked_for_is_named() {
        let cases = [
            ("sqlite:///var/lib/ticun.db", None),
            ("postgres://ticun@127.0.0.1:5432/ticun", None),
            ("postgres://localhost/ticun?sslmode=disable", None),
            ("postgres://ticun@[::1]:5432/ticun", None),
            ("postgres:///ticun?host=/run/postgresql", None),
            ("postgres://%2Frun%2Fpostgresql/ticun", None),
            ("postgres://ticun:p@db.example:5432/ticun", Some("db.example")),
            ("postgresql://10.0.0.7/ticun?sslmode=require", Some("10.0.0.7")),
            ("postgres://127.0.0.1:1,db2.example:2/ticun", Some("db2.example")),
            ("postgres:///ticun?host=db.example&sslmode=prefer", Some("db.example")),
            ("postgres://db.example/ticun?sslmode=verify-full&sslrootcert=/ca.pem", None),
            ("postgres://db.example/ticun?sslmode=verify-ca", None),
        ];
        for (url, expected) in cases {
            assert_eq!(unverified_host(url), expected, "{url}");
        }
    }
}
