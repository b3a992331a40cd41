//! The certificates that are believed of one authority, and what they prove of a token.
//!
//! A believed certificate is that of the authority's signer itself, or one above it. The path between them may lead
//! over certificates that came with the token. Everything is judged at the time that the token states. Whether a
//! certificate was revoked is not looked at, since there is nobody to ask offline: it is for whoever hands over the
//! certificates to leave out one that is not to be believed any more.

use std::time::Duration;

use cms::signed_data::SignerIdentifier;
use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode, Encode as _, Sequence, Tag, Tagged as _};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::query::{PolicyId, SHA_256};
use super::token::{TST_INFO, Token};

const SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
/// id-kp-timeStamping (RFC 3161 section 2.3), and the bytes of it.
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const TIME_STAMPING_BYTES: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];
/// Attributes under the signature: RFC 5652 sections 11.1 and 11.2, RFC 5035 section 3.
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// Algorithms of signatures: RFC 8017, RFC 5480, RFC 5758.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ECDSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");

type Algorithms = &'static [&'static dyn SignatureVerificationAlgorithm];

/// Every kind of signature that is checked, in certificates as in tokens.
const ALL: Algorithms = &[
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PKCS1_2048_8192_SHA384,
    ring::RSA_PKCS1_2048_8192_SHA512,
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P256_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ECDSA_P384_SHA384,
];

/// RFC 5035 section 3.
#[derive(Sequence)]
struct SigningCertificateV2 {
    certificates: Vec<EssCertIdV2>,
    #[asn1(optional = "true")]
    policies: Option<Any>,
}

/// RFC 5035 section 4; the algorithm is SHA-256 where none is named.
#[derive(Sequence)]
struct EssCertIdV2 {
    #[asn1(optional = "true")]
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    hash: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<Any>,
}

/// What a token proves once its signature leads to a believed certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When the authority saw the text, in microseconds since 1970 UTC.
    pub time_us: u64,
    /// The policy under which it says so.
    pub policy: PolicyId,
    /// Its number at the authority, in hexadecimal.
    pub serial: String,
}

/// Why a token is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBelieved {
    /// What must stand under the signature does not.
    #[error("the token's signed attributes are not those of a timestamp")]
    Attributes,
    /// The token names no certificate by a modern hash, so that the signer's could be exchanged.
    #[error("the token does not name its certificate (RFC 5816: signingCertificateV2)")]
    Unnamed,
    /// The certificate that it names did not come with it.
    #[error("the certificate that the token names is not there")]
    NoCertificate,
    /// The signer's certificate is for something else.
    #[error("the signer's certificate is not for timestamps alone (critical extended key usage timeStamping)")]
    Purpose,
    /// The hash or the signature is of a kind that is not checked here.
    #[error("the token is signed by an algorithm that is not supported here")]
    Algorithm,
    /// The signature is wrong.
    #[error("the signature does not fit")]
    Signature,
    /// A certificate was not valid then.
    #[error("a certificate was not valid at the time that the token states")]
    NotValidThen,
    /// There is no path to a believed certificate.
    #[error("the signer's certificate does not lead to one that is believed: {0}")]
    Path(String),
}

/// Why no certificates could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustedError {
    /// Neither PEM nor DER.
    #[error("holds no certificate in PEM or DER")]
    None,
    /// One cannot be read.
    #[error("certificate {0} of it cannot be read")]
    Certificate(usize),
}

/// The certificates that are believed of one authority.
#[derive(Clone, Debug)]
pub struct Trusted(Vec<Believed>);

#[derive(Clone, Debug)]
struct Believed {
    der: CertificateDer<'static>,
    certificate: Certificate,
}

impl Trusted {
    /// Reads a file with certificates in PEM, or one in DER. Each of them is believed on its own: an authority may
    /// have changed its certificate, and older tokens are checked with the older one.
    ///
    /// # Errors
    /// [`TrustedError`].
    pub fn parse(file: &[u8]) -> Result<Self, TrustedError> {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(file).collect();
        let mut found = found.map_err(|_| TrustedError::None)?;
        if found.is_empty() {
            Certificate::from_der(file).map_err(|_| TrustedError::None)?;
            found.push(CertificateDer::from(file.to_vec()));
        }
        let believed = found.into_iter().enumerate().map(|(index, der)| {
            let wrong = TrustedError::Certificate(index + 1);
            let certificate = Certificate::from_der(&der).map_err(|_| wrong)?;
            anchor_from_trusted_cert(&der).map_err(|_| wrong)?;
            Ok(Believed { der, certificate })
        });
        believed.collect::<Result<Vec<_>, _>>().map(Self)
    }

    /// Checks who signed a token. Over which text it is, is another question.
    ///
    /// # Errors
    /// [`NotBelieved`].
    pub fn verify(&self, token: &Token) -> Result<Stamp, NotBelieved> {
        let attributes = Attributes::of(token)?;
        let der = self.named(token, &attributes.certificate)?;
        let certificate = Certificate::from_der(&der).map_err(|_| NotBelieved::NoCertificate)?;
        if !is_meant(&token.signer.sid, &certificate) {
            return Err(NotBelieved::NoCertificate);
        }
        if !is_for_timestamps(&certificate) {
            return Err(NotBelieved::Purpose);
        }
        let signer = EndEntityCert::try_from(&der).map_err(|error| NotBelieved::Path(error.to_string()))?;
        let algorithms = algorithms(&token.signer.signature_algorithm.oid, &token.signer.digest_alg.oid)?;
        let signature = token.signer.signature.as_bytes();
        let fits = |algorithm| signer.verify_signature(algorithm, &attributes.signed, signature).is_ok();
        if !algorithms.iter().copied().any(fits) {
            return Err(NotBelieved::Signature);
        }
        self.lead_to(&der, &signer, &certificate, token)?;
        Ok(Stamp { time_us: token.time_us(), policy: token.policy(), serial: token.serial() })
    }

    /// The certificate that the token names by its hash, from the token or from what is believed.
    fn named(&self, token: &Token, name: &EssCertIdV2) -> Result<CertificateDer<'static>, NotBelieved> {
        let algorithm = name.hash_algorithm.as_ref().map_or(SHA_256, |algorithm| algorithm.oid);
        let own = self.0.iter().map(|believed| &believed.der);
        for der in token.certificates.iter().chain(own) {
            if digest(&algorithm, der)? == name.hash.as_bytes() {
                return Ok(der.clone());
            }
        }
        Err(NotBelieved::NoCertificate)
    }

    /// Checks that the signer's certificate is believed itself, or that a path leads from it to one that is.
    fn lead_to(
        &self,
        der: &CertificateDer<'_>,
        signer: &EndEntityCert<'_>,
        certificate: &Certificate,
        token: &Token,
    ) -> Result<(), NotBelieved> {
        if !is_valid(certificate, token.time_us()) {
            return Err(NotBelieved::NotValidThen);
        }
        if self.0.iter().any(|believed| believed.der == *der) {
            return Ok(());
        }
        let valid = self.0.iter().filter(|believed| is_valid(&believed.certificate, token.time_us()));
        let anchors: Vec<_> = valid.filter_map(|believed| anchor_from_trusted_cert(&believed.der).ok()).collect();
        if anchors.is_empty() {
            return Err(NotBelieved::NotValidThen);
        }
        let time = UnixTime::since_unix_epoch(Duration::from_micros(token.time_us()));
        // The signer's own purpose is checked above; one above it that is for something else may not issue it.
        let usage = KeyUsage::required_if_present(TIME_STAMPING_BYTES);
        let path = signer.verify_for_usage(ALL, &anchors, &token.certificates, time, usage, None, None);
        path.map(|_| ()).map_err(|error| match error {
            webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. } => NotBelieved::NotValidThen,
            webpki::Error::UnknownIssuer => NotBelieved::Path("none of them has issued it".to_owned()),
            error => NotBelieved::Path(error.to_string()),
        })
    }
}

/// What the signature covers.
struct Attributes {
    /// The bytes under the signature.
    signed: Vec<u8>,
    /// The signer's certificate by its hash.
    certificate: EssCertIdV2,
}

impl Attributes {
    /// Reads the signed attributes, and checks that they are about the token's content.
    fn of(token: &Token) -> Result<Self, NotBelieved> {
        let all = token.signer.signed_attrs.as_ref().ok_or(NotBelieved::Attributes)?;
        let only = |oid: ObjectIdentifier| {
            let mut found = all.iter().filter(|attribute| attribute.oid == oid);
            let (first, second) = (found.next(), found.next());
            first.filter(|_| second.is_none()).and_then(|attribute| single(&attribute.values))
        };
        let content_type = only(CONTENT_TYPE).and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
        let digested = only(MESSAGE_DIGEST).filter(|value| value.tag() == Tag::OctetString);
        let expected = digest(&token.signer.digest_alg.oid, &token.content)?;
        if content_type != Some(TST_INFO) || digested.is_none_or(|value| value.value() != expected) {
            return Err(NotBelieved::Attributes);
        }
        let named = only(SIGNING_CERTIFICATE_V2).and_then(|value| value.decode_as::<SigningCertificateV2>().ok());
        // The first one named is that of the signer (RFC 5035 section 3).
        let certificate = named.and_then(|named| named.certificates.into_iter().next()).ok_or(NotBelieved::Unnamed)?;
        let signed = all.to_der().map_err(|_| NotBelieved::Attributes)?;
        Ok(Self { signed, certificate })
    }
}

fn single(values: &SetOfVec<Any>) -> Option<&Any> {
    match values.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// The hash of bytes by an algorithm's identifier.
fn digest(algorithm: &ObjectIdentifier, bytes: &[u8]) -> Result<Vec<u8>, NotBelieved> {
    match *algorithm {
        SHA_256 => Ok(Sha256::digest(bytes).to_vec()),
        SHA_384 => Ok(Sha384::digest(bytes).to_vec()),
        SHA_512 => Ok(Sha512::digest(bytes).to_vec()),
        _ => Err(NotBelieved::Algorithm),
    }
}

/// How a signature is checked. Where its algorithm names no hash, it is that of the content.
fn algorithms(signature: &ObjectIdentifier, digest: &ObjectIdentifier) -> Result<Algorithms, NotBelieved> {
    const ECDSA_256: Algorithms = &[ring::ECDSA_P256_SHA256, ring::ECDSA_P384_SHA256];
    const ECDSA_384: Algorithms = &[ring::ECDSA_P256_SHA384, ring::ECDSA_P384_SHA384];
    match (*signature, *digest) {
        (RSA_SHA_256, _) | (RSA, SHA_256) => Ok(const { &[ring::RSA_PKCS1_2048_8192_SHA256] }),
        (RSA_SHA_384, _) | (RSA, SHA_384) => Ok(const { &[ring::RSA_PKCS1_2048_8192_SHA384] }),
        (RSA_SHA_512, _) | (RSA, SHA_512) => Ok(const { &[ring::RSA_PKCS1_2048_8192_SHA512] }),
        (ECDSA_SHA_256, _) | (EC, SHA_256) => Ok(ECDSA_256),
        (ECDSA_SHA_384, _) | (EC, SHA_384) => Ok(ECDSA_384),
        _ => Err(NotBelieved::Algorithm),
    }
}

/// True if the message names this certificate as its signer's.
fn is_meant(signer: &SignerIdentifier, certificate: &Certificate) -> bool {
    let told = &certificate.tbs_certificate;
    match signer {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            named.issuer == told.issuer && named.serial_number == told.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => {
            matches!(told.get::<SubjectKeyIdentifier>(), Ok(Some((_, own))) if own == *named)
        }
    }
}

/// RFC 3161 section 2.3: one extended key usage, critical, and nothing in it but timestamps.
fn is_for_timestamps(certificate: &Certificate) -> bool {
    let usage = certificate.tbs_certificate.get::<ExtendedKeyUsage>();
    matches!(usage, Ok(Some((true, usage))) if usage.0 == [TIME_STAMPING])
}

fn is_valid(certificate: &Certificate, time_us: u64) -> bool {
    let (validity, time) = (&certificate.tbs_certificate.validity, Duration::from_micros(time_us));
    // The last second belongs to it (RFC 5280 section 4.1.2.5).
    let end = validity.not_after.to_unix_duration().saturating_add(Duration::from_secs(1));
    validity.not_before.to_unix_duration() <= time && time < end
}
