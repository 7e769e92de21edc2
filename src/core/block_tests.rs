use super::*;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn sample() -> Block {
    let k = key();
    let log = LogId { device: DeviceId::of_key(k.verifying_key().as_bytes()), incarnation: 0 };
    let dep =
        Dep { log: LogId { device: DeviceId([9; 16]), incarnation: 1 }, seq: 300, hash: BlockId([8; 32]) };
    Draft {
        links: Links {
            consortium: ConsortiumId([1; 32]),
            log,
            head: Some(Head {
                seq: 6,
                id: BlockId([5; 32]),
                time: Hlc { millis: 1_700_000_000_000, count: 0 },
            }),
            skip: Some(BlockId([6; 32])),
            deps: vec![dep],
        },
        time: Hlc { millis: 1_700_000_000_001, count: 2 },
        kind: Kind::Consent,
        payload: Payload { salt: [4; 32], bytes: b"payload".to_vec() },
    }
    .seal(&k)
}

fn public() -> PublicKey {
    *key().verifying_key().as_bytes()
}

#[test]
fn golden_bytes() {
    let b = sample();
    crate::testing::golden("block_header_v0.hex", &hex::encode(codec::encode(&b.signed.header)));
    crate::testing::golden("block_id_v0.hex", &b.signed.header.id().to_string());
    crate::testing::golden("block_v0.hex", &hex::encode(codec::encode(&b)));
}

#[test]
fn a_good_block_passes_and_every_changed_byte_is_refused() {
    let good = sample();
    assert_eq!(validate(&good, ConsortiumId([1; 32]), &public()), Ok(()));
    let bytes = codec::encode(&good);
    for i in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[i] ^= 1;
        if let Ok(b) = codec::decode::<Block>(&bad, MAX_HEADER + MAX_PAYLOAD) {
            assert!(validate(&b, ConsortiumId([1; 32]), &public()).is_err(), "byte {i}");
        }
    }
}

#[test]
fn each_condition_has_its_name() {
    let c = ConsortiumId([1; 32]);
    assert!(matches!(validate(&sample(), ConsortiumId([2; 32]), &public()), Err(Invalid::Consortium(_))));
    let other = *SigningKey::from_bytes(&[4; 32]).verifying_key().as_bytes();
    assert!(matches!(validate(&sample(), c, &other), Err(Invalid::Signature(_))));
    let mut b = sample();
    b.payload.as_mut().unwrap().bytes.push(0);
    assert!(matches!(validate(&b, c, &public()), Err(Invalid::PayloadLength { .. })));
    let mut b = sample();
    b.payload.as_mut().unwrap().bytes[0] ^= 1;
    assert_eq!(validate(&b, c, &public()), Err(Invalid::PayloadCommit));
    let mut b = sample();
    b.signed.header.version = 1;
    assert_eq!(validate(&b, c, &public()), Err(Invalid::Version(1)));
    let mut big = sample();
    let dep = big.signed.header.deps[0];
    big.signed.header.deps = vec![dep; 1_000];
    assert!(matches!(validate(&big, c, &public()), Err(Invalid::HeaderLength(_))));
}

#[test]
fn links_hold_sequence_predecessor_skip_and_time() {
    let h = sample().signed.header;
    let head = Head { seq: 6, id: BlockId([5; 32]), time: Hlc { millis: 1, count: 0 } };
    let skip = Some(BlockId([6; 32]));
    assert_eq!(link(&h, Some(&head), skip), Ok(()));
    assert_eq!(link(&h, None, skip), Err(Invalid::Sequence { got: 7, want: 0 }));
    assert_eq!(link(&h, Some(&Head { id: BlockId([6; 32]), ..head }), skip), Err(Invalid::Link));
    assert_eq!(link(&h, Some(&head), Some(BlockId([7; 32]))), Err(Invalid::Link));
    assert_eq!(link(&h, Some(&Head { time: h.time, ..head }), skip), Err(Invalid::Time));
}

#[test]
fn skip_links_are_those_of_bamboo_and_keep_paths_short() {
    // Bamboo counts from 1: lipmaa(4) = 1, lipmaa(8) = 4, lipmaa(13) = 4, lipmaa(40) = 13.
    for (n, to) in
        [(2u64, 1u64), (3, 2), (4, 1), (5, 4), (8, 4), (12, 8), (13, 4), (17, 13), (26, 13), (40, 13)]
    {
        assert_eq!(skip_seq(n - 1), Some(to - 1), "lipmaa({n})");
    }
    assert_eq!(skip_seq(0), None);
    // Numbers that no log reaches.
    assert!([1 << 63, u64::MAX - 1, u64::MAX].iter().all(|seq| skip_seq(*seq).is_none()));
    // From any of the last blocks down to one a day (200 blocks) deep.
    let steps = |from: u64, to: u64| {
        let (mut at, mut n) = (from, 0);
        while at > to {
            at = skip_seq(at).filter(|s| *s >= to).unwrap_or(at - 1);
            n += 1;
        }
        n
    };
    let worst = (50_000u64..51_000).map(|from| steps(from, from - 200)).max();
    assert!(worst <= Some(30), "{worst:?}");
}

#[test]
fn the_length_of_a_header_is_known_without_encoding_it() {
    let mut b = sample();
    for n in [0u8, 1, 5, 127, 128, 200] {
        let log = b.signed.header.log;
        b.signed.header.deps =
            (0..n).map(|i| Dep { log, seq: u64::from(i) * 1_000, hash: BlockId([i; 32]) }).collect();
        let h = &b.signed.header;
        let deps = codec::encode(&h.deps).len();
        assert_eq!(codec::encode(h).len(), codec::encode(&h.summary()).len() - 32 + deps, "{n}");
    }
}
