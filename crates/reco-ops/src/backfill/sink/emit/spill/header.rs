//! Header before each line of a spill, in binary.

use std::io::{self, Read, Write};

use reco_core::Time;

/// Key, item size, line length, flags, and two times of seconds and nanoseconds.
const HEADER: usize = 16 + 4 + 4 + 1 + 2 * (8 + 4);

/// Flag of a removal.
const REMOVAL: u8 = 1;
/// Flag of a known generation time.
const TIMED: u8 = 2;
/// Flag of an item that may only replace items older than a known time.
const GUARDED: u8 = 4;

/// Header before each line.
pub(super) struct Header {
    pub(super) key: u128,
    pub(super) item_bytes: u32,
    pub(super) length: u32,
    pub(super) removal: bool,
    pub(super) time: Option<Time>,
    pub(super) guard: Option<Time>,
}

impl Header {
    pub(super) fn write(&self, file: &mut impl Write) -> io::Result<()> {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let flags = flag(self.removal, REMOVAL)
            | flag(self.time.is_some(), TIMED)
            | flag(self.guard.is_some(), GUARDED);
        file.write_all(&self.key.to_le_bytes())?;
        file.write_all(&self.item_bytes.to_le_bytes())?;
        file.write_all(&self.length.to_le_bytes())?;
        file.write_all(&[flags])?;
        for time in [self.time, self.guard] {
            let (seconds, nanos) = time.map(Time::parts).unwrap_or_default();
            file.write_all(&seconds.to_le_bytes())?;
            file.write_all(&nanos.to_le_bytes())?;
        }
        Ok(())
    }

    /// Reads the next header; `None` at the end of the file.
    pub(super) fn read(file: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = [0; HEADER];
        let mut filled = 0;
        while filled < HEADER {
            match file.read(&mut bytes[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
        }
        let number = |at: usize, length: usize| {
            let bytes = bytes[at..at + length].iter().rev();
            bytes.fold(0_u128, |number, byte| (number << 8) | u128::from(*byte))
        };
        let [item_bytes, length] = [16, 20].map(|at| number(at, 4) as u32);
        let flags = bytes[24];
        let time = |flag: u8, at: usize| {
            let time = Time::from_parts(number(at, 8) as u64 as i64, number(at + 8, 4) as u32);
            (flags & flag != 0).then_some(time)
        };
        let (time, guard) = (time(TIMED, 25), time(GUARDED, 37));
        let removal = flags & REMOVAL != 0;
        Ok(Some(Header { key: number(0, 16), item_bytes, length, removal, time, guard }))
    }
}
