#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| recoctl_fuzz::run("journal", bytes));
