//! The signatures of JWTs, verified by ring.
//!
//! There is no verifier here for a shared secret (HS256 and its kin): a public key can never
//! be taken for one.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use signature::Verifier;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(Error::from(ErrorKind::InvalidAlgorithm)),
    verifier_factory: |algorithm, key| {
        Ok(Box::new(Ring { algorithm: *algorithm, key: checked(*algorithm, key)? }))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes ring the cryptography of all JWTs in this process.
pub(super) fn install() {
    // The second call finds it installed already.
    let _ = PROVIDER.install_default();
}

/// Verifies signatures by one algorithm with one key.
struct Ring {
    algorithm: Algorithm,
    key: DecodingKey,
}

/// `key`, when `algorithm` is one for it.
fn checked(algorithm: Algorithm, key: &DecodingKey) -> Result<DecodingKey, Error> {
    let public = matches!(algorithm.family(), AlgorithmFamily::Rsa | AlgorithmFamily::Ec);
    if public && key.family() == algorithm.family() {
        Ok(key.clone())
    } else {
        Err(ErrorKind::InvalidAlgorithm.into())
    }
}

impl JwtVerifier for Ring {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for Ring {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match (self.algorithm, self.key.kind()) {
            (algorithm, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                let rsa = rsa(algorithm).ok_or_else(signature::Error::new)?;
                RsaPublicKeyComponents { n, e }.verify(rsa, message, signature)
            }
            (algorithm, DecodingKeyKind::SecretOrDer(point)) => {
                let ecdsa = ecdsa(algorithm).ok_or_else(signature::Error::new)?;
                UnparsedPublicKey::new(ecdsa, point).verify(message, signature)
            }
        };
        verified.map_err(|_| signature::Error::new())
    }
}

fn rsa(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::RS256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Some(&RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Some(&RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Some(&RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}

fn ecdsa(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match algorithm {
        Algorithm::ES256 => Some(&ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Some(&ECDSA_P384_SHA384_FIXED),
        _ => None,
    }
}
