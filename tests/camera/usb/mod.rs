//! A USB webcam in user space, plugged into the kernel's vhci_hcd: the real uvcvideo driver makes a `/dev/videoN` of it.

mod descriptors;
mod wire;

pub(crate) use descriptors::{Format, Model};
use descriptors::{INTERVAL, PAYLOAD, SIZES};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use wire::{Plug, Request};

/// Makes the picture with a number.
pub(crate) type Pictures = Box<dyn Fn(Format, (u16, u16), usize) -> Vec<u8> + Send>;

/// How the webcam behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Health {
    /// Picture after picture.
    Good,
    /// Nothing comes.
    Silent,
    /// Every picture is marked as damaged, as by a sensor that lost data.
    Damaged,
    /// Every picture ends in the middle.
    Cut,
    /// Pulled out.
    Gone,
}

/// A webcam that is plugged in.
pub(crate) struct Webcam {
    health: Arc<AtomicU8>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Webcam {
    /// Plugs a webcam into a port (0 to 7).
    pub(crate) fn plug(port: u8, model: Model, pictures: Pictures) -> Self {
        let plug = Plug::attach(port).expect("vhci_hcd takes the webcam");
        let health = Arc::new(AtomicU8::new(Health::Good as u8));
        let mut device = Device {
            plug,
            model,
            pictures,
            health: health.clone(),
            // Format 1, size 1.
            setting: [1, 1],
            waiting: VecDeque::new(),
            picture: Picture::default(),
            shown: 0,
            next: Instant::now(),
        };
        let thread = std::thread::spawn(move || device.run());
        Self { health, thread: Some(thread) }
    }

    pub(crate) fn be(&self, health: Health) {
        self.health.store(health as u8, Ordering::Relaxed);
    }

    /// Pulls it out.
    pub(crate) fn unplug(mut self) {
        self.pull().expect("the webcam understood its host");
    }

    fn pull(&mut self) -> io::Result<()> {
        self.be(Health::Gone);
        self.thread.take().map_or(Ok(()), |thread| thread.join().expect("the webcam's thread ends"))
    }
}

impl Drop for Webcam {
    fn drop(&mut self) {
        // A test that failed has said more than this could.
        let _ = self.pull();
    }
}

/// A picture on its way.
#[derive(Default)]
struct Picture {
    bytes: Vec<u8>,
    sent: usize,
    /// Changes with every picture.
    id: u8,
}

struct Device {
    plug: Plug,
    model: Model,
    pictures: Pictures,
    health: Arc<AtomicU8>,
    /// Numbers of the format and the size that the host chose.
    setting: [u8; 2],
    /// Transfers that wait for pictures: number and length.
    waiting: VecDeque<(u32, usize)>,
    picture: Picture,
    shown: usize,
    next: Instant,
}

/// Pause between two looks for something to do.
const TICK: Duration = Duration::from_millis(4);
/// Bytes of the settings that host and webcam agree on, in UVC 1.0.
const PROBE: usize = 26;

// Bits of a payload's header.
const END_OF_HEADER: u8 = 0x80;
const ERROR: u8 = 0x40;
const END_OF_PICTURE: u8 = 0x02;

impl Device {
    fn is(&self, health: Health) -> bool {
        self.health.load(Ordering::Relaxed) == health as u8
    }

    fn run(&mut self) -> io::Result<()> {
        while !self.is(Health::Gone) {
            match self.plug.request(TICK)? {
                Some(Request::Forget { number, transfer }) => {
                    let before = self.waiting.len();
                    self.waiting.retain(|(waiting, _)| *waiting != transfer);
                    self.plug.forgot(number, self.waiting.len() < before)?;
                }
                Some(Request::Transfer { number, endpoint: 0, length, input, setup, data }) => {
                    match self.control(setup, &data) {
                        Some(answer) if input => {
                            self.plug.give(number, &answer[..answer.len().min(length)])?;
                        }
                        Some(_) => self.plug.took(number, length)?,
                        None => self.plug.stall(number)?,
                    }
                }
                Some(Request::Transfer { number, length, .. }) => self.waiting.push_back((number, length)),
                None => {}
            }
            self.show()?;
        }
        Ok(())
    }

    /// Answers a request on endpoint 0 (USB 2.0, 9.4; UVC 4.3).
    fn control(&mut self, [kind, request, low, high, ..]: [u8; 8], data: &[u8]) -> Option<Vec<u8>> {
        match (kind, request) {
            // Descriptors.
            (0x80, 6) => self.model.descriptor(high, low),
            // Status: nothing to say.
            (0x80..=0x82, 0) => Some(vec![0, 0]),
            // Address, configuration, interface, features: as the host likes.
            (0x00..=0x02, _) => Some(Vec::new()),
            // The host proposes settings, or decides.
            (0x21, 1) => {
                let [format, size] = [*data.get(2)?, *data.get(3)?];
                self.setting =
                    [format.clamp(1, self.model.formats.len() as u8), size.clamp(1, SIZES.len() as u8)];
                if high == 2 {
                    self.picture = Picture::default();
                }
                Some(Vec::new())
            }
            // Current, smallest, largest and default settings.
            (0xa1, 0x81..=0x83 | 0x87) => Some(self.probe()),
            // Their length.
            (0xa1, 0x85) => Some(vec![PROBE as u8, 0]),
            // They can be read and set.
            (0xa1, 0x86) => Some(vec![3]),
            _ => None,
        }
    }

    /// The settings: hint, format, size, interval; at the end the largest picture and payload.
    fn probe(&self) -> Vec<u8> {
        let (width, height) = self.size();
        let mut out = vec![1, 0, self.setting[0], self.setting[1]];
        out.extend(INTERVAL.to_le_bytes());
        out.resize(PROBE - 8, 0);
        out.extend((u32::from(width) * u32::from(height) * 2).to_le_bytes());
        out.extend(PAYLOAD.to_le_bytes());
        out
    }

    fn size(&self) -> (u16, u16) {
        SIZES[usize::from(self.setting[1]) - 1]
    }

    /// Fills waiting transfers with the picture that is due.
    fn show(&mut self) -> io::Result<()> {
        while let Some(&(number, length)) = self.waiting.front() {
            if self.picture.sent >= self.picture.bytes.len() {
                if self.is(Health::Silent) || Instant::now() < self.next {
                    return Ok(());
                }
                self.begin();
            }
            let at = self.picture.sent;
            let n = (self.picture.bytes.len() - at).min(length.min(PAYLOAD as usize) - 2);
            self.picture.sent += n;
            let mut flags = END_OF_HEADER | self.picture.id;
            if self.picture.sent == self.picture.bytes.len() {
                flags |= END_OF_PICTURE;
            }
            if self.is(Health::Damaged) {
                flags |= ERROR;
            }
            let payload = [&[2, flags][..], &self.picture.bytes[at..at + n]].concat();
            self.waiting.pop_front();
            self.plug.give(number, &payload)?;
        }
        Ok(())
    }

    fn begin(&mut self) {
        let format = self.model.formats[usize::from(self.setting[0]) - 1];
        let mut bytes = (self.pictures)(format, self.size(), self.shown);
        if self.is(Health::Cut) {
            bytes.truncate(bytes.len() / 2);
        }
        self.picture = Picture { bytes, sent: 0, id: self.picture.id ^ 1 };
        self.shown += 1;
        self.next = Instant::now() + Duration::from_nanos(u64::from(INTERVAL) * 100);
    }
}
