//! HTTPS in front of a port that speaks HTTP, as a proxy in front of the service does it.

use std::path::Path;
use std::sync::{Arc, mpsc};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Starts one that shows this certificate; it lives as long as the test's process. Answers its port.
pub fn in_front_of(port: u16, certificate: &Path, key: &Path) -> u16 {
    let certificates = vec![CertificateDer::from_pem_file(certificate).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .expect("a certificate and its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (listens, own) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            listens.send(listener.local_addr().expect("an address").port()).expect("somebody waits");
            loop {
                let (outer, _) = listener.accept().await.expect("a connection");
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // Whoever does not like the certificate goes away.
                    let Ok(mut outer) = acceptor.accept(outer).await else { return };
                    let mut inner = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
                    let _ended = copy_bidirectional(&mut outer, &mut inner).await;
                });
            }
        });
    });
    own.recv().expect("it listens")
}
