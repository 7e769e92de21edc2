//! Names of things: fixed-size identifiers that print as hex and never mix.

use std::{fmt, str::FromStr};

use rand::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Text that isn't the hex form of an identifier of the wanted length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a {1}: give its {2} hex digits as a list shows them")]
pub struct BadId(String, &'static str, usize);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The first eight hex digits, for lists where the whole would not fit.
            pub fn short(&self) -> String {
                hex::encode(&self.0[..4])
            }

            /// The bytes, as keys of the store use them.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.short())
            }
        }

        // Hex where people read it (JSON), the bare bytes where it is signed, stored or sent.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() { s.collect_str(self) } else { self.0.serialize(s) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                if d.is_human_readable() {
                    String::deserialize(d)?.parse().map_err(D::Error::custom)
                } else {
                    <[u8; $len]>::deserialize(d).map(Self)
                }
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(s: &str) -> Result<Self, BadId> {
                let mut out = [0u8; $len];
                hex::decode_to_slice(s.trim(), &mut out)
                    .map_err(|_| BadId(s.chars().take(80).collect(), stringify!($name), $len * 2))?;
                Ok(Self(out))
            }
        }
    };
}

/// BLAKE3 in key-derivation mode: a domain of its own for every kind of thing that is hashed.
pub fn hash32(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut h = blake3::Hasher::new_derive_key(domain);
    for p in parts {
        h.update(p);
    }
    *h.finalize().as_bytes()
}

fn hash16(domain: &str, parts: &[&[u8]]) -> [u8; 16] {
    let mut out = [0u8; 16];
    out.copy_from_slice(&hash32(domain, parts)[..16]);
    out
}

id!(
    /// A consortium: the hash of its genesis, and so the fingerprint that people compare.
    ConsortiumId, 32
);
id!(
    /// An organisation: the hash of its root key.
    OrgId, 16
);
id!(
    /// A terminal: the hash of its ledger key.
    DeviceId, 16
);
id!(
    /// A member of staff: the hash of their signing key.
    StaffId, 16
);
id!(
    /// A patient, drawn at random: says nothing about the person.
    PatientId, 16
);
id!(
    /// A record, the same over all its versions.
    RecordId, 16
);
id!(
    /// One version of a record: the hash of what was written and by whom.
    VersionId, 16
);
id!(
    /// A sealed piece of a large file: the hash of its ciphertext.
    ChunkId, 16
);
id!(
    /// A grant of consent.
    GrantId, 16
);
id!(
    /// A block: the hash of its canonical header.
    BlockId, 32
);
id!(
    /// A governance epoch: what lasts from one decision of the consortium to the next.
    EraId, 32
);
id!(
    /// Something that a consortium decides on.
    ProposalId, 32
);
id!(
    /// A key of the key tree, named by its hash, so that concurrent rotations coexist.
    EpochId, 16
);
id!(
    /// A patient's card: the hash of its public keys. The short form is the serial number that is printed on it.
    CardId, 16
);

impl ChunkId {
    /// The name of a sealed piece: of its bytes as stored, so that every node knows it without a key.
    pub fn of(sealed: &[u8]) -> Self {
        Self(hash16("aidpost v0 chunk id", &[sealed]))
    }
}

macro_rules! random_id {
    ($($name:ident),*) => {$(
        impl $name {
            /// A fresh identifier from `rng`.
            pub fn random(rng: &mut dyn CryptoRng) -> Self {
                let mut b = [0u8; 16];
                rng.fill_bytes(&mut b);
                Self(b)
            }
        }
    )*};
}
random_id!(PatientId, RecordId, GrantId);

macro_rules! key_id {
    ($($name:ident = $domain:literal),*) => {$(
        impl $name {
            /// The identifier that belongs to this key.
            pub fn of_key(key: &[u8; 32]) -> Self {
                Self(hash16($domain, &[key]))
            }
        }
    )*};
}
key_id!(
    OrgId = "aidpost v0 organisation",
    DeviceId = "aidpost v0 device",
    StaffId = "aidpost v0 staff",
    EpochId = "aidpost v0 epoch"
);

/// One append-only log: a device in one of its lives. A device that finds its own fork starts a new incarnation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct LogId {
    /// The device that writes it.
    pub device: DeviceId,
    /// Which life of the device, from 0.
    pub incarnation: u32,
}

impl LogId {
    /// Key bytes in the order in which logs sort: device, then incarnation big-endian.
    pub fn to_bytes(self) -> [u8; 20] {
        let mut out = [0u8; 20];
        out[..16].copy_from_slice(&self.device.0);
        out[16..].copy_from_slice(&self.incarnation.to_be_bytes());
        out
    }

    /// The reverse of [`LogId::to_bytes`].
    pub fn from_bytes(b: &[u8; 20]) -> Self {
        let (mut d, mut i) = ([0u8; 16], [0u8; 4]);
        d.copy_from_slice(&b[..16]);
        i.copy_from_slice(&b[16..]);
        Self { device: DeviceId(d), incarnation: u32::from_be_bytes(i) }
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.device.short())?;
        if self.incarnation > 0 { write!(f, "+{}", self.incarnation) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_there_and_back_and_nothing_else() {
        let id = PatientId([0xab; 16]);
        assert_eq!(id.to_string().parse::<PatientId>().unwrap(), id);
        assert!("abab".parse::<PatientId>().is_err());
        assert!("zz".repeat(16).parse::<PatientId>().is_err());
        assert_eq!(format!("{id:?}"), "PatientId(abababab)");
    }

    #[test]
    fn domains_keep_hashes_of_the_same_key_apart() {
        let k = [7u8; 32];
        assert_ne!(OrgId::of_key(&k).0, DeviceId::of_key(&k).0);
        let log = LogId { device: DeviceId::of_key(&k), incarnation: 3 };
        assert_eq!(LogId::from_bytes(&log.to_bytes()), log);
    }
}
