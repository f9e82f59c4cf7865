//! Encryption by rustls: what is trusted, and what is shown to the server.

use std::sync::Arc;

use dbkit_schema::diagnostic::Diagnostic;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use crate::url::{Server, TlsMode};

/// Every connection uses the same cryptography.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// How a server is talked to.
pub(super) fn config(server: &Server) -> Result<ClientConfig, Diagnostic> {
    let mode = server.tls_mode();
    let provider = provider();
    let trust = trust(server, mode, &provider)?;
    let verifier = Verifier { trust, is_named: mode == TlsMode::VerifyFull, provider };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&verifier.provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| problem(format!("TLS cannot be set up: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let Some(certificate) = &server.tls.certificate else {
        return Ok(builder.with_no_client_auth());
    };
    let Some(key) = &server.tls.key else {
        return Err(problem(format!("the certificate `{certificate}` has no key"))
            .help("name its file: `sslkey=..`"));
    };
    let chain = certificates(certificate)?;
    let key_of = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| problem(format!("cannot read the key `{key}`: {error}")))?;
    builder.with_client_auth_cert(chain, key_of).map_err(|error| {
        problem(format!(
            "the certificate `{certificate}` and the key `{key}` cannot be used: {error}"
        ))
    })
}

/// The authorities, if their word counts.
fn trust(
    server: &Server,
    mode: TlsMode,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Trust>, Diagnostic> {
    let mut roots = RootCertStore::empty();
    let mut own = Vec::new();
    match server.tls.root.as_deref() {
        // As libpq has it: a root that is there is asked, whatever the word says.
        None | Some("system") if mode < TlsMode::VerifyCa => return Ok(None),
        None if mode == TlsMode::VerifyCa => {
            return Err(problem("`sslmode=verify-ca` needs the certificate of an authority")
                .help("name its file: `sslrootcert=ca.crt`; or trust those of this computer: `sslmode=verify-full`"));
        }
        None | Some("system") => {
            let found = rustls_native_certs::load_native_certs();
            if found.certs.is_empty() {
                return Err(problem("this computer has no list of trusted authorities")
                    .help("name the file of yours: `sslrootcert=ca.crt`"));
            }
            roots.add_parsable_certificates(found.certs);
        }
        Some(path) => {
            own = certificates(path)?;
            roots.add_parsable_certificates(own.iter().cloned());
            if roots.is_empty() {
                return Err(problem(format!("`{path}` holds no certificate of an authority")));
            }
        }
    }
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|error| {
                problem(format!("the trusted certificates cannot be used: {error}"))
            })?;
    Ok(Some(Trust { verifier, own }))
}

fn certificates(path: &str) -> Result<Vec<CertificateDer<'static>>, Diagnostic> {
    let found: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).and_then(|found| found.collect());
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(problem(format!("there is no certificate in `{path}`"))
            .help("it is to be in PEM: `-----BEGIN CERTIFICATE-----`")),
        Err(error) => Err(problem(format!("cannot read the certificate `{path}`: {error}"))),
    }
}

fn problem(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("DBK0030", message)
}

#[derive(Debug)]
struct Trust {
    verifier: Arc<WebPkiServerVerifier>,
    /// What the file of authorities holds.
    own: Vec<CertificateDer<'static>>,
}

/// Looks at the server's certificate as the mode wants it.
#[derive(Debug)]
struct Verifier {
    /// `None`: whoever answers is believed.
    trust: Option<Trust>,
    is_named: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trust) = &self.trust else { return Ok(ServerCertVerified::assertion()) };
        // The simplest set-up: the server's own certificate is the one that is trusted. To webpki it is an authority, not a server.
        if trust.own.iter().any(|own| own.as_ref() == end_entity.as_ref()) {
            if self.is_named {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        match trust.verifier.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        ) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.is_named => Ok(ServerCertVerified::assertion()),
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// What is to be done about a handshake that failed, by the words of rustls.
pub(super) fn advice(server: &Server, words: &str) -> Option<String> {
    let advice = if ["UnknownIssuer", "BadSignature"].iter().any(|word| words.contains(word)) {
        "the server's certificate is signed by an authority that is not trusted; name the authority's file: `sslrootcert=ca.crt`".to_owned()
    } else if words.contains("NotValidForName") || words.contains("not valid for name") {
        format!(
            "the server's certificate is not for `{}`; use the name that it is for, or check the authority only: `sslmode=verify-ca`",
            server.host()
        )
    } else if words.contains("Expired") || words.contains("expired") {
        "the server's certificate has expired; it wants a new one".to_owned()
    } else {
        return None;
    };
    Some(advice)
}
