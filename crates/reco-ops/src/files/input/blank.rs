//! Blank lines: megabytes of archive can unpack to gigabytes of them, so that they are skipped by
//! the block and not by the line.

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// Looked at together; whole blocks of whitespace are found at the speed of memory.
const BLOCK: usize = 64;

/// Blank lines at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlankLines {
    /// How many, each with its line break.
    pub lines: u64,
    /// Their bytes, line breaks included.
    pub bytes: usize,
}

/// The blank lines at the beginning of a text, as far as they end in it.
pub fn blank_lines(text: &[u8]) -> BlankLines {
    let blank = &text[..blank_bytes(text)];
    match memchr::memrchr(b'\n', blank) {
        None => BlankLines { lines: 0, bytes: 0 },
        Some(last) => BlankLines { lines: line_breaks(&blank[..=last]), bytes: last + 1 },
    }
}

/// How many bytes of whitespace a text begins with.
pub fn blank_bytes(text: &[u8]) -> usize {
    if !text.first().is_some_and(u8::is_ascii_whitespace) {
        return 0;
    }
    // Without a branch for each byte, so that a block is compared at once.
    let blank = |block: &[u8]| block.iter().fold(true, |all, b| all & b.is_ascii_whitespace());
    let blocks = text.chunks_exact(BLOCK).take_while(|block| blank(block)).count() * BLOCK;
    blocks + text[blocks..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// How many line breaks a text has.
pub fn line_breaks(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

/// Goes past the blank lines that come next; how many they were. The rest of a line that is blank up
/// to the end of what is buffered stays.
///
/// # Errors
/// As the reader.
pub async fn skip_blank_lines<R>(reader: &mut R) -> std::io::Result<u64>
where
    R: AsyncBufRead + Unpin + ?Sized,
{
    let mut skipped = 0;
    loop {
        let BlankLines { lines, bytes } = blank_lines(reader.fill_buf().await?);
        if bytes == 0 {
            return Ok(skipped);
        }
        reader.consume(bytes);
        skipped += lines;
        // A decompressor is always ready: others must have their turn.
        tokio::task::consume_budget().await;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slow(text: &[u8]) -> BlankLines {
        let mut found = BlankLines { lines: 0, bytes: 0 };
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            if !line.ends_with(b"\n") || !line.iter().all(u8::is_ascii_whitespace) {
                break;
            }
            found.lines += 1;
            found.bytes += line.len();
        }
        found
    }

    proptest! {
        #[test]
        fn whole_blocks_or_line_by_line_is_the_same(
            runs in prop::collection::vec((prop::sample::select(b"\n\n\r \tx\x0c".to_vec()), 0..150_usize), 0..6),
        ) {
            let text: Vec<u8> = runs.iter().flat_map(|(b, n)| std::iter::repeat_n(*b, *n)).collect();
            prop_assert_eq!(blank_lines(&text), slow(&text));
            let blank = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            prop_assert_eq!(blank_bytes(&text), blank);
        }
    }

    #[tokio::test]
    async fn blank_lines_are_gone_past_wherever_buffers_end() {
        let text = b"\n \r\n\n\t x\n\ny";
        for buffer in 1..20 {
            let mut reader = tokio::io::BufReader::with_capacity(buffer, &text[..]);
            let mut skipped = skip_blank_lines(&mut reader).await.expect("read");
            let mut line = String::new();
            // The rest of a blank line that a buffer breaks is a line like others.
            loop {
                line.clear();
                reader.read_line(&mut line).await.expect("read");
                if !line.trim().is_empty() {
                    break;
                }
                skipped += 1 + skip_blank_lines(&mut reader).await.expect("read");
            }
            assert_eq!((skipped, line.as_str()), (3, "\t x\n"), "{buffer}");
        }
    }
}
