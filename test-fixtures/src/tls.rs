//! An authority of a test's own, and what it signs.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::server::secret;

/// Signs certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

/// A certificate with its key and its authority, in PEM.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
    /// Who signed it.
    pub authority: String,
}

impl Authority {
    /// A new one.
    ///
    /// # Panics
    /// If there is no randomness: a test cannot go on.
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("is signed").pem();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// A certificate for a host, or, as far as servers mind, for a client.
    ///
    /// # Panics
    /// If the name is none.
    pub fn sign(&self, name: &str) -> Keys {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a good name");
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("is signed");
        Keys {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            authority: self.certificate.clone(),
        }
    }

    /// Its own certificate, in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Keys {
    /// Writes them where a server finds them: the paths of the certificate, the key and the authority.
    pub(crate) fn put(&self, folder: &Path) -> Result<[String; 3], String> {
        let put = |name: &str, text: &str| {
            let path = folder.join(name);
            secret(&path, text).map(|()| path.display().to_string())
        };
        Ok([
            put("server.crt", &self.certificate)?,
            put("server.key", &self.key)?,
            put("authority.crt", &self.authority)?,
        ])
    }
}
