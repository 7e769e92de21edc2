//! USB/IP, as the kernel's vhci_hcd speaks it with a device at the other end of a socket
//! (Documentation/usb/usbip_protocol.rst of Linux). Numbers are big-endian; every header is 48 bytes.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// Folder of the emulated host controller.
const VHCI: &str = "/sys/devices/platform/vhci_hcd.0";
/// USB 2.0, as `enum usb_device_speed` counts.
const HIGH_SPEED: u32 = 3;
/// How long the rest of a message may take, once its first byte is there.
const MESSAGE: Duration = Duration::from_secs(5);

const SUBMIT: u32 = 1;
const UNLINK: u32 = 2;
const SUBMITTED: u32 = 3;
const UNLINKED: u32 = 4;
const ECONNRESET: i32 = 104;
const EPIPE: i32 = 32;

/// What the host wants.
pub(crate) enum Request {
    /// A transfer.
    Transfer {
        number: u32,
        endpoint: u32,
        /// Bytes that the host takes (or, for a transfer towards the device, gave).
        length: usize,
        input: bool,
        /// The request of a transfer on endpoint 0.
        setup: [u8; 8],
        data: Vec<u8>,
    },
    /// Forget a transfer that hasn't been answered.
    Forget { number: u32, transfer: u32 },
}

/// The plug: pulled out when dropped.
pub(crate) struct Plug {
    socket: UnixStream,
    port: u8,
}

impl Plug {
    /// Plugs a device into `port` (0 to 7) of the emulated host controller.
    pub(crate) fn attach(port: u8) -> io::Result<Self> {
        let (socket, host) = UnixStream::pair()?;
        let device = 0x0001_0002 + u32::from(port);
        let line = format!("{port} {} {device} {HIGH_SPEED}", host.as_raw_fd());
        // The kernel keeps the other end of its own.
        std::fs::write(format!("{VHCI}/attach"), line)?;
        Ok(Self { socket, port })
    }

    /// The next request; `None` when there is none within `wait`.
    pub(crate) fn request(&mut self, wait: Duration) -> io::Result<Option<Request>> {
        let mut header = [0; 48];
        self.socket.set_read_timeout(Some(wait.max(Duration::from_millis(1))))?;
        match self.socket.read(&mut header[..1]) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return Ok(None),
            Err(e) => return Err(e),
        }
        self.socket.set_read_timeout(Some(MESSAGE))?;
        self.socket.read_exact(&mut header[1..])?;
        let word = |i: usize| u32::from_be_bytes([header[i], header[i + 1], header[i + 2], header[i + 3]]);
        let number = word(4);
        match word(0) {
            UNLINK => Ok(Some(Request::Forget { number, transfer: word(20) })),
            SUBMIT => {
                let (input, length) = (word(12) == 1, word(24) as usize);
                let mut data = vec![0; if input { 0 } else { length }];
                self.socket.read_exact(&mut data)?;
                let mut setup = [0; 8];
                setup.copy_from_slice(&header[40..]);
                Ok(Some(Request::Transfer { number, endpoint: word(16), length, input, setup, data }))
            }
            other => Err(io::Error::other(format!("the host sent command {other}"))),
        }
    }

    /// Data for a transfer towards the host.
    pub(crate) fn give(&mut self, number: u32, data: &[u8]) -> io::Result<()> {
        self.answer(SUBMITTED, number, 0, data.len() as u32, data)
    }

    /// A transfer towards the device is done.
    pub(crate) fn took(&mut self, number: u32, length: usize) -> io::Result<()> {
        self.answer(SUBMITTED, number, 0, length as u32, &[])
    }

    /// The device doesn't know this request.
    pub(crate) fn stall(&mut self, number: u32) -> io::Result<()> {
        self.answer(SUBMITTED, number, -EPIPE, 0, &[])
    }

    /// A transfer was forgotten, or had been answered before.
    pub(crate) fn forgot(&mut self, number: u32, in_time: bool) -> io::Result<()> {
        self.answer(UNLINKED, number, if in_time { -ECONNRESET } else { 0 }, 0, &[])
    }

    fn answer(&mut self, command: u32, number: u32, status: i32, length: u32, data: &[u8]) -> io::Result<()> {
        let mut message = Vec::with_capacity(48 + data.len());
        for word in [command, number, 0, 0, 0, status as u32, length, 0, 0, 0, 0, 0] {
            message.extend(word.to_be_bytes());
        }
        message.extend(data);
        self.socket.write_all(&message)
    }
}

impl Drop for Plug {
    fn drop(&mut self) {
        // It fails when the host pulled first.
        let _ = std::fs::write(format!("{VHCI}/detach"), self.port.to_string());
    }
}
