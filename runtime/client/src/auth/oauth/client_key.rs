//! Clients that show who they are by a signature (`private_key_jwt`: RFC 7523, section
//! 2.2; OpenID Connect Core, section 9).

use crate::json::{Json, JsonObject};
use crate::{Error, Secret, clock};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use std::fmt;
use std::sync::Arc;

/// How long an assertion is valid, in seconds.
const LIFE: u64 = 120;

/// A private key by which a client shows who it is, in place of a secret: with every
/// request it signs a short-lived statement, and the key itself is never sent. The
/// server knows its public half.
///
/// RSA keys sign as `RS256`, or as `PS256` with [`Self::pss`]; keys on P-256 as `ES256`,
/// on P-384 as `ES384`, Ed25519 keys as `EdDSA`.
#[derive(Clone)]
pub struct ClientKey {
    pair: Arc<Pair>,
    pss: bool,
    id: Option<String>,
    audience: Option<String>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Es256(EcdsaKeyPair),
    Es384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl ClientKey {
    /// The key in PEM text: PKCS#8 (`BEGIN PRIVATE KEY`), or PKCS#1 for RSA.
    ///
    /// # Errors
    /// The text holds no private key, or one of another kind.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|error| {
            Error::credential(format!("no private key in the PEM text: {error}"))
        })?;
        let pair = match &der {
            PrivateKeyDer::Pkcs8(der) => pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der())
                .map(Pair::Rsa)
                .ok(),
            _ => None,
        };
        let pair = pair.ok_or_else(|| {
            Error::credential(
                "the private key cannot be used: it must be RSA (2048 to 4096 bits), P-256, P-384 or \
                 Ed25519, as PKCS#8 (`openssl pkcs8 -topk8 -nocrypt` makes it that)",
            )
        })?;
        Ok(Self {
            pair: Arc::new(pair),
            pss: false,
            id: None,
            audience: None,
        })
    }

    /// The identifier that the server knows the key by (`kid`).
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// An RSA key signs as `PS256`; another is not changed.
    pub fn pss(mut self) -> Self {
        self.pss = true;
        self
    }

    /// Whom the statement is for, where the server wants something else than its issuer,
    /// or where that is not known, the URL that is asked.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    fn algorithm(&self) -> &'static str {
        match &*self.pair {
            Pair::Rsa(_) if self.pss => "PS256",
            Pair::Rsa(_) => "RS256",
            Pair::Es256(_) => "ES256",
            Pair::Es384(_) => "ES384",
            Pair::Ed25519(_) => "EdDSA",
        }
    }

    /// The statement that this is `client`, for a server.
    pub(super) fn assertion(&self, client: &str, server: &str) -> Result<Secret, Error> {
        let now = clock::unix_now().ok_or_else(|| {
            Error::credential("there is no clock here, which a client's key needs")
        })?;
        let mut number = [0; 16];
        getrandom::fill(&mut number)
            .map_err(|error| Error::credential(format!("no random numbers: {error}")))?;
        let mut head = JsonObject::new();
        let mut claims = JsonObject::new();
        let put = |all: &mut JsonObject, name: &str, value: &str| {
            all.insert(name.to_owned(), Json::from(value));
        };
        put(&mut head, "alg", self.algorithm());
        put(&mut head, "typ", "JWT");
        if let Some(id) = &self.id {
            put(&mut head, "kid", id);
        }
        put(&mut claims, "iss", client);
        put(&mut claims, "sub", client);
        put(
            &mut claims,
            "aud",
            self.audience.as_deref().unwrap_or(server),
        );
        put(&mut claims, "jti", &URL_SAFE_NO_PAD.encode(number));
        claims.insert("iat".to_owned(), Json::from(now));
        claims.insert("exp".to_owned(), Json::from(now + LIFE));
        let encoded = |all: JsonObject| URL_SAFE_NO_PAD.encode(Json::Object(all).to_string());
        let mut text = format!("{}.{}", encoded(head), encoded(claims));
        let signature = self.sign(text.as_bytes())?;
        text.push('.');
        text.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Ok(Secret::new(text))
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, Error> {
        let random = SystemRandom::new();
        let signed = match &*self.pair {
            Pair::Ed25519(pair) => Ok(pair.sign(text).as_ref().to_vec()),
            Pair::Es256(pair) | Pair::Es384(pair) => pair
                .sign(&random, text)
                .map(|signed| signed.as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let signed = match self.pss {
                    true => pair.sign(&RSA_PSS_SHA256, &random, text, &mut signature),
                    false => pair.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature),
                };
                signed.map(|()| signature)
            }
        };
        signed.map_err(|_| Error::credential("the client's key cannot sign"))
    }
}

fn pkcs8(der: &[u8]) -> Option<Pair> {
    let random = SystemRandom::new();
    let ecdsa = |algorithm| EcdsaKeyPair::from_pkcs8(algorithm, der, &random);
    let rsa = RsaKeyPair::from_pkcs8(der).map(Pair::Rsa);
    rsa.or_else(|_| ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::Es256))
        .or_else(|_| ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING).map(Pair::Es384))
        // Most programs write the private half alone.
        .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Pair::Ed25519))
        .ok()
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey")
            .field("algorithm", &self.algorithm())
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, KeyPair, UnparsedPublicKey};

    fn pem(der: &[u8]) -> String {
        let text = STANDARD.encode(der);
        format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
    }

    #[test]
    fn what_is_signed() {
        let random = SystemRandom::new();
        let p256 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let p256 = p256.expect("a key");
        let key = ClientKey::from_pem(pem(p256.as_ref()).as_bytes()).expect("a key");
        let key = key.id("k1");
        let text = key.assertion("app", "https://login.example").expect("text");
        let parts: Vec<&str> = text.expose().split('.').collect();
        let read = |part: &str| {
            let text = URL_SAFE_NO_PAD.decode(part).expect("base64url");
            Json::parse(&text).expect("JSON")
        };
        let (head, claims) = (read(parts[0]), read(parts[1]));
        assert_eq!(
            (&head["alg"], &head["kid"]),
            (&"ES256".into(), &"k1".into())
        );
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&"app".into(), &"app".into())
        );
        assert_eq!(claims["aud"], "https://login.example".into());
        let life = claims["exp"].as_u64().zip(claims["iat"].as_u64());
        assert_eq!(life.map(|(end, start)| end - start), Some(LIFE));
        let Pair::Es256(pair) = &*key.pair else {
            panic!("another kind");
        };
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key());
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).expect("base64url");
        let signed = format!("{}.{}", parts[0], parts[1]);
        public
            .verify(signed.as_bytes(), &signature)
            .expect("the signature");
        let again = key.audience("a").assertion("app", "b").expect("text");
        let claims_again = read(again.expose().split('.').nth(1).expect("claims"));
        assert_eq!(claims_again["aud"], "a".into());
        assert_ne!(claims_again["jti"], claims["jti"]);
    }

    #[test]
    fn kinds_of_keys() {
        let ed25519 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
        let key = ClientKey::from_pem(pem(ed25519.as_ref()).as_bytes()).expect("a key");
        let Pair::Ed25519(pair) = &*key.pair else {
            panic!("another kind");
        };
        let public = UnparsedPublicKey::new(&ED25519, pair.public_key());
        let signature = key.sign(b"text").expect("a signature");
        public.verify(b"text", &signature).expect("the signature");
        assert!(format!("{key:?}").contains("EdDSA"));
        for wrong in ["", "s3cret", &pem(b"s3cret")] {
            let error = ClientKey::from_pem(wrong.as_bytes()).expect_err("no key");
            assert!(error.to_string().contains("private key"), "{error}");
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }
}
