//! Reaching the service: in this process, and over the Unix socket of a data folder.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::StreamExt;
use tarpc::{
    ClientMessage, Response, serde_transport,
    server::{BaseChannel, Channel},
    tokio_serde::formats::Json,
};

use super::{
    Node,
    api::{Clinic, ClinicClient, ClinicRequest, ClinicResponse, Fault, FaultKind},
    origin::Origin,
    server::Server,
    transport::wiped,
};

/// The most bytes of one request or answer over the socket.
const MAX_FRAME: usize = 16 * 1024 * 1024;
/// Calls of one client that are worked on at once.
const CALLS: usize = 16;
/// Clients of the socket at once.
const CLIENTS: usize = 64;

/// A client in this process, for the screens and for commands that start their own node.
pub fn local(node: &Arc<Node>) -> ClinicClient {
    local_from(node, Origin::of_this())
}

/// The same for someone who is known to sit here, or not.
pub fn local_from(node: &Arc<Node>, origin: Origin) -> ClinicClient {
    let (near, far) = tarpc::transport::channel::unbounded();
    let server = Server::new(node, origin);
    tokio::spawn(BaseChannel::with_defaults(far).execute(server.serve()).for_each(|call| async {
        tokio::spawn(call);
    }));
    ClinicClient::new(tarpc::client::Config::default(), near).spawn()
}

/// The socket of a data folder.
pub fn socket(data: &Path) -> PathBuf {
    data.join("node.sock")
}

/// A client of a node that already runs over this data folder; none when none does.
///
/// # Errors
/// A node runs, but its socket can't be used.
pub async fn remote(data: &Path) -> Result<Option<ClinicClient>, Fault> {
    let path = socket(data);
    let mut connect = serde_transport::unix::connect(&path, Json::default);
    connect.config_mut().max_frame_length(MAX_FRAME);
    match connect.await {
        Ok(t) => Ok(Some(ClinicClient::new(tarpc::client::Config::default(), t).spawn())),
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => Err(Fault::new(
            FaultKind::Unreachable,
            format!("not allowed to use {}: run as the user of the node, or join its group", path.display()),
        )),
        // No socket, or one that a crash left behind.
        Err(_) => Ok(None),
    }
}

/// Answers on the Unix socket (mode 0600) until the future is dropped.
///
/// # Errors
/// The socket can't be made.
pub async fn serve(node: Arc<Node>) -> Result<(), Fault> {
    let path = socket(&node.options.data);
    let bad = |e: std::io::Error| {
        Fault::new(FaultKind::Failed, format!("{}: {e}: check the folder's permissions", path.display()))
    };
    if remote(&node.options.data).await?.is_some() {
        return Err(Fault::new(
            FaultKind::Busy,
            "a node already runs over this data folder: use that one, or stop it first",
        ));
    }
    if path.exists() {
        fs::remove_file(&path).map_err(bad)?;
    }
    let listener = tokio::net::UnixListener::bind(&path).map_err(bad)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(bad)?;
    futures::stream::unfold(listener, |l| async move { Some((l.accept().await, l)) })
        .filter_map(|accepted| async { accepted.ok() })
        .for_each_concurrent(CLIENTS, |(stream, _)| {
            let pid = stream.peer_cred().ok().and_then(|p| p.pid()).and_then(|p| u32::try_from(p).ok());
            let server = Server::new(&node, pid.map_or(Origin::Afar, Origin::of));
            let transport =
                wiped::<ClientMessage<ClinicRequest>, Response<ClinicResponse>>(stream, MAX_FRAME);
            let channel = BaseChannel::with_defaults(transport);
            channel.execute(server.serve()).for_each_concurrent(CALLS, |call| call)
        })
        .await;
    Ok(())
}
