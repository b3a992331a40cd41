//! A token: a signed message (RFC 5652) whose content says what was stamped and when. Nothing of it is believed here.

use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{DigestAlgorithmIdentifiers, EncapsulatedContentInfo, SignerInfo, SignerInfos};
use der::asn1::{Any, Int, ObjectIdentifier, SetOfVec};
use der::{Decode as _, Encode as _, Sequence, Tag, Tagged as _};
use rustls_pki_types::CertificateDer;
use x509_cert::ext::Extensions;

use super::query::{MessageImprint, PolicyId};
use super::reply::REPLY_SIZE_BYTES_MAX;
use super::time;

/// id-signedData (RFC 5652 section 5.1).
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// id-ct-TSTInfo (RFC 3161 section 2.4.2).
pub(super) const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// More certificates than a path has come from nobody.
const CERTIFICATES_MAX: usize = 16;

/// Like that of the crate `cms`, but with certificates as the bytes they came as, since those are signed.
#[derive(Sequence)]
struct SignedData {
    version: CmsVersion,
    digest_algorithms: DigestAlgorithmIdentifiers,
    encap_content_info: EncapsulatedContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    certificates: Option<SetOfVec<Any>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    crls: Option<SetOfVec<Any>>,
    signer_infos: SignerInfos,
}

#[derive(Clone, Debug, Sequence)]
struct Accuracy {
    #[asn1(optional = "true")]
    seconds: Option<u64>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    micros: Option<u16>,
}

#[derive(Clone, Debug, Sequence)]
struct TstInfo {
    version: u8,
    policy: ObjectIdentifier,
    message_imprint: MessageImprint,
    serial_number: Int,
    gen_time: Any,
    #[asn1(optional = "true")]
    accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    ordering: bool,
    #[asn1(optional = "true")]
    nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    tsa: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

/// Why bytes are no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// They are no signed message, or not in the distinguished encoding.
    #[error("it is no timestamp token: no signed message (RFC 5652) in DER")]
    Form,
    /// The content is something else.
    #[error("what is signed there is no timestamp (RFC 3161)")]
    Content,
    /// Exactly one signature is allowed.
    #[error("a timestamp token has exactly one signature")]
    Signers,
    /// The time cannot be read.
    #[error("the time in the token cannot be read")]
    Time,
}

/// A token that has the right form.
#[derive(Clone, Debug)]
pub struct Token {
    der: Vec<u8>,
    pub(super) content: Vec<u8>,
    pub(super) signer: SignerInfo,
    pub(super) certificates: Vec<CertificateDer<'static>>,
    info: TstInfo,
    time_us: u64,
}

impl Token {
    /// Reads a token from its DER.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn parse(der: &[u8]) -> Result<Self, TokenError> {
        if der.len() > REPLY_SIZE_BYTES_MAX {
            return Err(TokenError::Form);
        }
        let outer = ContentInfo::from_der(der).map_err(|_| TokenError::Form)?;
        if outer.content_type != SIGNED_DATA {
            return Err(TokenError::Form);
        }
        let signed: SignedData = outer.content.decode_as().map_err(|_| TokenError::Form)?;
        let inner = &signed.encap_content_info;
        let content = inner.econtent.as_ref().filter(|content| content.tag() == Tag::OctetString);
        let content = content.filter(|_| inner.econtent_type == TST_INFO).ok_or(TokenError::Content)?.value().to_vec();
        let info = TstInfo::from_der(&content).map_err(|_| TokenError::Content)?;
        // An extension that must be understood is not.
        let unknown = info.extensions.iter().flatten().any(|extension| extension.critical);
        if info.version != 1 || unknown {
            return Err(TokenError::Content);
        }
        let [signer] = signed.signer_infos.0.as_slice() else { return Err(TokenError::Signers) };
        let certificates = certificates(signed.certificates.as_ref())?;
        let time_us = time::generalized(&info.gen_time).ok_or(TokenError::Time)?;
        Ok(Self { der: der.to_vec(), content, signer: signer.clone(), certificates, info, time_us })
    }

    /// The bytes it was read from.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// True if it is over the SHA-256 of these bytes.
    #[must_use]
    pub fn is_over(&self, text: &[u8]) -> bool {
        self.info.message_imprint.is_of(text)
    }

    /// The policy it claims.
    #[must_use]
    pub const fn policy(&self) -> PolicyId {
        PolicyId(self.info.policy)
    }

    pub(super) const fn nonce(&self) -> Option<&Int> {
        self.info.nonce.as_ref()
    }

    /// The time that it claims, in microseconds since 1970 UTC.
    pub(super) const fn time_us(&self) -> u64 {
        self.time_us
    }

    /// Its number at the authority, in hexadecimal.
    pub(super) fn serial(&self) -> String {
        hex::encode(self.info.serial_number.as_bytes())
    }
}

/// The certificates among what came along; other kinds of them (RFC 5652 section 10.2.2) are passed over.
fn certificates(all: Option<&SetOfVec<Any>>) -> Result<Vec<CertificateDer<'static>>, TokenError> {
    let plain = all.into_iter().flat_map(SetOfVec::iter).filter(|any| any.tag() == Tag::Sequence);
    let found: Result<Vec<_>, _> = plain.map(|any| any.to_der().map(CertificateDer::from)).collect();
    found.ok().filter(|found| found.len() <= CERTIFICATES_MAX).ok_or(TokenError::Form)
}
