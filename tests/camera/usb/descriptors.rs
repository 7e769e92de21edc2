//! What a webcam says about itself: USB 2.0, chapter 9, and the USB Device Class Definition for Video Devices 1.1 ("UVC";
//! its sections in brackets). Numbers are little-endian.

/// Pictures that the webcam can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Mjpg,
    Yuyv,
    Grey,
}

/// A webcam's make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) serial: Option<&'static str>,
    pub(crate) formats: &'static [Format],
}

/// Width and height of the pictures, the first as the default.
pub(crate) const SIZES: [(u16, u16); 2] = [(640, 480), (320, 240)];
/// Time from one picture to the next, in units of 100 ns: 10 a second, as much as an emulated machine carries.
pub(crate) const INTERVAL: u32 = 1_000_000;
/// Bytes of one transfer of pictures, its header included.
pub(crate) const PAYLOAD: u32 = 16384;
/// Address of the endpoint that pictures come from: 1, towards the host.
const PICTURES: u8 = 0x81;

// Descriptor types and subtypes [A.4 to A.6].
const DEVICE: u8 = 1;
const CONFIGURATION: u8 = 2;
const STRING: u8 = 3;
const INTERFACE: u8 = 4;
const ENDPOINT: u8 = 5;
const ASSOCIATION: u8 = 11;
const CLASS: u8 = 0x24;
const VIDEO: u8 = 14;

// The strings' numbers.
const NAME: u8 = 1;
const SERIAL: u8 = 2;

impl Model {
    /// The answer to a request for a descriptor; `None`: the webcam has none such.
    pub(crate) fn descriptor(&self, kind: u8, index: u8) -> Option<Vec<u8>> {
        match kind {
            DEVICE => Some(self.device()),
            CONFIGURATION => Some(self.configuration()),
            STRING => self.string(index),
            _ => None,
        }
    }

    fn device(&self) -> Vec<u8> {
        // USB 2.0; class "look at the interfaces' associations"; packets of 64 bytes for requests.
        let mut out = vec![18, DEVICE, 0x00, 0x02, 0xef, 2, 1, 64];
        // Vendor Linux Foundation, product webcam gadget, version 1.0.
        out.extend([0x6b, 0x1d, 0x02, 0x01, 0x00, 0x01]);
        // No maker's name; one configuration.
        out.extend([0, NAME, if self.serial.is_some() { SERIAL } else { 0 }, 1]);
        out
    }

    fn string(&self, index: u8) -> Option<Vec<u8>> {
        let text = match index {
            // Language: English.
            0 => return Some(vec![4, STRING, 9, 4]),
            NAME => self.name,
            SERIAL => self.serial?,
            _ => return None,
        };
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        Some([&[units.len() as u8 + 2, STRING][..], &units].concat())
    }

    fn configuration(&self) -> Vec<u8> {
        let control = control_interface();
        let streaming = self.streaming_interface();
        let body = [
            // Interfaces 0 and 1 belong together: video [3.6].
            &[8, ASSOCIATION, 0, 2, VIDEO, 3, 0, 0][..],
            &control,
            &streaming,
        ]
        .concat();
        let total = (9 + body.len() as u16).to_le_bytes();
        // Two interfaces, configuration 1, powered by the bus with 500 mA.
        [&[9, CONFIGURATION, total[0], total[1], 2, 1, 0, 0x80, 250][..], &body].concat()
    }

    /// Interface 1: the pictures, on one bulk endpoint [3.9].
    fn streaming_interface(&self) -> Vec<u8> {
        let formats: Vec<u8> =
            self.formats.iter().enumerate().flat_map(|(i, format)| format.descriptors(i as u8 + 1)).collect();
        let count = self.formats.len() as u8;
        let length = 13 + count;
        let total = (u16::from(length) + formats.len() as u16).to_le_bytes();
        // Input header: towards terminal 2, no still pictures; no controls of the formats.
        let header = [length, CLASS, 1, count, total[0], total[1], PICTURES, 0, 2, 0, 0, 0, 1];
        [
            &[9, INTERFACE, 1, 0, 1, VIDEO, 2, 0, 0][..],
            &header,
            &vec![0; usize::from(count)],
            &formats,
            // Bulk, 512 bytes a packet.
            &[7, ENDPOINT, PICTURES, 2, 0x00, 0x02, 0],
        ]
        .concat()
    }
}

/// Interface 0: a camera that leads to the stream, and nothing that can be adjusted [3.7].
fn control_interface() -> Vec<u8> {
    let camera = [15, CLASS, 2, 1, 0x01, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let to_usb = [9, CLASS, 3, 2, 0x01, 0x01, 0, 1, 0];
    let total = (13 + camera.len() as u16 + to_usb.len() as u16).to_le_bytes();
    // UVC 1.0, a clock of 6 MHz, one streaming interface: 1.
    let clock = 6_000_000u32.to_le_bytes();
    let header = [&[13, CLASS, 1, 0x00, 0x01, total[0], total[1]][..], &clock, &[1, 1]].concat();
    [&[9, INTERFACE, 0, 0, 0, VIDEO, 1, 0, 0][..], &header, &camera, &to_usb].concat()
}

impl Format {
    /// The format, its sizes and its colours.
    fn descriptors(self, index: u8) -> Vec<u8> {
        let sizes = SIZES.len() as u8;
        let mut out = match self.guid() {
            // MJPEG, size 1 as the default.
            None => vec![11, CLASS, 6, index, sizes, 1, 1, 0, 0, 0, 0],
            Some((guid, bits)) => {
                let head = [27, CLASS, 4, index, sizes];
                [&head[..], &guid, &[bits, 1, 0, 0, 0, 0]].concat()
            }
        };
        let subtype = if self.guid().is_none() { 7 } else { 5 };
        for (number, size) in (1..).zip(SIZES) {
            out.extend(frame(subtype, number, size));
        }
        // Colours: BT.709, SMPTE 170M [3.9.2.6].
        out.extend([6, CLASS, 13, 1, 1, 4]);
        out
    }

    /// What an uncompressed format is called, with its bits a pixel.
    fn guid(self) -> Option<([u8; 16], u8)> {
        let (code, bits) = match self {
            Self::Mjpg => return None,
            Self::Yuyv => (b"YUY2", 16),
            Self::Grey => (b"Y800", 8),
        };
        let mut guid = *b"????\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71";
        guid[..4].copy_from_slice(code);
        Some((guid, bits))
    }
}

/// One size of a format, at one speed.
fn frame(subtype: u8, number: u8, (width, height): (u16, u16)) -> Vec<u8> {
    let largest = u32::from(width) * u32::from(height) * 2;
    let bits_a_second = largest * 8 * 10;
    let mut out = vec![30, CLASS, subtype, number, 0];
    out.extend(width.to_le_bytes());
    out.extend(height.to_le_bytes());
    for value in [bits_a_second, bits_a_second, largest, INTERVAL] {
        out.extend(value.to_le_bytes());
    }
    out.push(1);
    out.extend(INTERVAL.to_le_bytes());
    out
}
