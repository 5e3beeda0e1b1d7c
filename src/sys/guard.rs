//! This process kept to itself: others of the same user read neither its memory nor its first environment,
//! and it leaves no core dump.

/// Guards this process. To be called first of all, while there is one thread.
///
/// What fails here fails silently: a system that cannot do it is no reason to stop.
pub fn guard() {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        hide_environment();
    }
    #[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    }
}

/// Moves the environment to memory of its own and overwrites the block that the system shows as
/// `/proc/PID/environ`. Programs that are started get it as before.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[allow(unsafe_code, reason = "the block belongs to the C library, which has no call to move it")]
fn hide_environment() {
    unsafe extern "C" {
        static mut environ: *mut *mut libc::c_char;
    }
    // SAFETY: there is one thread, so nothing else reads or changes `environ`, a list of strings that ends
    // with a null pointer. Each is copied before it is overwritten, and the copies live as long as the process.
    unsafe {
        let mut at = environ;
        while !at.is_null() && !(*at).is_null() {
            let old = *at;
            let bytes = std::ffi::CStr::from_ptr(old).to_bytes_with_nul();
            let length = bytes.len();
            *at = Box::leak(bytes.to_vec().into_boxed_slice()).as_mut_ptr().cast();
            for byte in 0..length {
                old.add(byte).write_volatile(0);
            }
            at = at.add(1);
        }
    }
}
