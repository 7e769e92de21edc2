//! The node's side of its socket: JSON behind a length, as tarpc's own transport has it, but what came in is wiped from the
//! connection's buffer as soon as it is decoded. A workstation stays connected all day; passphrases and PINs must not.

use std::io;

use futures::{Sink, SinkExt, Stream, StreamExt, future};
use serde::{Serialize, de::DeserializeOwned};
use tarpc::tokio_util::{
    bytes::Bytes,
    codec::{Framed, LengthDelimitedCodec},
};
use tokio::net::UnixStream;
use zeroize::Zeroize;

/// Messages over a connection, each of at most `most` bytes.
pub(super) fn wiped<In: DeserializeOwned, Out: Serialize>(
    stream: UnixStream,
    most: usize,
) -> impl Stream<Item = io::Result<In>> + Sink<Out, Error = io::Error> {
    let mut codec = LengthDelimitedCodec::new();
    codec.set_max_frame_length(most);
    Framed::new(stream, codec)
        .with(|out: Out| future::ready(serde_json::to_vec(&out).map(Bytes::from).map_err(io::Error::from)))
        .map(|frame| -> io::Result<In> {
            let mut frame = frame?;
            let read = serde_json::from_slice::<In>(&frame);
            frame[..].zeroize();
            Ok(read?)
        })
}
