//! How many bytes may go over the links each second, and how many do.
//!
//! A token bucket for each direction is shared by all meetings of this terminal. What counts is what is on the wire: a stream
//! is charged for what it carries and for as much more as its packets lately took beside that, for headers,
//! acknowledgements of the other direction, and what was lost and sent again.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// The least that a link can be limited to, in kilobits a second: a message has to fit into the time that a peer waits.
pub const LEAST: u32 = 16;
/// The most: a limit above it is none.
pub const MOST: u32 = 1_000_000;

/// Bytes that may go at once after a pause: a quarter of a second's, and at least two pieces.
const BURST: f64 = 0.25;
/// What goes at once when the bucket is nearly empty; and the buffer of a limited reader.
const PIECE: usize = 1_024;
/// Ethernet, IPv4 and UDP, in bytes of each packet.
const HEADERS: u64 = 14 + 20 + 8;
/// Bytes on the wire for each that a stream carries, at least, and as long as nothing was measured: full packets.
const FULL: f64 = 13.0 / 12.0;
/// The most: what only acknowledges isn't a stream's doing.
const MOST_TOLL: f64 = 3.0;
/// Bytes of streams after which what was measured counts, and half of it is forgotten after four times as many.
const ENOUGH: f64 = 16.0 * 1_024.0;
/// How far back a rate looks.
const WINDOW: Duration = Duration::from_secs(10);
/// Counts that are closer together are kept as one.
const GRAIN: Duration = Duration::from_millis(250);

/// Kilobits a second that all meetings together may use; none: as much as there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// What is sent.
    pub up: Option<u32>,
    /// What is received.
    pub down: Option<u32>,
}

/// A token bucket.
#[derive(Debug)]
struct Bucket {
    /// Bytes a second; none: no limit.
    rate: Option<f64>,
    room: f64,
    filled: Instant,
    toll: Toll,
}

/// What streams cost on the wire.
#[derive(Clone, Copy, Debug, Default)]
struct Toll {
    /// Bytes that streams carried.
    carried: f64,
    /// Bytes on the wire meanwhile.
    wire: f64,
}

impl Toll {
    /// Bytes on the wire for each that a stream carries.
    fn each(&self) -> f64 {
        match self.carried < ENOUGH {
            true => FULL,
            false => (self.wire / self.carried).clamp(FULL, MOST_TOLL),
        }
    }

    /// What only acknowledges, for however long, makes no stream dear for long.
    fn took(&mut self, bytes: u64) {
        self.wire = (self.wire + bytes as f64).min(MOST_TOLL * self.carried.max(ENOUGH));
    }

    fn carries(&mut self, bytes: usize) {
        self.carried += bytes as f64;
        if self.carried > 4.0 * ENOUGH {
            self.carried /= 2.0;
            self.wire /= 2.0;
        }
    }
}

impl Bucket {
    fn new(kilobits: Option<u32>, now: Instant) -> Self {
        let rate = kilobits.map(|k| f64::from(k.clamp(LEAST, MOST)) * 125.0);
        Self { rate, room: 0.0, filled: now, toll: Toll::default() }
    }

    /// How many of so many bytes may go now.
    ///
    /// # Errors
    /// None yet: how long to wait before asking again.
    fn ask(&mut self, want: usize, now: Instant) -> Result<usize, Duration> {
        let Some(rate) = self.rate else { return Ok(want) };
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        self.room = (self.room + passed * rate).min((rate * BURST).max(2.0 * PIECE as f64));
        let least = want.min(PIECE) as f64;
        match self.room < least {
            true => Err(Duration::from_secs_f64((least - self.room) / rate)),
            // Not negative here, and no more than a quarter of the highest rate.
            false => Ok(want.min(self.room as usize)),
        }
    }

    fn spend(&mut self, bytes: usize) {
        if self.rate.is_some() {
            self.toll.carries(bytes);
            self.room -= bytes as f64 * self.toll.each();
        }
    }
}

/// One direction of all meetings.
#[derive(Debug)]
pub struct Lane(Mutex<Bucket>);

impl Lane {
    fn new() -> Self {
        Self(Mutex::new(Bucket::new(None, Instant::now())))
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that may be under way at most, over a link with this round trip: those of it and a quarter more, so that the
    /// link is never idle, and at least a burst. None: no limit.
    pub fn window(&self, rtt: Duration) -> Option<u32> {
        let seconds = (rtt.as_secs_f64() * 1.25).max(BURST);
        // No more than the longest round trip takes at the highest rate: far below 4 GB.
        self.bucket().rate.map(|r| (r * seconds) as u32)
    }

    /// So many datagrams with so many bytes were on the wire since the last time this was said of their connection.
    pub fn was_on_the_wire(&self, datagrams: u64, bytes: u64) {
        self.bucket().toll.took(bytes + datagrams * HEADERS);
    }
}

/// Both directions.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// What is sent.
    pub up: Arc<Lane>,
    /// What is received.
    pub down: Arc<Lane>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { up: Arc::new(Lane::new()), down: Arc::new(Lane::new()) }
    }
}

impl Lanes {
    /// Changes the limits, also of meetings that are under way.
    pub fn set(&self, limits: Limits) {
        let now = Instant::now();
        *self.up.bucket() = Bucket::new(limits.up, now);
        *self.down.bucket() = Bucket::new(limits.down, now);
    }
}

/// Bytes of the last seconds.
#[derive(Debug, Default)]
pub struct Rate {
    begun: Option<Instant>,
    recent: VecDeque<(Instant, u64)>,
}

impl Rate {
    fn add(&mut self, bytes: u64, now: Instant) {
        self.begun.get_or_insert(now);
        match self.recent.back_mut() {
            Some((at, n)) if now.saturating_duration_since(*at) < GRAIN => *n += bytes,
            _ => self.recent.push_back((now, bytes)),
        }
        while self.recent.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > WINDOW) {
            self.recent.pop_front();
        }
    }

    /// Bytes a second; none before there is a second to look back on. What goes first only fills buffers on the way: it
    /// says nothing of how fast the link is, and isn't counted.
    fn per_second(&self, now: Instant) -> Option<u64> {
        let begun = self.begun?;
        let since = |at: &Instant| now.saturating_duration_since(*at);
        let mut recent = self.recent.iter().filter(|(at, _)| since(at) <= WINDOW);
        if recent.next().is_none() {
            return (since(&begun) > WINDOW).then_some(0);
        }
        let from = recent.clone().next()?.0;
        let bytes: u64 = recent.map(|(_, n)| n).sum();
        let lasted = since(&from);
        (lasted >= Duration::from_secs(1)).then(|| bytes * 1_000 / lasted.as_millis() as u64)
    }
}

/// What one meeting has sent lately.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Rate>>);

impl Meter {
    fn add(&self, bytes: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(bytes as u64, Instant::now());
    }

    /// Bytes a second; none before there is a second to look back on.
    pub fn per_second(&self) -> Option<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).per_second(Instant::now())
    }
}

/// One direction of a stream, held to its lane.
pub struct Limited<S> {
    inner: S,
    lane: Arc<Lane>,
    /// Counts what is sent.
    meter: Option<Meter>,
    rest: Option<Pin<Box<Sleep>>>,
}

impl<S> Limited<S> {
    /// Holds a stream to a lane, and counts what goes over it.
    pub fn new(inner: S, lane: &Arc<Lane>, meter: Option<&Meter>) -> Self {
        Self { inner, lane: lane.clone(), meter: meter.cloned(), rest: None }
    }

    fn poll_room(&mut self, cx: &mut Context<'_>, want: usize) -> Poll<usize> {
        loop {
            if let Some(rest) = &mut self.rest {
                ready!(rest.as_mut().poll(cx));
                self.rest = None;
            }
            let asked = self.lane.bucket().ask(want, Instant::now());
            match asked {
                Ok(n) => return Poll::Ready(n),
                Err(wait) => self.rest = Some(Box::pin(sleep(wait.max(Duration::from_millis(1))))),
            }
        }
    }

    fn went(&self, bytes: usize) {
        self.lane.bucket().spend(bytes);
        if let Some(m) = &self.meter {
            m.add(bytes);
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Limited<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let room = ready!(self.poll_room(cx, bytes.len()));
        let wrote = ready!(Pin::new(&mut self.inner).poll_write(cx, &bytes[..room]))?;
        self.went(wrote);
        Poll::Ready(Ok(wrote))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Limited<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = ready!(self.poll_room(cx, to.remaining()));
        let before = to.filled().len();
        if room == to.remaining() {
            ready!(Pin::new(&mut self.inner).poll_read(cx, to))?;
        } else {
            let mut piece = [0u8; PIECE];
            let mut part = ReadBuf::new(&mut piece[..room.min(PIECE)]);
            ready!(Pin::new(&mut self.inner).poll_read(cx, &mut part))?;
            to.put_slice(part.filled());
        }
        self.went(to.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn a_bucket_gives_no_more_than_its_rate() {
        let start = Instant::now();
        let mut b = Bucket::new(Some(80), start);
        let (mut now, mut bytes) = (start, 0);
        while now - start < Duration::from_secs(10) {
            match b.ask(64 * 1024, now) {
                Ok(n) => {
                    b.spend(n);
                    bytes += n;
                }
                Err(wait) => now += wait.max(Duration::from_millis(1)),
            }
        }
        // 80 kbit/s are 10,000 bytes a second, headers included.
        let wire = bytes as f64 * FULL;
        assert!((95_000.0..=103_000.0).contains(&wire), "{wire} bytes in ten seconds");
        let mut free = Bucket::new(None, start);
        assert_eq!(free.ask(usize::MAX, start), Ok(usize::MAX));
        // A pause doesn't add up.
        let late = now + Duration::from_secs(3_600);
        assert!(b.ask(usize::MAX, late).unwrap() <= 2_500);
    }

    #[test]
    fn what_packets_take_beside_a_stream_counts() {
        let start = Instant::now();
        let mut b = Bucket::new(Some(80), start);
        // Packets with 500 bytes of a stream and 200 of something else, and 42 around them.
        let (mut now, mut packets) = (start, 0u32);
        while now - start < Duration::from_secs(60) {
            match b.ask(500, now) {
                Ok(n) => {
                    b.spend(n);
                    b.toll.took(700 + HEADERS);
                    packets += 1;
                }
                Err(wait) => now += wait.max(Duration::from_millis(1)),
            }
        }
        let rate = f64::from(packets) * 742.0 * 8.0 / 60.0 / 1_000.0;
        assert!((76.0..=83.0).contains(&rate), "{rate} kbit/s");
        // A stream that stands still while much is acknowledged isn't charged for all of that later.
        b.toll.took(1 << 40);
        assert_eq!(b.toll.each(), MOST_TOLL);
        for _ in 0..600 {
            b.toll.took(542);
            b.toll.carries(500);
        }
        assert!(b.toll.each() < 1.2, "{}", b.toll.each());
    }

    #[test]
    fn a_rate_looks_back_ten_seconds() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut r = Rate::default();
        assert_eq!(r.per_second(start), None);
        (0..40).for_each(|i| r.add(500, at(i * 100)));
        assert_eq!(r.per_second(at(500)), None, "too early to tell");
        assert_eq!(r.per_second(at(4_000)), Some(5_000));
        assert_eq!(r.per_second(at(30_000)), Some(0), "nothing lately");
        assert!(r.recent.len() < 20);

        let mut filling = Rate::default();
        filling.add(50_000, start);
        (3..40).for_each(|i| filling.add(500, at(i * 100)));
        assert_eq!(filling.per_second(at(4_000)), Some(5_000), "a buffer that was filled is not a link");
    }

    #[tokio::test]
    async fn both_ends_of_a_stream_are_held_to_their_lanes() {
        for (up, down) in [(Some(800), None), (None, Some(800))] {
            let lanes = Lanes::default();
            lanes.set(Limits { up, down });
            let (a, b) = tokio::io::duplex(4_096);
            let meter = Meter::default();
            let mut to = Limited::new(a, &lanes.up, Some(&meter));
            let mut from = Limited::new(b, &lanes.down, None);
            let (start, sent) = (Instant::now(), vec![7u8; 150_000]);
            let copy = sent.clone();
            let writing = tokio::spawn(async move {
                to.write_all(&copy).await.unwrap();
                to.shutdown().await.unwrap();
            });
            let mut come = Vec::new();
            from.read_to_end(&mut come).await.unwrap();
            writing.await.unwrap();
            assert!(come == sent, "all of it, in order");
            // 100,000 bytes a second, a burst of 25,000 less: 1.4 s.
            let took = start.elapsed().as_secs_f64();
            assert!((1.2..6.0).contains(&took), "{took} s");
            assert!(meter.per_second().is_some_and(|r| r < 130_000), "{:?}", meter.per_second());
        }
    }
}
