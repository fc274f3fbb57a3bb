//! A MySQL server that lies: packets without an end, and packets that are none.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::kit::{Place, Ran, run_in};

/// Data of a process that reads from it, in KiB. A row is up to 64 MiB, and the driver doubles its
/// buffers.
const ROOM: u64 = 400_000;

fn packet(sequence: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    [&length[..3], &[sequence], payload].concat()
}

/// MySQL: "Protocol::HandshakeV10".
fn greeting(plugin: &str) -> Vec<u8> {
    let capabilities: u32 = 0x0008_a208 | 0x1;
    let [a, b, c, d] = capabilities.to_le_bytes();
    let payload = [
        b"\x0a8.0.30\0\x01\0\0\0salt1234\0".as_slice(),
        &[a, b, 45, 2, 0, c, d, 21],
        &[0; 10],
        b"salt56789012\0",
        plugin.as_bytes(),
        b"\0",
    ];
    packet(0, &payload.concat())
}

/// Serves connections with a greeting and what `then` says after the answer to it.
fn mysql(plugin: &'static str, then: fn(&mut TcpStream)) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let _ = stream.write_all(&greeting(plugin));
                let _ = heard(&mut stream);
                then(&mut stream);
            });
        }
    });
    port
}

/// One packet of the client, and its sequence number.
fn heard(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).ok()?;
    let mut payload = vec![0; u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize];
    stream.read_exact(&mut payload).ok()?;
    Some((head[3], payload))
}

fn accept(stream: &mut TcpStream) {
    let _ = stream.write_all(&packet(2, &[0, 0, 0, 2, 0, 0, 0]));
}

/// A packet that goes on and on, of parts as long as a part can be.
fn without_end(stream: &mut TcpStream, mut sequence: u8, start: &[u8]) {
    let part = vec![b'x'; 0xff_ff_ff];
    let mut begin = start.to_vec();
    loop {
        let mut payload = std::mem::take(&mut begin);
        payload.extend_from_slice(&part[..0xff_ff_ff - payload.len()]);
        if stream.write_all(&packet(sequence, &payload)).is_err() {
            return;
        }
        sequence = sequence.wrapping_add(1);
    }
}

/// Answers every statement with one column and a cell that has no end.
fn a_cell_without_end(stream: &mut TcpStream) {
    accept(stream);
    while let Some((_, payload)) = heard(stream) {
        if payload.first() != Some(&3) {
            accept(stream);
            continue;
        }
        let column = [
            b"\x03def\0\0\0\x02id\0\x0c".as_slice(),
            &[45, 0, 0xff, 0xff, 0xff, 0xff, 0xfd, 0, 0, 0, 0, 0],
        ];
        let _ = stream.write_all(&packet(1, &[1]));
        let _ = stream.write_all(&packet(2, &column.concat()));
        let _ = stream.write_all(&packet(3, &[0xfe, 0, 0, 2, 0]));
        // A text of a terabyte.
        let length = (1_u64 << 40).to_le_bytes();
        without_end(stream, 4, &[&[0xfe], length.as_slice()].concat());
    }
}

fn check(port: u16) -> Ran {
    let url = format!(
        "mysql://u:p@127.0.0.1:{port}/app?ssl-mode=disabled&query-timeout-ms=60000&connect-timeout-ms=60000"
    );
    let place = Place::new();
    place.write("recoctl.toml", "");
    let facts = place.write("facts.toml", &format!("facts = \"{url}\"\n"));
    let facts = facts.display().to_string();
    run_in(&place, &format!("ulimit -d {ROOM}"), &["facts", "check", "--config", &facts])
}

#[test]
fn a_cell_without_an_end_is_cut() {
    let ran = check(mysql("mysql_native_password", a_cell_without_end));
    ran.ended(6).says_anywhere("a statement returned more than 64 MiB");
}

#[test]
fn a_packet_without_an_end_before_any_statement_is_cut() {
    let port = mysql("mysql_native_password", |stream| without_end(stream, 2, &[0xff, 1, 0]));
    check(port).ended(3).says("the server sent more than 64 MiB");
}

#[test]
fn packets_that_are_none_are_told_as_such() {
    let lies: [fn(&mut TcpStream); 4] = [
        |stream| drop(stream.write_all(&packet(2, &[1]))),
        |stream| drop(stream.write_all(&packet(2, &[]))),
        |stream| drop(stream.write_all(&packet(2, &[0xfe]))),
        |stream| {
            accept(stream);
            while heard(stream).is_some() {
                let _ = stream.write_all(&packet(1, &[0xfc]));
            }
        },
    ];
    for lie in lies {
        let ran = check(mysql("caching_sha2_password", lie)).never_says("a bug in recoctl");
        assert!([Some(1), Some(3), Some(6)].contains(&ran.code), "{ran:#?}");
    }
}
