//! What the machine does with nothing of ours around it: the limits of a bench.

use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use ed25519_dalek::{Signer, SigningKey};
use iroh::{Endpoint, EndpointAddr, RelayMode, TransportAddr, endpoint::presets};
use redb::{Database, TableDefinition};

use crate::node::api::{Fault, FaultKind};

const TABLE: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("rows");
/// Bytes of a row: what a visit takes, sealed and signed.
const ROW: usize = 1_024;
const ALPN: &[u8] = b"raw";
const PIECE: usize = 64 * 1024;

fn failed(e: impl std::fmt::Display) -> Fault {
    Fault::new(
        FaultKind::Failed,
        format!("the limit can't be measured ({e}): choose another disk with --folder"),
    )
}

/// A database with nothing of ours around it.
pub(super) struct Redb {
    db: Database,
    rows: u64,
}

impl Redb {
    pub(super) fn create(path: &Path) -> Result<Self, Fault> {
        Ok(Self { db: Database::create(path).map_err(failed)?, rows: 0 })
    }

    /// Durable commits of one row each, in two phases as the store does them: how many in how many seconds.
    pub(super) fn commits(&mut self, span: Duration) -> Result<(u32, f64), Fault> {
        let (start, mut n) = (Instant::now(), 0);
        while start.elapsed() < span {
            let mut tx = self.db.begin_write().map_err(failed)?;
            tx.set_quick_repair(true);
            tx.open_table(TABLE).map_err(failed)?.insert(self.rows, &[7u8; ROW][..]).map_err(failed)?;
            tx.commit().map_err(failed)?;
            self.rows += 1;
            n += 1;
        }
        Ok((n, start.elapsed().as_secs_f64()))
    }
}

/// Signatures checked a second, on all cores.
pub(super) fn signatures(span: Duration) -> f64 {
    let key = SigningKey::from_bytes(&[3; 32]);
    let public = key.verifying_key();
    let message = [5u8; 200];
    let signature = key.sign(&message);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let start = Instant::now();
    let one = || {
        let mut n = 0u64;
        while start.elapsed() < span {
            n += u64::from(public.verify_strict(&message, &signature).is_ok());
        }
        n
    };
    let done: u64 = std::thread::scope(|s| {
        let all: Vec<_> = (0..cores).map(|_| s.spawn(one)).collect();
        all.into_iter().map(|t| t.join().unwrap_or(0)).sum()
    });
    done as f64 / start.elapsed().as_secs_f64()
}

async fn endpoint() -> Result<Endpoint, Fault> {
    Endpoint::builder(presets::Minimal)
        .alpns(vec![ALPN.to_vec()])
        .relay_mode(RelayMode::Disabled)
        .clear_address_lookup()
        .clear_ip_transports()
        .bind_addr(SocketAddr::from(([127, 0, 0, 1], 0)))
        .map_err(failed)?
        .bind()
        .await
        .map_err(failed)
}

/// Bytes a second from one endpoint to another over loopback, dialling included, as with a meeting.
pub(super) async fn stream(bytes: u64) -> Result<f64, Fault> {
    let (from, to) = (endpoint().await?, endpoint().await?);
    let addrs = to.bound_sockets().into_iter().map(TransportAddr::Ip).collect();
    let address = EndpointAddr { id: to.id(), addrs };
    let reader = tokio::spawn(async move {
        let connection = to.accept().await.ok_or_else(|| failed("nobody called"))?.await.map_err(failed)?;
        let (mut send, mut recv) = connection.accept_bi().await.map_err(failed)?;
        let mut buffer = vec![0u8; PIECE];
        while recv.read(&mut buffer).await.map_err(failed)?.is_some() {}
        send.write_all(b"done").await.map_err(failed)?;
        send.finish().map_err(failed)?;
        connection.closed().await;
        to.close().await;
        Ok::<_, Fault>(())
    });
    let start = Instant::now();
    let connection = from.connect(address, ALPN).await.map_err(failed)?;
    let (mut send, mut recv) = connection.open_bi().await.map_err(failed)?;
    let piece = vec![7u8; PIECE];
    for _ in 0..bytes.div_ceil(PIECE as u64) {
        send.write_all(&piece).await.map_err(failed)?;
    }
    send.finish().map_err(failed)?;
    recv.read_exact(&mut [0u8; 4]).await.map_err(failed)?;
    let seconds = start.elapsed().as_secs_f64();
    connection.close(0u32.into(), b"");
    reader.await.map_err(failed)??;
    from.close().await;
    Ok((bytes.div_ceil(PIECE as u64) * PIECE as u64) as f64 / seconds)
}
