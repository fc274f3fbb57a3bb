//! Blank lines: megabytes of archive can unpack to gigabytes of them, so they are skipped block by
//! block and not line by line.

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// Bytes examined together; whole blocks of whitespace are skipped at memory speed.
const BLOCK: usize = 64;

/// Blank lines at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlankLines {
    /// Number of lines, each with its line break.
    pub lines: u64,
    /// Length in bytes, including line breaks.
    pub bytes: usize,
}

/// Returns the complete blank lines at the start of a text.
pub fn blank_lines(text: &[u8]) -> BlankLines {
    let blank = &text[..blank_bytes(text)];
    match memchr::memrchr(b'\n', blank) {
        None => BlankLines { lines: 0, bytes: 0 },
        Some(last) => BlankLines { lines: line_breaks(&blank[..=last]), bytes: last + 1 },
    }
}

/// Returns the number of whitespace bytes at the start of a text.
pub fn blank_bytes(text: &[u8]) -> usize {
    if !text.first().is_some_and(u8::is_ascii_whitespace) {
        return 0;
    }
    // No branch per byte, so that a block is compared at once.
    let blank = |block: &[u8]| block.iter().fold(true, |all, b| all & b.is_ascii_whitespace());
    let blocks = text.chunks_exact(BLOCK).take_while(|block| blank(block)).count() * BLOCK;
    blocks + text[blocks..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Returns the number of line breaks in a text.
pub fn line_breaks(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

/// Skips the blank lines that come next; returns their number. Leaves a last line that is blank but
/// incomplete in the buffer.
///
/// # Errors
/// Fails if the reader does.
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
        // A decompressor never blocks, so yield to other tasks.
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
            // The rest of a blank line that a buffer splits is handled like any line.
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
