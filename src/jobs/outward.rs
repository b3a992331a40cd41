//! How the service and the verifier speak to others: HTTP, and HTTPS with certificates that lead to the system's roots
//! or to those of a file.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

use crate::ledger::publication::Answer;

/// Makes clients. It may be handed around; the clients belong to one thread each.
#[derive(Clone, Debug, Default)]
pub struct Outward {
    /// None where only `http://` is spoken.
    tls: Option<Arc<ClientConfig>>,
}

impl Outward {
    /// For whoever speaks to these addresses. Root certificates are read only if one of them takes them: those of the
    /// system, and those in `ca_file`.
    ///
    /// # Errors
    /// A sentence: an address is neither `http://` nor `https://`, the file cannot be read, or there are no roots.
    pub fn to<'a>(urls: impl IntoIterator<Item = &'a str>, ca_file: Option<&Path>) -> Result<Self, String> {
        let mut takes_tls = false;
        for url in urls {
            match url.split_once("://") {
                Some(("https", _)) => takes_tls = true,
                Some(("http", _)) => {}
                _ => return Err(format!("{url} cannot be asked: it is neither http:// nor https://")),
            }
        }
        Ok(Self { tls: takes_tls.then(|| tls(ca_file).map(Arc::new)).transpose()? })
    }

    /// A client that waits for an answer so long, on this thread. It follows nobody elsewhere: what it sends is meant
    /// for the address that was given.
    #[must_use]
    pub fn client(&self, answer_max: Duration) -> awc::Client {
        let connector = awc::Connector::new().timeout(answer_max);
        let builder = awc::Client::builder().timeout(answer_max).disable_redirects();
        match &self.tls {
            Some(tls) => builder.connector(connector.rustls_0_23(Arc::clone(tls))).finish(),
            None => builder.connector(connector).finish(),
        }
    }
}

/// Sends a request and waits for the whole of an answer of at most so many bytes, but not for long.
///
/// # Errors
/// A sentence with everything that caused it.
pub(super) async fn ask(
    request: awc::SendClientRequest,
    answer_max: Duration,
    size_bytes_max: usize,
) -> Result<Answer, String> {
    let whole = async {
        let mut answer = request.await.map_err(|error| told(&error))?;
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let (status, content_type) = (answer.status().as_u16(), content_type.map(str::to_owned));
        let body = answer.body().limit(size_bytes_max).await.map_err(|error| told(&error))?;
        Ok(Answer { status, content_type, body: body.to_vec() })
    };
    timeout(answer_max, whole).await.unwrap_or_else(|_| Err("it took too long".to_owned()))
}

fn tls(ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // A system keeps some that nobody can read; the others count.
    let (_read, _not_read) = roots.add_parsable_certificates(found.certs);
    if let Some(path) = ca_file {
        let told = |error: String| format!("{}: {error}", path.display());
        let file = std::fs::read(path).map_err(|error| told(error.to_string()))?;
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&file).collect();
        let certificates = certificates.map_err(|error| told(error.to_string()))?;
        if certificates.is_empty() {
            return Err(told("holds no certificate in PEM".to_owned()));
        }
        for certificate in certificates {
            roots.add(certificate).map_err(|error| told(error.to_string()))?;
        }
    }
    if roots.is_empty() {
        let what = "this system has no root certificates, so that no https:// can be trusted: name some in a ca_file";
        return Err(what.to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| error.to_string())?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

/// An error with everything that caused it, each once.
#[must_use]
pub fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}
