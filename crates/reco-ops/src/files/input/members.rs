//! Archives with several members: concatenated files, and the output of parallel compressors.

use std::pin::Pin;
use std::task::{Context, Poll};

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

use super::Compression;

/// Decompresses the members one after the other. Zeros between and after them are padding, as left
/// by tapes and block devices and ignored by gzip itself; anything else after a member must be
/// another one.
pub struct Members<R> {
    compression: Compression,
    state: State<R>,
}

enum State<R> {
    Inside(Decoder<R>),
    Between(R),
    Over,
}

enum Decoder<R> {
    Gzip(Box<GzipDecoder<R>>),
    Zstd(Box<ZstdDecoder<R>>),
}

impl<R: AsyncBufRead + Unpin> Members<R> {
    /// Creates a reader of the members of `stored`.
    pub fn new(compression: Compression, stored: R) -> Self {
        let state = State::Inside(Decoder::new(compression, stored));
        Members { compression, state }
    }

    /// Skips padding; returns whether there is another member.
    fn advance(&mut self, mut stored: R, context: &mut Context<'_>) -> Poll<std::io::Result<bool>> {
        loop {
            let zeros = match Pin::new(&mut stored).poll_fill_buf(context) {
                Poll::Ready(Ok([])) => return Poll::Ready(Ok(false)),
                Poll::Ready(Ok(bytes)) => bytes.iter().take_while(|byte| **byte == 0).count(),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.state = State::Between(stored);
                    return Poll::Pending;
                }
            };
            if zeros == 0 {
                self.state = State::Inside(Decoder::new(self.compression, stored));
                return Poll::Ready(Ok(true));
            }
            Pin::new(&mut stored).consume(zeros);
        }
    }
}

impl<R: AsyncBufRead + Unpin> Decoder<R> {
    fn new(compression: Compression, stored: R) -> Self {
        match compression {
            Compression::Zstd => Decoder::Zstd(Box::new(ZstdDecoder::new(stored))),
            Compression::Gzip | Compression::None => {
                Decoder::Gzip(Box::new(GzipDecoder::new(stored)))
            }
        }
    }

    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match self {
            Decoder::Gzip(decoder) => Pin::new(decoder.as_mut()).poll_read(context, buffer),
            Decoder::Zstd(decoder) => Pin::new(decoder.as_mut()).poll_read(context, buffer),
        }
    }

    fn into_inner(self) -> R {
        match self {
            Decoder::Gzip(decoder) => decoder.into_inner(),
            Decoder::Zstd(decoder) => decoder.into_inner(),
        }
    }
}

impl<R: AsyncBufRead + Unpin> AsyncRead for Members<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Inside(mut decoder) => {
                    let before = buffer.filled().len();
                    let polled = decoder.poll_read(context, buffer);
                    let ended = buffer.filled().len() == before && buffer.remaining() > 0;
                    match polled {
                        Poll::Ready(Ok(())) if ended => {
                            self.state = State::Between(decoder.into_inner());
                        }
                        polled => {
                            self.state = State::Inside(decoder);
                            return polled;
                        }
                    }
                }
                State::Between(stored) => match self.advance(stored, context) {
                    Poll::Ready(Ok(true)) => {}
                    Poll::Ready(Ok(false)) => return Poll::Ready(Ok(())),
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => return Poll::Pending,
                },
                State::Over => return Poll::Ready(Ok(())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use async_compression::tokio::bufread::{GzipEncoder, ZstdEncoder};
    use tokio::io::{AsyncReadExt, BufReader};

    use super::*;

    async fn packed(compression: Compression, text: &str) -> Vec<u8> {
        let (mut bytes, text) = (Vec::new(), Cursor::new(text.as_bytes().to_vec()));
        match compression {
            Compression::Zstd => ZstdEncoder::new(text).read_to_end(&mut bytes).await,
            _ => GzipEncoder::new(text).read_to_end(&mut bytes).await,
        }
        .expect("packed");
        bytes
    }

    async fn unpacked(
        compression: Compression,
        bytes: &[u8],
        buffer: usize,
    ) -> std::io::Result<String> {
        let stored = BufReader::with_capacity(buffer, Cursor::new(bytes.to_vec()));
        let mut text = String::new();
        Members::new(compression, stored).read_to_string(&mut text).await.map(|_| text)
    }

    #[tokio::test]
    async fn members_and_the_zeros_around_them_are_one_text() {
        for compression in [Compression::Gzip, Compression::Zstd] {
            let (one, two) = (packed(compression, "one").await, packed(compression, "two").await);
            let zeros = vec![0; 1000];
            for buffer in [1, 7, 8192] {
                for parts in [
                    vec![&one, &two],
                    vec![&one, &two, &zeros],
                    vec![&one, &zeros, &two],
                    vec![&one, &zeros, &two, &zeros],
                ] {
                    let bytes: Vec<u8> = parts.into_iter().flatten().copied().collect();
                    let text = unpacked(compression, &bytes, buffer).await.expect("unpacked");
                    assert_eq!(text, "onetwo", "{compression:?}");
                }
            }
        }
    }

    #[tokio::test]
    async fn skippable_frames_are_skipped() {
        let (one, two) =
            (packed(Compression::Zstd, "one").await, packed(Compression::Zstd, "two").await);
        let frame = |magic: u8| [&[magic, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"size"].concat();
        for buffer in [1, 8192] {
            let bytes =
                [frame(0x50), one.clone(), frame(0x5f), frame(0x53), two.clone(), frame(0x50)];
            let text =
                unpacked(Compression::Zstd, &bytes.concat(), buffer).await.expect("unpacked");
            assert_eq!(text, "onetwo");
            let none = unpacked(Compression::Zstd, &frame(0x50), buffer).await.expect("unpacked");
            assert_eq!(none, "");
        }
    }

    #[tokio::test]
    async fn what_is_neither_a_member_nor_padding_is_an_error() {
        for compression in [Compression::Gzip, Compression::Zstd] {
            let one = packed(compression, "one").await;
            let (zeros, rubbish) = (vec![0; 10], b"rubbish".to_vec());
            for bytes in [[&one[..], &rubbish].concat(), [&one[..], &zeros, &rubbish].concat()] {
                assert!(unpacked(compression, &bytes, 8192).await.is_err(), "{compression:?}");
            }
            assert!(unpacked(compression, &one[..one.len() - 3], 8192).await.is_err());
        }
    }
}
