#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gatehook_fuzz::iac::documents(bytes));
