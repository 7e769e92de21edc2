//! A stream of iroh with nothing on it but bytes: what there is to be had.

use std::{
    fs::File,
    io::Write,
    net::SocketAddr,
    time::{Duration, Instant},
};

use iroh::{Endpoint, EndpointAddr, RelayMode, TransportAddr, endpoint::presets};

const ALPN: &[u8] = b"raw";
const CHUNK: usize = 64 * 1024;

async fn endpoint() -> Endpoint {
    Endpoint::builder(presets::Minimal)
        .alpns(vec![ALPN.to_vec()])
        .relay_mode(RelayMode::Disabled)
        .clear_address_lookup()
        .clear_ip_transports()
        .bind_addr(SocketAddr::from(([127, 0, 0, 1], 0)))
        .unwrap()
        .bind()
        .await
        .unwrap()
}

/// What happens to the bytes at the far end.
pub(crate) enum Far {
    /// They are forgotten.
    Forgets,
    /// They are appended to this file, which is synced after every 4 MiB.
    Keeps(File),
}

/// Time in which so many bytes go from one endpoint to another over loopback, dialling included, as with a meeting.
pub(crate) async fn stream(bytes: u64, mut far: Far) -> Duration {
    let (from, to) = (endpoint().await, endpoint().await);
    let addrs = to.bound_sockets().into_iter().map(TransportAddr::Ip).collect();
    let address = EndpointAddr { id: to.id(), addrs };
    let reader = tokio::spawn(async move {
        let connection = to.accept().await.unwrap().await.unwrap();
        let (mut send, mut recv) = connection.accept_bi().await.unwrap();
        let mut buffer = vec![0u8; CHUNK];
        let (mut got, mut unsynced) = (0u64, 0);
        while let Some(n) = recv.read(&mut buffer).await.unwrap() {
            got += n as u64;
            if let Far::Keeps(file) = &mut far {
                file.write_all(&buffer[..n]).unwrap();
                unsynced += n;
                if unsynced >= 4 << 20 || got == bytes {
                    tokio::task::block_in_place(|| file.sync_data()).unwrap();
                    unsynced = 0;
                }
            }
        }
        send.write_all(&got.to_le_bytes()).await.unwrap();
        send.finish().unwrap();
        connection.closed().await;
        to.close().await;
    });
    let start = Instant::now();
    let connection = from.connect(address, ALPN).await.unwrap();
    let (mut send, mut recv) = connection.open_bi().await.unwrap();
    let chunk = vec![7u8; CHUNK];
    let mut left = bytes;
    while left > 0 {
        let n = left.min(CHUNK as u64);
        send.write_all(&chunk[..n as usize]).await.unwrap();
        left -= n;
    }
    send.finish().unwrap();
    let mut got = [0u8; 8];
    recv.read_exact(&mut got).await.unwrap();
    let took = start.elapsed();
    assert_eq!(u64::from_le_bytes(got), bytes);
    connection.close(0u32.into(), b"");
    reader.await.unwrap();
    from.close().await;
    took
}
